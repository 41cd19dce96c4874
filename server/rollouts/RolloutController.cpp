// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/RolloutController.h"

#include "server/platform/crypto/Random.h"
#include "server/platform/faults/Faults.h"
#include "shared/base/StatusHelpers.h"

#include <absl/strings/str_join.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>

namespace pilothouse::rollouts {

namespace {

constexpr auto kPeriod = std::chrono::milliseconds(250);
/// While an old side answers its last requests: it is released right after them.
constexpr auto kDrainingPeriod = std::chrono::milliseconds(50);
constexpr absl::Duration kDatabaseLimit = absl::Seconds(2);

} // namespace

RolloutController::RolloutController(const Parts& parts)
    : m_parts(parts),
      m_drifts(prometheus::BuildCounter()
                   .Name("pilothouse_rollouts_drifts_repaired_total")
                   .Help("Switches of traffic by somebody else that were put right.")
                   .Register(parts.registry)),
      m_sides(parts.registry)
{
    m_watched.reserve(parts.applications.size());
    for (const auto& application : parts.applications) {
        m_watched.emplace_back(
            DriftRepair::Parts{
                *application,
                parts.database,
                parts.records,
                parts.journal,
                parts.leadership,
                parts.clock,
                m_drifts.Add({{"application", application->name}}),
                [this] { wake(); }},
            parts.queries);
    }
    m_thread = std::thread([this] { run(); });
}

RolloutController::~RolloutController()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
    }
    m_wake.notify_all();
    m_thread.join();
}

void RolloutController::wake()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isWoken = true;
    }
    m_wake.notify_all();
}

void RolloutController::run()
{
    std::unique_lock lock(m_mutex);
    while (!m_isStopping) {
        const bool isWoken = std::exchange(m_isWoken, false);
        lock.unlock();
        look(isWoken);
        lock.lock();
        m_wake.wait_for(lock, m_isDraining ? kDrainingPeriod : kPeriod, [this] {
            return m_isStopping || m_isWoken;
        });
    }
}

void RolloutController::look(bool isWoken)
{
    const absl::Time deadline = m_parts.clock.now() + kDatabaseLimit;
    m_parts.board.beginDatabase(m_parts.clock.monotonic());
    absl::Status imported = m_parts.import.run(m_parts.database, deadline);
    // A journal that cannot be taken over is newer than the database: nothing is judged by that.
    const auto stored = imported.ok() ? read() : absl::StatusOr<Stored>(imported);
    m_parts.board.endDatabase(!stored.ok());
    std::vector<std::string> problems;
    m_isDraining = false;
    for (Watched& watched : m_watched) {
        const absl::Time now = m_parts.clock.now();
        const absl::Time due = watched.lastLook + watched.application->driver->lookInterval();
        if (isWoken || now >= due || now < watched.lastLook) {
            watched.lastLook = now;
            if (stored.ok()) {
                lookAt(watched, *stored);
            } else {
                // What can be done without it is the OfflineController's.
                watched.lastProblem = "the control database does not answer";
            }
        }
        if (!watched.lastProblem.empty()) {
            problems.push_back(
                fmt::format("{}: {}", watched.application->name, watched.lastProblem));
        }
    }
    report(problems);
}

absl::StatusOr<RolloutController::Stored> RolloutController::read()
{
    return m_parts.database.transact(
        [&](postgres::Transaction& transaction) -> absl::StatusOr<Stored> {
            Stored stored;
            PH_ASSIGN_OR_RETURN(auto desired, m_parts.records.store().desired(transaction));
            for (Desired& one : desired) {
                stored.desired.emplace(one.application, one);
            }
            PH_ASSIGN_OR_RETURN(auto newest, m_parts.records.store().newest(transaction));
            for (Rollout& one : newest) {
                stored.newest.emplace(one.application, std::move(one));
            }
            return stored;
        },
        m_parts.clock.now() + kDatabaseLimit,
        postgres::Database::Mode::ReadOnly);
}

