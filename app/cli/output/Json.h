// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/metrics/QueryResult.h"

#include <absl/time/time.h>
#include <nlohmann/json.hpp>

namespace pilothouse::cli {

/// Members stay in the order in which they were added, so that output is stable.
using Json = nlohmann::ordered_json;

/// RFC 3339 in UTC with milliseconds; null when infinite ("never").
Json jsonTime(absl::Time time);
/// Seconds as a number.
Json jsonSeconds(absl::Duration duration);
/// A number, or "NaN", "+Inf", "-Inf", which JSON's numbers cannot say.
Json jsonValue(double value);
Json jsonLabels(const metrics::Labels& labels);

} // namespace pilothouse::cli
