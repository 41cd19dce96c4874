// SPDX-License-Identifier: Apache-2.0
#include "server/scaling/BoardKeeper.h"

#include "server/scaling/Policies.h"
#include "shared/base/StatusHelpers.h"

#include <absl/strings/str_join.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <limits>

namespace pilothouse::scaling {

namespace {

constexpr auto kPause = std::chrono::milliseconds(500);
constexpr absl::Duration kReadLimit = absl::Seconds(5);
/// So many looks may be missed before it is said.
constexpr int kMissedLooks = 4;
constexpr absl::Duration kLeastSilence = absl::Seconds(10);

prometheus::Family<prometheus::Gauge>& gauge(
    prometheus::Registry& registry, const char* name, const char* help)
{
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

} // namespace

BoardKeeper::BoardKeeper(const Parts& parts)
    : m_parts(parts),
      m_revisions(parts.database),
      m_ready(
          gauge(parts.registry, kReadyGauge, "Instances that a scaling policy counts as ready.")),
      m_current(gauge(parts.registry, kCurrentGauge, "Instances that there should be by now.")),
      m_recommended(gauge(parts.registry, kRecommendedGauge, "Instances that there should be."))
{
    m_revisions.add(kRevision, [this](std::int64_t) { return load(); });
    m_thread = std::thread([this] { run(); });
}

BoardKeeper::~BoardKeeper()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
    }
    m_wake.notify_all();
    m_thread.join();
}

void BoardKeeper::wake()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isWoken = true;
    }
    m_wake.notify_all();
}

void BoardKeeper::run()
{
    std::unique_lock lock(m_mutex);
    while (!m_isStopping) {
        m_isWoken = false;
        lock.unlock();
        if (const absl::Status status = m_revisions.poll(m_parts.clock.now() + kReadLimit);
            !status.ok()) {
            spdlog::debug("scaling policies were not read: {}", describe(status));
        }
        report();
        lock.lock();
        m_wake.wait_for(lock, kPause, [this] { return m_isStopping || m_isWoken; });
    }
}

absl::Status BoardKeeper::load()
{
    std::vector<StoredPolicy> stored;
    std::vector<Record> newest;
    const absl::Status read = m_parts.database.transact(
        [&](postgres::Transaction& transaction) -> absl::Status {
            PH_ASSIGN_OR_RETURN(stored, m_store.all(transaction));
            PH_ASSIGN_OR_RETURN(newest, m_store.newest(transaction));
            return absl::OkStatus();
        },
        m_parts.clock.now() + kReadLimit,
        postgres::Database::Mode::ReadOnly);
    PH_RETURN_IF_ERROR(read);
    std::vector<PolicyState> states;
    for (const Policy& policy : m_parts.policies) {
        PolicyState state;
        state.policy = policy;
        if (const auto known = std::ranges::find(stored, policy.name, &StoredPolicy::name);
            known != stored.end()) {
            state.last = known->last;
            state.problem = known->problem;
            state.pause = known->pause;
        }
        if (const auto record = std::ranges::find(newest, policy.name, &Record::policy);
            record != newest.end()) {
            state.record = *record;
        }
        states.push_back(std::move(state));
    }
    m_parts.board.put(std::move(states));
    return absl::OkStatus();
}

void BoardKeeper::report()
{
    const absl::Duration patience = std::max(kMissedLooks * m_parts.interval, kLeastSilence);
    std::vector<std::string> problems;
    for (const PolicyState& state : m_parts.board.all()) {
        const std::string& name = state.policy.name;
        const bool isFresh = state.last && m_parts.clock.now() - state.last->time <= patience;
        const bool isCounted = isFresh && (state.last->isValid || state.last->count.wanted > 0);
        // What is not known is a gap in the past, not a number.
        constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
        const auto show = [&](prometheus::Family<prometheus::Gauge>& family, int value) {
            family.Add({{"policy", name}}).Set(isCounted ? value : kUnknown);
        };
        const Decision decision = state.last.value_or(Decision{});
        show(m_ready, decision.count.ready);
        show(m_current, decision.count.wanted);
        show(m_recommended, decision.recommended);
        std::string problem = state.problem;
        if (problem.empty() && state.last) {
            problem = isFresh ? state.last->problem
                              : fmt::format(
                                    "not looked at for {}",
                                    absl::FormatDuration(absl::Trunc(
                                        m_parts.clock.now() - state.last->time, absl::Seconds(1))));
        }
        if (!problem.empty()) {
            problems.push_back(fmt::format("{}: {}", name, problem));
        }
    }
    m_parts.health.report(
        "scaling",
        problems.empty() ? system::HealthState::Healthy : system::HealthState::Degraded,
        absl::ZeroDuration(),
        absl::StrJoin(problems, "; "));
}

} // namespace pilothouse::scaling
