// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/baseline/BaselineTables.h"

#include <absl/time/time.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace pilothouse::metrics::baseline {

namespace {

/// Below it four digits need no unit.
constexpr double kExact = 10000;

std::string timeText(absl::Time time)
{
    return absl::FormatTime("%Y-%m-%d %H:%M:%S", time, absl::UTCTimeZone());
}

/// "+12.0 %" of a ratio of 1.12; "-" when there was nothing to compare with.
std::string change(double ratio)
{
    return std::isfinite(ratio) ? fmt::format("{:+.1f} %", (ratio - 1) * 100) : "-";
}

std::string nameOf(const BaselineSeries& series)
{
    return series.labels.empty() ? series.name : series.name + ' ' + series.labels;
}

} // namespace

std::string number(double value)
{
    constexpr std::array<std::pair<double, const char*>, 4> kScales{
        {{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}}};
    const double size = std::abs(value);
    if (size < kExact || !std::isfinite(value)) {
        return fmt::format("{:.4g}", value);
    }
    const auto scale =
        std::ranges::find_if(kScales, [size](const auto& one) { return size >= one.first; });
    return fmt::format("{:.4g}{}", value / scale->first, scale->second);
}

Table summaries(const Baseline& report)
{
    Table table{{"Series", "mean", "std", "min", "p50", "p90", "p95", "p99", "max", "samples"}, {}};
    for (const BaselineSeries& series : report.series) {
        const Summary& summary = series.summary;
        table.rows.push_back(
            {nameOf(series),
             series.expression,
             {number(summary.mean),
              number(summary.standardDeviation),
              number(summary.minimum),
              number(summary.p50),
              number(summary.p90),
              number(summary.p95),
              number(summary.p99),
              number(summary.maximum),
              fmt::to_string(summary.samples)}});
    }
    return table;
}

Table changes(const Baseline& now, const Baseline& then)
{
    Table table{{"Series", "mean then", "mean now", "change", "p95 then", "p95 now", "change"}, {}};
    for (const BaselineChange& one : compare(now.series, then.series)) {
        table.rows.push_back(
            {nameOf(one.now),
             one.now.expression,
             {number(one.then.mean),
              number(one.now.summary.mean),
              change(one.meanRatio),
              number(one.then.p95),
              number(one.now.summary.p95),
              change(one.p95Ratio)}});
    }
    return table;
}

std::string spanText(const Baseline& report)
{
    return fmt::format("{} to {} UTC", timeText(report.start), timeText(report.end));
}

} // namespace pilothouse::metrics::baseline
