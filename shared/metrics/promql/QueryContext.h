// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/Clock.h"
#include "shared/metrics/SampleSource.h"
#include "shared/metrics/promql/Block.h"
#include "shared/metrics/promql/EngineOptions.h"
#include "shared/metrics/promql/PlanCache.h"

#include <absl/status/statusor.h>

#include <cstddef>
#include <functional>
#include <span>
#include <stop_token>

namespace pilothouse::metrics::promql {

/// What every part of one evaluation shares: limits, source, cancellation.
class QueryContext
{
public:
    QueryContext(
        const EngineOptions& options,
        const Clock& clock,
        const SampleSource& source,
        PlanCache& plans,
        TimestampMs start,
        TimestampMs end,
        std::stop_token stop);

    const EngineOptions& options() const { return m_options; }
    bool isVersion3() const { return m_options.compat == Compat::Prometheus3; }
    const SampleSource& source() const { return m_source; }
    NodePlan& plan(const Expr& expr) { return m_plans.of(expr); }
    bool isStanding() const { return m_plans.isStanding(); }
    /// The bounds of the whole query, as asked: `@ start()` and `@ end()`.
    TimestampMs queryStart() const { return m_queryStart; }
    TimestampMs queryEnd() const { return m_queryEnd; }

    /// CANCELLED or DEADLINE_EXCEEDED. Cheap enough to be called for every series, and within one
    /// for every window of `samples`.
    absl::Status checkInterrupt(std::size_t samples = 0);

    /// Reads many series at once; stops at the first failure of `visit` or when interrupted.
    absl::Status readSeries(
        std::span<const SeriesId> ids,
        TimestampMs start,
        TimestampMs end,
        const std::function<absl::Status(std::size_t index, const SampleColumns& samples)>& visit);

    /// A block without values, all absent; RESOURCE_EXHAUSTED beyond the limit of samples.
    absl::StatusOr<Block> makeBlock(SeriesSetPtr series, std::size_t steps);
    SampleBudget& budget() { return m_budget; }

private:
    const EngineOptions& m_options;
    const Clock& m_clock;
    const SampleSource& m_source;
    PlanCache& m_plans;
    TimestampMs m_queryStart;
    TimestampMs m_queryEnd;
    std::stop_token m_stop;
    absl::Duration m_deadline;
    SampleBudget m_budget;
    std::size_t m_checks = 0;
    std::size_t m_nextClockRead = 0;
};

} // namespace pilothouse::metrics::promql
