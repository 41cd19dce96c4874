// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/Sample.h"

#include <optional>
#include <string_view>

namespace pilothouse::metrics {

/// Reads a sample's value at the beginning of `text` and advances it past the number. Takes what
/// Prometheus takes: decimals, exponents, hexadecimal floats, NaN, Inf with sign and in any case.
/// Nothing for anything else or for a number that a double cannot hold.
std::optional<double> takeNumber(std::string_view& text);

/// A whole number of milliseconds (Prometheus text).
std::optional<TimestampMs> parseMilliseconds(std::string_view text);
/// Seconds with a fraction (OpenMetrics).
std::optional<TimestampMs> parseSeconds(std::string_view text);

} // namespace pilothouse::metrics
