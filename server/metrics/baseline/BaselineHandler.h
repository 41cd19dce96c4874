// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/jobs/JobHandler.h"
#include "server/metrics/baseline/BaselineStore.h"
#include "server/metrics/query/QueryEngine.h"
#include "shared/base/Clock.h"
#include "shared/metrics/store/Store.h"

#include <string>
#include <vector>

namespace pilothouse::metrics {

/// "metrics.baseline": measures expressions over a span and keeps the result under a name, with a
/// report beside an earlier baseline.
class BaselineHandler final : public jobs::JobHandler
{
public:
    /// All of it outlives the handler.
    BaselineHandler(
        const QueryEngine& queries,
        const Store& store,
        postgres::Database& database,
        const Clock& clock);

    const jobs::Kind& kind() const override { return m_kind; }
    absl::StatusOr<jobs::JobPlan> plan(const jobs::Parameters& parameters) const override;
    absl::Status run(jobs::TaskContext& context) override;

    struct Expression
    {
        std::string name;
        std::string promql;
    };

private:
    absl::StatusOr<std::vector<Expression>> expressionsOf(const jobs::Parameters& parameters) const;
    absl::Status measure(jobs::TaskContext& context);
    absl::Status report(jobs::TaskContext& context);
    absl::StatusOr<Matrix> evaluate(
        jobs::TaskContext& context, const Expression& expression, const RangeQuery& span) const;

    const QueryEngine& m_queries;
    const Store& m_store;
    const Clock& m_clock;
    BaselineStore m_baselines;
    const jobs::Kind m_kind;
};

} // namespace pilothouse::metrics
