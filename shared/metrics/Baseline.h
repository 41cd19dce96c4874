// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace pilothouse::metrics {

/// What a series was like over a span.
struct Summary
{
    std::size_t samples = 0;
    double minimum = 0;
    double maximum = 0;
    double mean = 0;
    /// Of the samples, not of what they are drawn from.
    double standardDeviation = 0;
    double p50 = 0;
    double p90 = 0;
    double p95 = 0;
    double p99 = 0;

    bool operator==(const Summary&) const = default;
};

/// Values that are not finite do not count; without any `samples` is 0. Percentiles lie between the
/// two nearest samples, as PromQL's quantile_over_time has them.
Summary summarize(std::span<const double> values);

/// A measured series of a baseline.
struct BaselineSeries
{
    /// The expression's name: "throughput".
    std::string name;
    std::string expression;
    /// "{instance=\"a\"}", or empty.
    std::string labels;
    Summary summary;
};

/// A series now beside the same series then. Ratios are now by then; NaN when there was nothing.
struct BaselineChange
{
    BaselineSeries now;
    Summary then;
    double meanRatio = 0;
    double p95Ratio = 0;
};

/// Those series that both have, in the order of `now`.
std::vector<BaselineChange> compare(
    const std::vector<BaselineSeries>& now, const std::vector<BaselineSeries>& then);

} // namespace pilothouse::metrics
