// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/jobs/JobHandler.h"
#include "server/jobs/JobStore.h"
#include "server/platform/postgres/Database.h"
#include "shared/jobs/Schedule.h"

namespace pilothouse::jobs {

/// "jobs.retention": forgets jobs that ended long ago, with their tasks, logs and artefacts.
class HistoryHandler final : public JobHandler
{
public:
    explicit HistoryHandler(postgres::Database& database);

    const Kind& kind() const override { return m_kind; }
    absl::StatusOr<JobPlan> plan(const Parameters& parameters) const override;
    absl::Status run(TaskContext& context) override;

    /// The schedule that a new installation gets.
    static Schedule schedule();

private:
    postgres::Database& m_database;
    const Kind m_kind;
    const JobStore m_store{};
};

} // namespace pilothouse::jobs
