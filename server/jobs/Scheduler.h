// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/jobs/Jobs.h"
#include "server/jobs/ScheduleStore.h"
#include "server/leader/Fence.h"
#include "server/platform/postgres/Database.h"
#include "shared/jobs/Cron.h"

#include <absl/status/status.h>

namespace pilothouse::jobs {

/// Starts jobs when their schedules' times have come, by the database's clock. The leader's: each
/// time is decided once, in the transaction that makes its job.
class Scheduler
{
public:
    Scheduler(postgres::Database& database, Jobs& jobs) : m_database(database), m_jobs(jobs) {}

    absl::Status run(const leader::Fence& fence);

private:
    absl::Status decide(const leader::Fence& fence, const std::string& name);
    absl::Status decideLocked(
        postgres::Transaction& transaction,
        const StoredSchedule& stored,
        const Cron& cron,
        absl::Time now,
        bool& isStarted);
    absl::Status start(
        postgres::Transaction& transaction, const Schedule& schedule, ScheduleRun& run);

    postgres::Database& m_database;
    Jobs& m_jobs;
    const ScheduleStore m_store{};
};

} // namespace pilothouse::jobs
