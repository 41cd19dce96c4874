// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/Baseline.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>

namespace pilothouse::metrics {

namespace {

double quantile(const std::vector<double>& sorted, double share)
{
    const double place = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(std::floor(place));
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    const double rest = place - std::floor(place);
    return sorted[below] * (1 - rest) + sorted[above] * rest;
}

double ratio(double now, double then)
{
    return then == 0 ? std::numeric_limits<double>::quiet_NaN() : now / then;
}

} // namespace

Summary summarize(std::span<const double> values)
{
    std::vector<double> sorted;
    std::ranges::copy_if(
        values, std::back_inserter(sorted), [](double value) { return std::isfinite(value); });
    Summary summary;
    if (sorted.empty()) {
        return summary;
    }
    std::ranges::sort(sorted);
    const auto count = static_cast<double>(sorted.size());
    summary.samples = sorted.size();
    summary.minimum = sorted.front();
    summary.maximum = sorted.back();
    summary.mean = std::accumulate(sorted.begin(), sorted.end(), 0.0) / count;
    double squares = 0;
    for (const double value : sorted) {
        squares += (value - summary.mean) * (value - summary.mean);
    }
    summary.standardDeviation = std::sqrt(squares / count);
    summary.p50 = quantile(sorted, 0.50);
    summary.p90 = quantile(sorted, 0.90);
    summary.p95 = quantile(sorted, 0.95);
    summary.p99 = quantile(sorted, 0.99);
    return summary;
}

std::vector<BaselineChange> compare(
    const std::vector<BaselineSeries>& now, const std::vector<BaselineSeries>& then)
{
    std::vector<BaselineChange> changes;
    for (const BaselineSeries& series : now) {
        const auto found = std::ranges::find_if(then, [&](const BaselineSeries& other) {
            return other.name == series.name && other.labels == series.labels;
        });
        if (found != then.end()) {
            changes.push_back(
                {series,
                 found->summary,
                 ratio(series.summary.mean, found->summary.mean),
                 ratio(series.summary.p95, found->summary.p95)});
        }
    }
    return changes;
}

} // namespace pilothouse::metrics
