// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/jobs/TaskContext.h"
#include "server/metrics/baseline/BaselineReport.h"
#include "server/platform/postgres/Database.h"

#include <absl/status/statusor.h>

#include <string>

namespace pilothouse::metrics {

/// The named baselines, the newest of each name. Thread-safe; blocks on the database.
class BaselineStore
{
public:
    explicit BaselineStore(postgres::Database& database) : m_database(database) {}

    /// For as long as the task is the caller's.
    absl::Status save(jobs::TaskContext& context, const Baseline& baseline);
    /// Whether this job has saved it.
    absl::StatusOr<bool> isOf(const std::string& name, const std::string& job) const;
    /// NOT_FOUND when there is none of this name.
    absl::StatusOr<Baseline> find(const std::string& name) const;

private:
    postgres::Database& m_database;
};

} // namespace pilothouse::metrics
