// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <string>
#include <string_view>

namespace pilothouse::cli {

/// "15s", "1h30m", "500ms", "2d", "1w", or a bare number of seconds. INVALID_ARGUMENT otherwise.
absl::StatusOr<absl::Duration> parseDuration(std::string_view text);

/// "now", "-30m" (before now), RFC 3339 ("2026-03-01T12:00:00Z"), "2026-03-01 12:00:00" or
/// "2026-03-01" (both UTC), or seconds since 1970. INVALID_ARGUMENT otherwise.
absl::StatusOr<absl::Time> parseTime(std::string_view text, absl::Time now);

/// For people: "3 d 4 h", "12 min", "4.2 s", "12 ms".
std::string shortDuration(absl::Duration duration);
/// For people: "2026-03-01 12:00:00" in UTC; "-" when infinite.
std::string shortTime(absl::Time time);
/// How long ago: "4 s ago", "in 11 h", "never".
std::string sinceText(absl::Time time, absl::Time now);

} // namespace pilothouse::cli
