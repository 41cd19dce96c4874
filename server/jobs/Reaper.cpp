// SPDX-License-Identifier: Apache-2.0
#include "server/jobs/Reaper.h"

#include "server/jobs/Arrays.h"
#include "server/jobs/TaskQueueSql.h"
#include "shared/base/StatusHelpers.h"
#include "shared/jobs/Job.h"
#include "shared/jobs/RetryPolicy.h"

#include <absl/time/clock.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace pilothouse::jobs {

namespace {

/// Of one transaction; more is left for the next.
constexpr int kBatch = 500;
constexpr absl::Duration kLimit = absl::Seconds(20);

constexpr postgres::Statement kNotify{
    "jobs.reaper.notify", "SELECT pg_notify('pilothouse_jobs', '')"};

struct LostTask
{
    std::int64_t job = 0;
    std::int64_t position = 0;
    std::int64_t claim = 0;
    std::int64_t microseconds = 0;
    /// With the one that was lost.
    int tries = 0;
    RetryPolicy retry;
    std::string host;
};

LostTask lostIn(const postgres::Row& row)
{
    return {
        row.integer("job_id"),
        row.integer("position"),
        row.integer("claim"),
        row.integer("ran_us"),
        static_cast<int>(row.integer("tries")) + 1,
        {static_cast<int>(row.integer("max_tries")),
         absl::Milliseconds(row.integer("first_wait_ms")),
         absl::Milliseconds(row.integer("longest_wait_ms"))},
        row.textOrNull("host").value_or("a server")};
}

/// One server that dies is nobody's fault. A server that dies again and again would use up the
/// tries of all that it holds within seconds, so they wait from the second time on.
absl::Duration waitAfter(const LostTask& task, double random)
{
    return task.tries > 1 ? task.retry.waitAfter(task.tries - 1, random) : absl::ZeroDuration();
}

} // namespace

absl::StatusOr<int> Reaper::run(const leader::Fence& fence)
{
    int total = 0;
    int count = 0;
    do {
        PH_ASSIGN_OR_RETURN(
            count,
            m_database.transact(
                [&](postgres::Transaction& transaction) -> absl::StatusOr<int> {
                    PH_RETURN_IF_ERROR(fence.check(transaction));
                    return runOnce(transaction);
                },
                absl::Now() + kLimit));
        total += count;
    } while (count == kBatch);
    if (total > 0) {
        spdlog::warn("jobs: took {} tasks back from servers that are gone", total);
    }
    return total;
}

absl::StatusOr<int> Reaper::runOnce(postgres::Transaction& transaction)
{
    NumberArray workers;
    PH_ASSIGN_OR_RETURN(
        const auto dead, transaction.query(sql::kDeadWorkers, {}, [](const postgres::Row& row) {
            return row.integer("id");
        }));
    for (const std::int64_t id : dead) {
        workers.add(id);
    }
    PH_ASSIGN_OR_RETURN(
        const auto lost, transaction.query(sql::kLostTasks, {workers.param(), kBatch}, lostIn));
    NumberArray jobs;
    NumberArray positions;
    NumberArray claims;
    NumberArray ran;
    NumberArray waits;
    std::vector<std::string> states;
    std::vector<std::string> messages;
    std::vector<std::string> results;
    std::vector<std::string> hosts;
    bool hasFailure = false;
    std::uniform_real_distribution<double> share;
    for (const LostTask& task : lost) {
        const bool mayTryAgain = task.tries < task.retry.maxAttempts;
        jobs.add(task.job);
        positions.add(task.position);
        claims.add(task.claim);
        ran.add(task.microseconds);
        waits.add(absl::ToInt64Milliseconds(waitAfter(task, share(m_random))));
        hasFailure = hasFailure || !mayTryAgain;
        states.emplace_back(taskStateName(mayTryAgain ? TaskState::Delayed : TaskState::Failed));
        messages.push_back(fmt::format("{} was lost while it ran this", task.host));
        results.emplace_back();
        hosts.push_back(task.host);
    }
    if (!lost.empty()) {
        PH_RETURN_IF_ERROR(transaction
                               .execute(
                                   sql::kEnd,
                                   {jobs.param(),
                                    positions.param(),
                                    claims.param(),
                                    states,
                                    ran.param(),
                                    waits.param(),
                                    messages,
                                    results,
                                    hosts})
                               .status());
        if (hasFailure) {
            PH_RETURN_IF_ERROR(transaction.execute(sql::kSettleFailures, {jobs.param()}).status());
        }
        // Most wait for nothing; the servers look for what is due only once a second.
        PH_RETURN_IF_ERROR(transaction.execute(sql::kPromote).status());
        PH_RETURN_IF_ERROR(transaction.execute(kNotify).status());
    }
    if (!dead.empty()) {
        PH_RETURN_IF_ERROR(transaction.execute(sql::kForgetWorkers, {workers.param()}).status());
    }
    PH_RETURN_IF_ERROR(transaction.execute(sql::kForgetClaims).status());
    return static_cast<int>(lost.size());
}

} // namespace pilothouse::jobs
