// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/Clock.h"
#include "shared/metrics/QueryResult.h"
#include "shared/metrics/SampleSource.h"
#include "shared/metrics/promql/Ast.h"
#include "shared/metrics/promql/EngineOptions.h"
#include "shared/metrics/promql/PlanCache.h"

#include <absl/status/statusor.h>

#include <memory>
#include <stop_token>
#include <string_view>

namespace pilothouse::metrics::promql {

/// First and last evaluation time of a range query, both included, and the distance between.
struct QueryRange
{
    TimestampMs start = 0;
    TimestampMs end = 0;
    std::int64_t stepMs = 1000;
};

/// PromQL over any SampleSource. Stateless between queries, so one engine serves all threads.
///
/// Errors: INVALID_ARGUMENT for a query that cannot be evaluated this way (syntax, types, too many
/// points); FAILED_PRECONDITION when the data forbid it (many-to-many matches, equal label sets);
/// RESOURCE_EXHAUSTED over the limit of samples; DEADLINE_EXCEEDED; CANCELLED.
class Engine
{
public:
    explicit Engine(EngineOptions options = {}, const Clock& clock = systemClock());

    const EngineOptions& options() const { return m_options; }

    absl::StatusOr<std::shared_ptr<const Expr>> parse(std::string_view text) const;

    /// The value at one time, of whatever type the expression has.
    absl::StatusOr<QueryResult> instant(
        const Expr& expr,
        const SampleSource& source,
        TimestampMs time,
        const std::stop_token& stop = {}) const;
    /// A matrix sorted by labels; the expression must be a scalar or an instant vector.
    absl::StatusOr<QueryResult> range(
        const Expr& expr,
        const SampleSource& source,
        const QueryRange& range,
        const std::stop_token& stop = {}) const;

private:
    friend class PreparedQuery;

    absl::StatusOr<QueryResult> instant(
        const Expr& expr,
        const SampleSource& source,
        TimestampMs time,
        PlanCache& plans,
        const std::stop_token& stop) const;
    absl::StatusOr<QueryResult> range(
        const Expr& expr,
        const SampleSource& source,
        const QueryRange& range,
        PlanCache& plans,
        const std::stop_token& stop) const;

    EngineOptions m_options;
    const Clock& m_clock;
};

} // namespace pilothouse::metrics::promql
