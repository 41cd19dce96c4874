// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace pilothouse::metrics::promql {

/// A number as Prometheus writes it: shortest digits that read back the same, never an exponent;
/// "+Inf",
/// "-Inf", "NaN".
std::string formatNumber(double value);

/// "1h30m" in milliseconds; units y w d h m s ms, each at most once and in this order.
absl::StatusOr<std::int64_t> parseDuration(std::string_view text);
/// The reverse, without zero parts; "0s" for zero.
std::string formatDuration(std::int64_t milliseconds);

/// The content of a quoted string; escapes as in Go, none in a raw (backquoted) one.
absl::StatusOr<std::string> unquote(std::string_view quoted);
/// A string in double quotes that unquote() reads back.
std::string quote(std::string_view text);

/// [a-zA-Z_][a-zA-Z0-9_]*
bool isLabelName(std::string_view name);
/// Label names with colons.
bool isMetricName(std::string_view name);

} // namespace pilothouse::metrics::promql
