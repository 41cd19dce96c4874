// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Database.h"
#include "shared/jobs/Job.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pilothouse::jobs {

/// Questions about jobs. Thread-safe; blocks on the database.
class JobQueries
{
public:
    explicit JobQueries(postgres::Database& database) : m_database(database) {}

    /// With tasks and artefacts; NOT_FOUND without such a job.
    absl::StatusOr<Job> get(std::int64_t id, absl::Time deadline) const;
    /// Newest first, ids below `before` (0: from the newest), at most `limit`, without tasks.
    absl::StatusOr<std::vector<Job>> list(
        const JobFilter& filter, std::int64_t before, int limit, absl::Time deadline) const;
    /// What watchers see: the newest `limit` jobs and the newest `limit` open ones, newest first.
    absl::StatusOr<std::vector<Job>> recent(int limit, absl::Time deadline) const;

private:
    postgres::Database& m_database;
};

} // namespace pilothouse::jobs
