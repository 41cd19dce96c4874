// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/promql/Engine.h"

#include <memory>
#include <stop_token>

namespace pilothouse::metrics::promql {

/// One expression that is evaluated again and again, as a chart or an alert rule does. Selections,
/// groups and matches are kept between evaluations while the source's series stay the same (see
/// SampleSource::generation), so that a further evaluation reads samples and touches no labels.
/// One thread at a time.
class PreparedQuery
{
public:
    /// `engine` and `source` must outlive the query.
    PreparedQuery(
        const Engine& engine, std::shared_ptr<const Expr> expr, const SampleSource& source);

    const Expr& expr() const { return *m_expr; }
    absl::StatusOr<QueryResult> instant(TimestampMs time, const std::stop_token& stop = {});
    absl::StatusOr<QueryResult> range(const QueryRange& range, const std::stop_token& stop = {});

private:
    const Engine& m_engine;
    std::shared_ptr<const Expr> m_expr;
    const SampleSource& m_source;
    PlanCache m_plans;
};

} // namespace pilothouse::metrics::promql
