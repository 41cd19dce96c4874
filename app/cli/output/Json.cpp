// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/output/Json.h"

#include <cmath>

namespace pilothouse::cli {

Json jsonTime(absl::Time time)
{
    if (time == absl::InfinitePast() || time == absl::InfiniteFuture()) {
        return nullptr;
    }
    return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

Json jsonSeconds(absl::Duration duration)
{
    return absl::ToDoubleSeconds(duration);
}

Json jsonValue(double value)
{
    if (std::isnan(value)) {
        return "NaN";
    }
    if (std::isinf(value)) {
        return value > 0 ? "+Inf" : "-Inf";
    }
    return value;
}

Json jsonLabels(const metrics::Labels& labels)
{
    Json result = Json::object();
    for (const auto& [name, value] : labels.pairs()) {
        result[name] = value;
    }
    return result;
}

} // namespace pilothouse::cli
