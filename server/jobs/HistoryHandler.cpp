// SPDX-License-Identifier: Apache-2.0
#include "server/jobs/HistoryHandler.h"

#include "shared/base/StatusHelpers.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

namespace pilothouse::jobs {

namespace {

/// Of one transaction, so that nobody waits for it.
constexpr int kBatch = 500;
constexpr absl::Duration kLimit = absl::Seconds(30);

Kind describeKind()
{
    Kind kind;
    kind.name = "jobs.retention";
    kind.title = "Forget old jobs";
    kind.description = "Deletes jobs that ended long ago, with their logs and artefacts.";
    kind.parameters = {
        {"keep", ParameterType::Duration, false, "14d", "Jobs that succeeded or were cancelled."},
        {"keep_failed", ParameterType::Duration, false, "90d", "Jobs that failed."},
    };
    kind.concurrency = 1;
    kind.cancelConsequence = "What was deleted stays deleted; the rest is kept until the next run.";
    return kind;
}

} // namespace

HistoryHandler::HistoryHandler(postgres::Database& database)
    : m_database(database), m_kind(describeKind())
{}

absl::StatusOr<JobPlan> HistoryHandler::plan(const Parameters& parameters) const
{
    JobPlan plan;
    plan.title = fmt::format("Forget jobs older than {}", parameters.at("keep"));
    plan.target = "jobs";
    TaskPlan task;
    task.name = "delete";
    task.title = "Delete ended jobs";
    plan.tasks.push_back(std::move(task));
    return plan;
}

absl::Status HistoryHandler::run(TaskContext& context)
{
    PH_ASSIGN_OR_RETURN(const auto keep, parseDuration(context.parameters().at("keep")));
    PH_ASSIGN_OR_RETURN(const auto failed, parseDuration(context.parameters().at("keep_failed")));
    std::int64_t deleted = 0;
    std::int64_t count = 0;
    do {
        if (context.isCancelled()) {
            return absl::CancelledError(fmt::format("stopped after {} jobs", deleted));
        }
        PH_ASSIGN_OR_RETURN(
            count,
            m_database.transact(
                [&](postgres::Transaction& transaction) -> absl::StatusOr<std::int64_t> {
                    PH_RETURN_IF_ERROR(context.hold(transaction));
                    PH_RETURN_IF_ERROR(m_store.forgetRuns(transaction, failed, kBatch).status());
                    return m_store.forget(transaction, keep, failed, kBatch);
                },
                absl::Now() + kLimit));
        deleted += count;
        context.progress(deleted, 0, "jobs");
    } while (count == kBatch);
    context.log(LogLevel::Info, fmt::format("deleted {} jobs", deleted));
    return absl::OkStatus();
}

Schedule HistoryHandler::schedule()
{
    Schedule schedule;
    schedule.name = "jobs-retention";
    schedule.kind = "jobs.retention";
    schedule.cron = "17 3 * * *";
    schedule.missedRunPolicy = MissedRunPolicy::RunOnce;
    schedule.jitter = absl::Minutes(10);
    schedule.description = "Forgets jobs that ended long ago.";
    return schedule;
}

} // namespace pilothouse::jobs
