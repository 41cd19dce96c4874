// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/AutomaticRollback.h"

#include "server/rollouts/SideCounts.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>

namespace pilothouse::rollouts {

namespace {

/// One look is a few hundred microseconds of HAProxy's time.
constexpr auto kPeriod = std::chrono::milliseconds(20);
/// After one that could not be done.
constexpr absl::Duration kPause = absl::Seconds(1);
/// A machine that stands still for a moment lets the checks of both sides fail, one before the
/// other. Whoever asks meanwhile gets errors, which are counted at once.
constexpr absl::Duration kDownFor = absl::Seconds(2);

std::string noServerUp(Colour colour)
{
    return fmt::format("no server of {} is up any more", std::string(colourName(colour)));
}

/// What the driver counts itself, every few milliseconds; how long answers took is known seconds
/// later only.
std::vector<SideMetric> countedMetrics(const ManagedApplication& application)
{
    std::vector<SideMetric> metrics = application.metrics;
    std::erase(metrics, SideMetric::SlowResponses);
    return metrics;
}

std::optional<std::vector<Counts>> countsBetween(
    const Observation& before,
    const Observation& now,
    Colour side,
    const std::vector<SideMetric>& metrics)
{
    std::vector<Counts> counts;
    for (const SideMetric metric : metrics) {
        const auto first = countsOf(before, side, metric);
        const auto last = countsOf(now, side, metric);
        const auto grown = first && last ? countsBetween(*first, *last) : std::nullopt;
        if (!grown) {
            return std::nullopt;
        }
        counts.push_back(*grown);
    }
    return counts;
}

} // namespace

AutomaticRollback::AutomaticRollback(const Parts& parts)
    : m_parts(parts),
      m_listener(parts.board.addListener([this] { wake(); })),
      m_thread([this] { run(); })
{}

AutomaticRollback::~AutomaticRollback()
{
    m_parts.board.removeListener(m_listener);
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
    }
    m_wake.notify_all();
    m_thread.join();
}

void AutomaticRollback::wake()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isWoken = true;
    }
    m_wake.notify_all();
}

void AutomaticRollback::run()
{
    std::unique_lock lock(m_mutex);
    while (!m_isStopping) {
        m_isWoken = false;
        lock.unlock();
        const auto rollout = warmRollout();
        if (rollout) {
            look(*rollout);
        } else {
            m_watched.reset();
        }
        lock.lock();
        if (rollout) {
            m_wake.wait_for(lock, kPeriod, [this] { return m_isStopping; });
        } else {
            m_wake.wait(lock, [this] { return m_isStopping || m_isWoken; });
        }
    }
}

std::optional<Rollout> AutomaticRollback::warmRollout()
{
    auto view = m_parts.board.find(m_parts.application.name);
    const bool isWarm =
        view && view->rollout && view->rollout->step == Step::Switched && !view->rollout->isPaused;
    // Without the database, too, as long as nobody else can have become the leader.
    return isWarm && m_parts.leadership.lastFence() ? std::move(view->rollout) : std::nullopt;
}

void AutomaticRollback::look(const Rollout& rollout)
{
    if (!m_watched || m_watched->rolloutId != rollout.id) {
        const Policy& policy = m_parts.application.policy;
        m_watched.emplace(Watched{
            rollout.id,
            PostPromotionAnalysis(
                rollout.evidence,
                namesOf(countedMetrics(m_parts.application)),
                m_parts.application.comparison,
                policy.holdBackPercent > 0 ? Control::HeldBack : Control::Before,
                std::max(policy.keepWarm, absl::Minutes(1))),
            std::nullopt,
            std::nullopt});
    }
    const auto observation = m_parts.application.driver->observe();
    if (!observation.ok() || observation->active != rollout.candidate) {
        m_watched->last.reset(); // told by the controller, which puts it right
        return;
    }
    const std::string why = judge(rollout, *observation);
    if (!why.empty() && m_parts.clock.now() >= m_notBefore) {
        rollBack(rollout, why);
    }
}

std::string AutomaticRollback::judge(const Rollout& rollout, const Observation& observation)
{
    const Side& stable = observation.side(rollout.stable);
    const Side& candidate = observation.side(rollout.candidate);
    const auto last = std::exchange(m_watched->last, observation);
    if (last) {
        const std::vector<SideMetric> metrics = countedMetrics(m_parts.application);
        const auto ofStable = countsBetween(*last, observation, rollout.stable, metrics);
        const auto ofCandidate = countsBetween(*last, observation, rollout.candidate, metrics);
        if (ofStable && ofCandidate) {
            m_watched->analysis.add(observation.time - last->time, *ofStable, *ofCandidate);
        }
    }
    if (stable.serversUp == 0) {
        m_watched->downSince.reset();
        return {}; // there is nothing to go back to
    }
    if (candidate.serversUp > 0) {
        m_watched->downSince.reset();
    } else if (!m_watched->downSince) {
        m_watched->downSince = observation.time;
    } else if (observation.time - *m_watched->downSince >= kDownFor) {
        return noServerUp(rollout.candidate);
    }
    return m_watched->analysis.reason();
}

void AutomaticRollback::rollBack(const Rollout& rollout, const std::string& why)
{
    const auto outcome = m_parts.rollback.byServer(m_parts.application, rollout, why);
    if (outcome.ok()) {
        m_parts.count.Add({{"application", rollout.application}}).Increment();
        spdlog::warn("rollout {} of {} was rolled back: {}", rollout.id, rollout.application, why);
        return;
    }
    m_notBefore = m_parts.clock.now() + kPause;
    spdlog::warn(
        "rollout {} of {} should be rolled back ({}): {}",
        rollout.id,
        rollout.application,
        why,
        describe(outcome.status()));
}

} // namespace pilothouse::rollouts
