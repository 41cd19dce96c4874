// SPDX-License-Identifier: Apache-2.0
#include "server/jobs/JobResults.h"

#include "server/jobs/QueueSql.h"
#include "server/platform/faults/Faults.h"
#include "shared/base/StatusHelpers.h"

#include <absl/time/clock.h>

namespace pilothouse::jobs {

namespace {

constexpr absl::Duration kLimit = absl::Seconds(20);
/// Transactions of one run.
constexpr int kMostSteps = 20;

constexpr postgres::Statement kRecord{
    "jobs.results.record",
    "WITH taken AS (DELETE FROM pilothouse.job_results WHERE id IN (SELECT id "
    "FROM pilothouse.job_results ORDER BY id LIMIT 100) RETURNING id, jobs) " PH_JOB_RESULT_ENTRY(
        "FROM taken t CROSS JOIN unnest(t.jobs) WITH ORDINALITY AS r (job, at) "
        "JOIN pilothouse.jobs j ON j.id = r.job ORDER BY t.id, r.at")};

} // namespace

absl::Status JobResults::run(const leader::Fence& fence)
{
    std::int64_t count = 1;
    for (int step = 0; step < kMostSteps && count > 0; ++step) {
        PH_ASSIGN_OR_RETURN(
            count,
            m_database.transact(
                [&](postgres::Transaction& transaction) -> absl::StatusOr<std::int64_t> {
                    PH_RETURN_IF_ERROR(fence.check(transaction));
                    PH_ASSIGN_OR_RETURN(const auto recorded, transaction.execute(kRecord));
                    if (recorded > 0) {
                        PH_FAULT("jobs.in_results");
                    }
                    return recorded;
                },
                absl::Now() + kLimit));
        if (count > 0) {
            PH_FAULT("jobs.after_results");
        }
    }
    return absl::OkStatus();
}

} // namespace pilothouse::jobs
