// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <string>
#include <string_view>

/// The words in which configuration values are written. Errors say what was expected, not where.
namespace pilothouse::config {

/// "250ms", "5s", "1h30m", "7d", "2w"; the bare number 0 is allowed, other numbers need a unit.
absl::StatusOr<absl::Duration> parseDuration(std::string_view text);
/// The shortest text that parseDuration reads back as the same value.
std::string formatDuration(absl::Duration value);

/// "32MiB", "500KB", "1GiB", "4096".
absl::StatusOr<std::int64_t> parseSize(std::string_view text);
std::string formatSize(std::int64_t bytes);

struct HostPort
{
    std::string host;
    int port = 0;
};

inline constexpr int kLastPort = 65535;

/// "host:port" or "[v6]:port"; port 0..65535.
absl::StatusOr<HostPort> parseHostPort(std::string_view text);
/// 127.0.0.0/8, ::1 and "localhost".
bool isLoopbackHost(std::string_view host);

} // namespace pilothouse::config