void RolloutController::lookAt(Watched& watched, const Stored& stored)
{
    const ManagedApplication& application = *watched.application;
    Application view;
    view.name = application.name;
    view.driver = application.driver->name();
    view.holdBackPercent = application.policy.holdBackPercent;
    view.rollsBackByItself = application.policy.rollsBackByItself;
    view.trafficSteps = application.policy.trafficSteps;
    view.driftsRepaired = watched.drift.repaired();
    const auto newest = stored.newest.find(application.name);
    if (newest != stored.newest.end()) {
        view.rollout = newest->second;
    }
    std::optional<Rollout> open;
    if (view.rollout && !hasEnded(view.rollout->step)) {
        open = view.rollout;
        m_isDraining = m_isDraining || open->step == Step::Draining;
    }
    const auto desired = stored.desired.find(application.name);
    if (desired != stored.desired.end()) {
        view.active = wantedRouting(desired->second, open, application.policy).active;
        m_parts.board.setRealm(application.name, desired->second.realm);
    }
    const auto observation = application.driver->observe();
    if (observation.ok()) {
        watched.names = {observation->blue.name, observation->green.name};
    }
    if (open) {
        view.analysis =
            watched.analysis.look(*open, application.policy, watched.names, m_parts.clock.now());
    }
    absl::Status status = observation.status();
    if (observation.ok()) {
        view.observation = *observation;
        m_sides.add(application.name, *observation);
        if (desired == stored.desired.end()) {
            provide(watched, *observation);
        } else {
            if (open && isBeforeSwitch(open->step)) {
                watched.sampler.add(*open, *observation);
            }
            status = advance(watched, desired->second, open, *observation, view.analysis);
            if (!open && view.rollout && status.ok()) {
                status = dismiss(watched, desired->second, *view.rollout);
            }
        }
    }
    if (open && isBeforeSwitch(open->step)) {
        const Comparison& comparison = watched.sampler.comparison();
        if (application.policy.comparesSides) {
            view.rollout->evidence = watched.sampler.evidence();
            view.rollout->verdict =
                verdictNow(*open, application.policy, comparison, m_parts.clock.now());
        }
        view.gates = gatesOf(
            *open,
            application.policy,
            view.observation,
            view.rollout->verdict,
            view.analysis,
            m_parts.clock.now());
    }
    const bool isAborted = absl::IsAborted(status); // somebody else acts: told elsewhere
    if (status.ok() || isAborted) {
        status = application.driver->problem();
    } else if (!observation.ok()) {
        // Why it does not answer says more than that it does not.
        const absl::Status cause = application.driver->problem();
        status = cause.ok() ? status : cause;
    }
    watched.lastProblem = status.ok() ? "" : describe(status);
    if (watched.lastProblem.empty()) {
        watched.lastProblem = watched.drift.recentText();
    }
    view.problem = watched.lastProblem;
    m_parts.board.put(std::move(view));
}

void RolloutController::provide(const Watched& watched, const Observation& observation)
{
    const auto fence = m_parts.leadership.fence();
    if (!fence || !observation.active) {
        return;
    }
    const Desired desired{watched.application->name, *observation.active, platform::newId()};
    const absl::Status status = m_parts.database.transact(
        [&](postgres::Transaction& transaction) -> absl::Status {
            PH_RETURN_IF_ERROR(fence->check(transaction));
            return m_parts.records.store().provide(transaction, desired);
        },
        m_parts.clock.now() + kDatabaseLimit);
    if (!status.ok()) {
        spdlog::warn("rollouts of {}: {}", desired.application, describe(status));
    }
}

