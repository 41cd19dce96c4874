// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/baseline/BaselineText.h"

#include <fmt/format.h>

#include <cmath>

namespace pilothouse::metrics::baseline {

std::string timeText(absl::Time time)
{
    return absl::FormatTime("%Y-%m-%d %H:%M:%S", time, absl::UTCTimeZone());
}

std::string number(double value)
{
    return fmt::format("{:.4g}", value);
}

std::string change(double ratio)
{
    return std::isfinite(ratio) ? fmt::format("{:+.1f} %", (ratio - 1) * 100) : "-";
}

} // namespace pilothouse::metrics::baseline
