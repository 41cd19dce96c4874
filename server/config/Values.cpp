// SPDX-License-Identifier: Apache-2.0
#include "server/config/Values.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>

namespace pilothouse::config {

namespace {

struct DurationUnit
{
    std::string_view name;
    std::int64_t milliseconds;
};

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
/// Largest first: formatting takes the first that divides the value.
constexpr std::array<DurationUnit, 6> kDurationUnits = {{
    {"w", 7 * kDay},
    {"d", kDay},
    {"h", kHour},
    {"m", kMinute},
    {"s", kSecond},
    {"ms", 1},
}};

struct SizeUnit
{
    std::string_view name;
    std::int64_t bytes;
};

constexpr std::array<SizeUnit, 10> kSizeUnits = {{
    {"TiB", std::int64_t(1) << 40},
    {"GiB", 1 << 30},
    {"MiB", 1 << 20},
    {"KiB", 1 << 10},
    {"TB", 1'000'000'000'000},
    {"GB", 1'000'000'000},
    {"MB", 1'000'000},
    {"KB", 1'000},
    {"B", 1},
    {"", 1},
}};

/// Reads the digits at the start of `text` and removes them; false when there are none or too many.
bool takeNumber(std::string_view& text, std::int64_t& number)
{
    if (text.empty() || text.front() < '0' || text.front() > '9') {
        return false;
    }
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    if (result.ec != std::errc()) {
        return false;
    }
    text.remove_prefix(static_cast<std::size_t>(result.ptr - text.data()));
    return true;
}

std::string_view takeLetters(std::string_view& text)
{
    std::size_t length = 0;
    while (length < text.size() && (text[length] < '0' || text[length] > '9')) {
        ++length;
    }
    const std::string_view letters = text.substr(0, length);
    text.remove_prefix(length);
    return letters;
}

absl::Status expected(std::string_view what)
{
    return absl::InvalidArgumentError(std::string(what));
}

constexpr std::string_view kExpectedDuration =
    "a duration such as \"250ms\", \"5s\", \"10m\", \"24h\" or \"7d\"";
constexpr std::string_view kExpectedSize =
    "a size such as \"32MiB\", \"500KB\" or a number of bytes";
constexpr std::string_view kExpectedHostPort =
    "\"host:port\" with a port from 0 to 65535 (0 = any free one)";

} // namespace

absl::StatusOr<absl::Duration> parseDuration(std::string_view text)
{
    if (text == "0") {
        return absl::ZeroDuration();
    }
    std::int64_t total = 0;
    if (text.empty()) {
        return expected(kExpectedDuration);
    }
    while (!text.empty()) {
        std::int64_t number = 0;
        if (!takeNumber(text, number)) {
            return expected(kExpectedDuration);
        }
        const std::string_view unit = takeLetters(text);
        std::int64_t milliseconds = 0;
        for (const auto& known : kDurationUnits) {
            if (known.name == unit) {
                milliseconds = known.milliseconds;
            }
        }
        constexpr std::int64_t kLimit = std::numeric_limits<std::int64_t>::max();
        if (milliseconds == 0 || number > (kLimit - total) / milliseconds) {
            return expected(kExpectedDuration);
        }
        total += number * milliseconds;
    }
    return absl::Milliseconds(total);
}

std::string formatDuration(absl::Duration value)
{
    const std::int64_t milliseconds = absl::ToInt64Milliseconds(value);
    if (milliseconds == 0) {
        return "0s";
    }
    for (const auto& unit : kDurationUnits) {
        // Hours read better than days and weeks up to two days: "24h".
        const bool tooLarge = unit.milliseconds >= kDay && milliseconds < 2 * kDay;
        if (!tooLarge && milliseconds % unit.milliseconds == 0) {
            return fmt::format("{}{}", milliseconds / unit.milliseconds, unit.name);
        }
    }
    return fmt::format("{}ms", milliseconds);
}

absl::StatusOr<std::int64_t> parseSize(std::string_view text)
{
    std::int64_t number = 0;
    if (!takeNumber(text, number)) {
        return expected(kExpectedSize);
    }
    while (!text.empty() && text.front() == ' ') {
        text.remove_prefix(1);
    }
    for (const auto& unit : kSizeUnits) {
        if (unit.name == text) {
            if (number > std::numeric_limits<std::int64_t>::max() / unit.bytes) {
                break;
            }
            return number * unit.bytes;
        }
    }
    return expected(kExpectedSize);
}

std::string formatSize(std::int64_t bytes)
{
    for (const auto& unit : kSizeUnits) {
        if (bytes >= unit.bytes && bytes % unit.bytes == 0 && !unit.name.empty()) {
            return fmt::format("{}{}", bytes / unit.bytes, unit.name);
        }
    }
    return fmt::format("{}B", bytes);
}

absl::StatusOr<HostPort> parseHostPort(std::string_view text)
{
    HostPort result;
    std::string_view port;
    if (!text.empty() && text.front() == '[') {
        const std::size_t close = text.find("]:");
        if (close == std::string_view::npos) {
            return expected(kExpectedHostPort);
        }
        result.host = text.substr(1, close - 1);
        port = text.substr(close + 2);
    } else {
        const std::size_t colon = text.rfind(':');
        if (colon == std::string_view::npos || text.find(':') != colon) {
            return expected(kExpectedHostPort);
        }
        result.host = text.substr(0, colon);
        port = text.substr(colon + 1);
    }
    std::int64_t number = 0;
    if (result.host.empty() || result.host.find_first_of(" /\t\"") != std::string::npos ||
        !takeNumber(port, number) || !port.empty() || number > 65535) {
        return expected(kExpectedHostPort);
    }
    result.port = static_cast<int>(number);
    return result;
}

bool isLoopbackHost(std::string_view host)
{
    return host == "localhost" || host == "::1" || host.substr(0, 4) == "127.";
}

} // namespace pilothouse::config
