// SPDX-License-Identifier: Apache-2.0
#include "server/jobs/Scheduler.h"

#include "shared/base/StatusHelpers.h"

#include <absl/time/clock.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <functional>

namespace pilothouse::jobs {

namespace {

constexpr absl::Duration kLimit = absl::Seconds(10);
/// A time that is decided so late was missed: longer than a new leader takes.
constexpr absl::Duration kOnTime = absl::Seconds(30);

audit::Actor server()
{
    return {"server", {}, "server", {}, {}};
}

/// The same for every server that decides this time, and different for every schedule.
absl::Duration jitterOf(const Schedule& schedule, absl::Time planned)
{
    if (schedule.jitter <= absl::ZeroDuration()) {
        return absl::ZeroDuration();
    }
    const std::size_t hash =
        std::hash<std::string>()(fmt::format("{}@{}", schedule.name, absl::ToUnixSeconds(planned)));
    constexpr std::size_t kSteps = 10000;
    return schedule.jitter * (static_cast<double>(hash % kSteps) / kSteps);
}

} // namespace

absl::Status Scheduler::run(const leader::Fence& fence)
{
    std::vector<std::string> due;
    const absl::Status status = m_database.transact(
        [&](postgres::Transaction& transaction) -> absl::Status {
            PH_ASSIGN_OR_RETURN(const absl::Time now, m_store.now(transaction));
            PH_ASSIGN_OR_RETURN(const auto active, m_store.active(transaction));
            for (const StoredSchedule& stored : active) {
                const auto cron = Cron::parse(stored.schedule.cron, stored.schedule.timeZone);
                if (cron.ok() && cron->next(stored.decidedUntil) <= now) {
                    due.push_back(stored.schedule.name);
                }
            }
            return absl::OkStatus();
        },
        absl::Now() + kLimit,
        postgres::Database::Mode::ReadOnly);
    PH_RETURN_IF_ERROR(status);
    for (const std::string& name : due) {
        PH_RETURN_IF_ERROR(decide(fence, name));
    }
    return absl::OkStatus();
}

absl::Status Scheduler::decide(const leader::Fence& fence, const std::string& name)
{
    bool isStarted = false;
    const absl::Status status = m_database.transact(
        [&](postgres::Transaction& transaction) -> absl::Status {
            isStarted = false;
            PH_RETURN_IF_ERROR(fence.check(transaction));
            PH_ASSIGN_OR_RETURN(const auto stored, m_store.lock(transaction, name));
            if (!stored || stored->schedule.isPaused) {
                return absl::OkStatus(); // changed meanwhile
            }
            PH_ASSIGN_OR_RETURN(
                const Cron cron, Cron::parse(stored->schedule.cron, stored->schedule.timeZone));
            PH_ASSIGN_OR_RETURN(const absl::Time now, m_store.now(transaction));
            return decideLocked(transaction, *stored, cron, now, isStarted);
        },
        absl::Now() + kLimit);
    PH_RETURN_IF_ERROR(status);
    if (isStarted) {
        m_jobs.changed();
    }
    return absl::OkStatus();
}

absl::Status Scheduler::decideLocked(
    postgres::Transaction& transaction,
    const StoredSchedule& stored,
    const Cron& cron,
    absl::Time now,
    bool& isStarted)
{
    const Schedule& schedule = stored.schedule;
    const Cron::Latest latest = cron.latest(stored.decidedUntil, now);
    if (latest.passed == 0) {
        return absl::OkStatus();
    }
    ScheduleRun run;
    run.plannedTime = latest.time;
    const bool isLate = now - latest.time > kOnTime;
    if (latest.passed > 1) {
        run.message = fmt::format("{} earlier times passed unused", latest.passed - 1);
    }
    if (isLate && schedule.missedRunPolicy == MissedRunPolicy::Skip) {
        run.outcome = RunOutcome::Missed;
        run.message = fmt::format("{} times passed while no server ran", latest.passed);
    } else {
        PH_ASSIGN_OR_RETURN(const bool hasOpen, m_store.hasOpenJob(transaction, schedule.name));
        if (hasOpen) {
            run.outcome = RunOutcome::Overlapped;
            run.message = "the job of the time before was still open";
        } else {
            PH_RETURN_IF_ERROR(start(transaction, schedule, run));
            isStarted = true;
        }
    }
    PH_RETURN_IF_ERROR(m_store.addRun(transaction, schedule.name, run));
    return m_store.decide(transaction, schedule.name, now);
}

absl::Status Scheduler::start(
    postgres::Transaction& transaction, const Schedule& schedule, ScheduleRun& run)
{
    JobOrder order;
    order.kind = schedule.kind;
    order.parameters = schedule.parameters;
    order.priority = schedule.priority;
    order.schedule = schedule.name;
    order.earliestStart = run.plannedTime + jitterOf(schedule, run.plannedTime);
    const auto id = m_jobs.create(transaction, order, server());
    if (id.ok()) {
        run.outcome = RunOutcome::Started;
        run.jobId = std::to_string(*id);
        return absl::OkStatus();
    }
    // What the order itself is to blame for is told in the history; anything else is tried again.
    if (!absl::IsInvalidArgument(id.status()) && !absl::IsNotFound(id.status())) {
        return id.status();
    }
    run.outcome = RunOutcome::Failed;
    run.message = describe(id.status());
    spdlog::warn("schedule {} could not start its job: {}", schedule.name, run.message);
    return absl::OkStatus();
}

} // namespace pilothouse::jobs
