// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/SampleSource.h"
#include "shared/metrics/promql/RecordedSource.h"

#include <vector>

namespace pilothouse::test {

struct SampleSeries
{
    metrics::Labels labels;
    metrics::SampleColumns samples;
};

/// Where the samples of awkwardSeries() begin; they last one hour.
inline constexpr metrics::TimestampMs kAwkwardStart = 1700000000000;

/// The same series at every call: counters with resets, gaps and late starts, gauges with NaN and
/// infinities, stale markers, jitter, classic histograms that are not monotonic, series that differ
/// in their metric name only.
std::vector<SampleSeries> awkwardSeries();

void fill(metrics::promql::RecordedSource& source, const std::vector<SampleSeries>& series);

} // namespace pilothouse::test
