// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/baseline/BaselineStore.h"

#include "shared/base/StatusHelpers.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

namespace pilothouse::metrics {

namespace {

constexpr absl::Duration kLimit = absl::Seconds(10);

constexpr postgres::Statement kSave{
    "metrics.baseline.save",
    "INSERT INTO pilothouse.metric_baselines (name, job_id, report) VALUES ($1, $2, $3) "
    "ON CONFLICT (name) DO UPDATE SET job_id = $2, report = $3, recorded_at = clock_timestamp()"};
constexpr postgres::Statement kIsOf{
    "metrics.baseline.is_of",
    "SELECT EXISTS (SELECT 1 FROM pilothouse.metric_baselines WHERE name = $1 AND job_id = $2) "
    "AS found"};
constexpr postgres::Statement kFind{
    "metrics.baseline.find", "SELECT report FROM pilothouse.metric_baselines WHERE name = $1"};

} // namespace

absl::Status BaselineStore::save(jobs::TaskContext& context, const Baseline& baseline)
{
    return m_database.transact(
        [&](postgres::Transaction& transaction) -> absl::Status {
            PH_RETURN_IF_ERROR(context.hold(transaction));
            return transaction
                .execute(kSave, {baseline.name, context.jobId(), baselineJson(baseline)})
                .status();
        },
        absl::Now() + kLimit);
}

absl::StatusOr<bool> BaselineStore::isOf(const std::string& name, const std::string& job) const
{
    PH_ASSIGN_OR_RETURN(
        const auto found,
        m_database.queryOne(
            kIsOf,
            {name, job},
            [](const postgres::Row& row) { return row.boolean("found"); },
            absl::Now() + kLimit));
    return found.value_or(false);
}

absl::StatusOr<Baseline> BaselineStore::find(const std::string& name) const
{
    PH_ASSIGN_OR_RETURN(
        const auto report,
        m_database.queryOne(
            kFind,
            {name},
            [](const postgres::Row& row) { return row.text("report"); },
            absl::Now() + kLimit));
    if (!report) {
        return absl::NotFoundError(fmt::format("there is no baseline '{}'", name));
    }
    return baselineOf(*report);
}

} // namespace pilothouse::metrics
