// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/live/PromqlExpression.h"

#include "shared/base/StatusHelpers.h"

#include <utility>

namespace pilothouse::metrics {

namespace {

class PromqlExpression final : public StandingExpression
{
public:
    PromqlExpression(std::unique_ptr<promql::PreparedQuery> query, std::stop_token stop)
        : m_query(std::move(query)), m_stop(std::move(stop))
    {}

    absl::StatusOr<Matrix> range(TimestampMs start, TimestampMs end, TimestampMs step) override
    {
        PH_ASSIGN_OR_RETURN(
            QueryResult result,
            m_query->range({.start = start, .end = end, .stepMs = step}, m_stop));
        if (auto* const matrix = std::get_if<Matrix>(&result.value)) {
            return std::move(*matrix);
        }
        return absl::InternalError("a range query answered no matrix");
    }

private:
    const std::unique_ptr<promql::PreparedQuery> m_query;
    const std::stop_token m_stop;
};

} // namespace

PrepareExpression promqlExpressions(const QueryEngine& engine, std::stop_token stop)
{
    return [&engine, stop = std::move(stop)](
               const std::string& text) -> absl::StatusOr<std::unique_ptr<StandingExpression>> {
        PH_ASSIGN_OR_RETURN(auto query, engine.prepare(text));
        const auto type = promql::typeOf(query->expr());
        if (type != promql::ValueType::Scalar && type != promql::ValueType::Vector) {
            return withHint(
                absl::InvalidArgumentError(
                    "only a scalar or an instant vector can be watched over time"),
                "Put a function such as rate() around a range like [1m].");
        }
        return std::make_unique<PromqlExpression>(std::move(query), stop);
    };
}

} // namespace pilothouse::metrics
