// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/baseline/BaselineText.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace pilothouse::metrics::baseline {

namespace {

/// Below it four digits need no unit.
constexpr double kExact = 10000;

} // namespace

std::string timeText(absl::Time time)
{
    return absl::FormatTime("%Y-%m-%d %H:%M:%S", time, absl::UTCTimeZone());
}

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

std::string change(double ratio)
{
    return std::isfinite(ratio) ? fmt::format("{:+.1f} %", (ratio - 1) * 100) : "-";
}

} // namespace pilothouse::metrics::baseline