absl::Status RolloutController::advance(
    Watched& watched,
    const Desired& desired,
    const std::optional<Rollout>& open,
    const Observation& observation,
    const std::optional<AnalysisState>& analysis)
{
    const auto fence = m_parts.leadership.fence();
    if (!fence) {
        return absl::OkStatus();
    }
    ManagedApplication& application = *watched.application;
    const absl::Time now = m_parts.clock.now();
    if (open && (open->step == Step::Switching || open->step == Step::SwitchingBack)) {
        return m_parts.switcher
            .settle(
                application, *open, desired.realm, *fence, m_parts.database, now + kDatabaseLimit)
            .status();
    }
    const Routing wanted = wantedRouting(desired, open, application.policy);
    if (!observation.isRouted(wanted)) {
        return watched.drift.run();
    }
    watched.drift.noteInOrder(wanted);
    PH_RETURN_IF_ERROR(application.driver->hold(wanted.active));
    if (!open) {
        return absl::OkStatus();
    }
    if (open->step == Step::Planned && !open->isPaused) {
        PH_RETURN_IF_ERROR(prepare(watched, *open, {desired.realm, fence->number}));
    }
    const Comparison& comparison = watched.sampler.comparison();
    const auto next = nextMove(*open, application.policy, observation, comparison, analysis, now);
    if (next) {
        Rollout after = afterMove(*open, *next, now);
        if (next->step == Step::Done) {
            PH_FAULT("rollouts.before_release");
            PH_RETURN_IF_ERROR(application.driver->release(open->stable));
            PH_FAULT("rollouts.after_release");
            if (application.driver->runsServers()) {
                after.message += fmt::format(
                    "; the servers of {} are stopped", std::string(colourName(open->stable)));
            }
        }
        if (next->voidsEvidence) {
            watched.sampler.begin(open->id);
        } else if (isBeforeSwitch(open->step) && application.policy.comparesSides) {
            after.verdict = verdictNow(*open, application.policy, comparison, now);
            after.evidence = watched.sampler.evidence();
        }
        return move(*open, after, std::string(stepName(after.step)));
    }
    // A verdict that comes while a person is waited for is kept, too.
    if (open->step == Step::AwaitingPromotion && !open->isPaused) {
        const Verdict verdict = verdictNow(*open, application.policy, comparison, now);
        if (verdict != open->verdict) {
            Rollout after = *open;
            after.verdict = verdict;
            after.evidence = watched.sampler.evidence();
            after.message =
                fmt::format("the comparison says {}", std::string(verdictName(verdict)));
            return move(*open, after, "verdict");
        }
    }
    if (open->step != Step::Switched) {
        return absl::OkStatus();
    }
    return application.driver->keepWarm(
        open->stable,
        open->isPaused ? absl::InfiniteFuture() : open->warmUntil + application.policy.drainMost);
}

absl::Status RolloutController::move(
    const Rollout& rollout, const Rollout& after, const std::string& kind)
{
    const auto fence = m_parts.leadership.fence();
    if (!fence) {
        return absl::OkStatus();
    }
    PH_FAULT("rollouts.before_move");
    Rollout written = after;
    const absl::Time now = m_parts.clock.now();
    PH_RETURN_IF_ERROR(m_parts.records.moveOwn(
        m_parts.database, *fence, rollout, written, kind, now, now + kDatabaseLimit));
    PH_FAULT("rollouts.after_move");
    spdlog::info(
        "rollout {} of {}: {}: {}",
        written.id,
        written.application,
        std::string(stepName(written.step)),
        written.message);
    m_parts.board.putRollout(written);
    wake(); // the next step may follow at once
    return absl::OkStatus();
}

absl::Status RolloutController::prepare(
    Watched& watched, const Rollout& open, const SwitchRight& right)
{
    PH_ASSIGN_OR_RETURN(
        const bool isChanged,
        watched.application->driver->prepare(
            open.candidate, watched.application->policy.serversNeeded, right));
    return isChanged
               ? keepServers(
                     open,
                     fmt::format(
                         "the servers of {} are started", std::string(colourName(open.candidate))))
               : absl::OkStatus();
}

absl::Status RolloutController::dismiss(
    Watched& watched, const Desired& desired, const Rollout& ended)
{
    const auto fence = m_parts.leadership.fence();
    const bool isWithoutIt = ended.step == Step::Aborted || ended.step == Step::RolledBack;
    return isWithoutIt && desired.active == ended.stable && fence
               ? watched.application->driver->dismiss(
                     ended.candidate, {desired.realm, fence->number})
               : absl::OkStatus();
}

absl::Status RolloutController::keepServers(const Rollout& open, const std::string& message)
{
    const auto fence = m_parts.leadership.fence();
    if (!fence) {
        return absl::AbortedError("another server leads");
    }
    spdlog::info("rollout {} of {}: {}", open.id, open.application, message);
    return m_parts.database.transact(
        [&](postgres::Transaction& transaction) -> absl::Status {
            PH_RETURN_IF_ERROR(fence->check(transaction));
            return m_parts.records.keepServers(transaction, open, message, m_parts.clock.now());
        },
        m_parts.clock.now() + kDatabaseLimit);
}

void RolloutController::report(const std::vector<std::string>& problems)
{
    m_parts.health.report(
        "rollouts",
        problems.empty() ? system::HealthState::Healthy : system::HealthState::Degraded,
        absl::ZeroDuration(),
        absl::StrJoin(problems, "; "));
}

} // namespace pilothouse::rollouts
