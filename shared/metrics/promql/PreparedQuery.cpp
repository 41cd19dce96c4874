// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/promql/PreparedQuery.h"

#include <utility>

namespace pilothouse::metrics::promql {

PreparedQuery::PreparedQuery(
    const Engine& engine, std::shared_ptr<const Expr> expr, const SampleSource& source)
    : m_engine(engine), m_expr(std::move(expr)), m_source(source), m_plans(/*isStanding=*/true)
{}

absl::StatusOr<QueryResult> PreparedQuery::instant(TimestampMs time, const std::stop_token& stop)
{
    return m_engine.instant(*m_expr, m_source, time, m_plans, stop);
}

absl::StatusOr<QueryResult> PreparedQuery::range(
    const QueryRange& range, const std::stop_token& stop)
{
    return m_engine.range(*m_expr, m_source, range, m_plans, stop);
}

} // namespace pilothouse::metrics::promql
