// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/promql/Text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace pilothouse::metrics::promql {

namespace {

struct Unit
{
    std::string_view name;
    std::int64_t milliseconds;
};

constexpr std::array<Unit, 7> kUnits = {
    {{"y", 365LL * 24 * 3600 * 1000},
     {"w", 7LL * 24 * 3600 * 1000},
     {"d", 24LL * 3600 * 1000},
     {"h", 3600LL * 1000},
     {"m", 60LL * 1000},
     {"s", 1000},
     {"ms", 1}}};

void appendUtf8(std::string& out, std::uint32_t code)
{
    const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0U | (code >> 6U));
        put(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
        put(0xE0U | (code >> 12U));
        put(0x80U | ((code >> 6U) & 0x3FU));
        put(0x80U | (code & 0x3FU));
    } else {
        put(0xF0U | (code >> 18U));
        put(0x80U | ((code >> 12U) & 0x3FU));
        put(0x80U | ((code >> 6U) & 0x3FU));
        put(0x80U | (code & 0x3FU));
    }
}

/// Reads `digits` digits of `base` at `at`; nullopt when there are fewer.
std::optional<std::uint32_t> readCode(
    std::string_view text, std::size_t at, std::size_t digits, int base)
{
    if (at + digits > text.size()) {
        return std::nullopt;
    }
    std::uint32_t value = 0;
    const char* const first = text.data() + at;
    const auto [end, error] = std::from_chars(first, first + digits, value, base);
    if (error != std::errc() || end != first + digits) {
        return std::nullopt;
    }
    return value;
}

/// Handles the escape whose letter is at `at`; returns how many characters it took, 0 when it is
/// none.
std::size_t appendEscape(std::string& out, std::string_view text, std::size_t at, char delimiter)
{
    static constexpr std::string_view kLetters = "abfnrtv\\";
    static constexpr std::string_view kValues = "\a\b\f\n\r\t\v\\";
    const char letter = text[at];
    if (const auto found = kLetters.find(letter); found != std::string_view::npos) {
        out += kValues[found];
        return 1;
    }
    if (letter == delimiter) {
        out += letter;
        return 1;
    }
    std::size_t digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
    if (digits > 0) {
        const auto code = readCode(text, at + 1, digits, 16);
        const bool surrogate = code && *code >= 0xD800 && *code < 0xE000;
        if (!code || (digits > 2 && (*code > 0x10FFFF || surrogate))) {
            return 0;
        }
        if (digits == 2) {
            out += static_cast<char>(*code);
        } else {
            appendUtf8(out, *code);
        }
        return 1 + digits;
    }
    if (const auto code = readCode(text, at, 3, 8); code && *code < 256) {
        out += static_cast<char>(*code);
        return 3;
    }
    return 0;
}

bool isNameOf(std::string_view name, bool colons)
{
    const auto isHead = [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (colons && c == ':');
    };
    return !name.empty() && isHead(name.front()) &&
           std::all_of(name.begin(), name.end(), [&](char c) {
               return isHead(c) || (c >= '0' && c <= '9');
           });
}

} // namespace

std::string formatNumber(double value)
{
    if (std::isnan(value)) {
        return "NaN";
    }
    if (std::isinf(value)) {
        return value > 0 ? "+Inf" : "-Inf";
    }
    // The shortest digits come as d.ddde±xx; the rest is zeros, as in Go. (chars_format::fixed
    // would print all digits of a large number.)
    std::array<char, 40> buffer{};
    const auto [last, error] = std::to_chars(
        buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific);
    std::string_view text(buffer.data(), static_cast<std::size_t>(last - buffer.data()));
    std::string sign;
    if (text.front() == '-') {
        sign = "-";
        text.remove_prefix(1);
    }
    const std::size_t mark = text.find('e');
    int exponent = 0;
    const char* const digitsOfExponent = text.data() + mark + (text[mark + 1] == '+' ? 2 : 1);
    std::from_chars(digitsOfExponent, text.data() + text.size(), exponent);
    std::string digits(text.substr(0, 1));
    if (mark > 2) {
        digits += text.substr(2, mark - 2);
    }
    if (exponent < 0) {
        return sign + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
    }
    const auto whole = static_cast<std::size_t>(exponent) + 1;
    if (digits.size() <= whole) {
        return sign + digits + std::string(whole - digits.size(), '0');
    }
    return sign + digits.substr(0, whole) + "." + digits.substr(whole);
}

absl::StatusOr<std::int64_t> parseDuration(std::string_view text)
{
    const auto bad = [&] {
        return absl::InvalidArgumentError(fmt::format("not a valid duration string: \"{}\"", text));
    };
    // As Go's time.Duration: nanoseconds in 63 bits.
    constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max() / 1000000;
    std::int64_t total = 0;
    std::size_t unitIndex = 0;
    std::size_t at = 0;
    if (text == "0") {
        return 0;
    }
    if (text.empty()) {
        return absl::InvalidArgumentError("empty duration string");
    }
    while (at < text.size()) {
        std::int64_t count = 0;
        const auto [end, error] =
            std::from_chars(text.data() + at, text.data() + text.size(), count);
        if (error == std::errc::result_out_of_range) {
            return absl::InvalidArgumentError("duration out of range");
        }
        if (error != std::errc() || text[at] == '-') {
            return bad();
        }
        at = static_cast<std::size_t>(end - text.data());
        const std::string_view rest = text.substr(at);
        const bool milliseconds = rest.substr(0, 2) == "ms";
        while (unitIndex < kUnits.size() &&
               (milliseconds ? kUnits[unitIndex].name != "ms"
                             : rest.substr(0, 1) != kUnits[unitIndex].name)) {
            ++unitIndex;
        }
        if (unitIndex == kUnits.size()) {
            return bad();
        }
        const Unit& unit = kUnits[unitIndex++];
        at += unit.name.size();
        if (count > (kMax - total) / unit.milliseconds) {
            return absl::InvalidArgumentError("duration out of range");
        }
        total += count * unit.milliseconds;
    }
    return total;
}

std::string formatDuration(std::int64_t milliseconds)
{
    if (milliseconds == 0) {
        return "0s";
    }
    std::string out = milliseconds < 0 ? "-" : "";
    std::uint64_t rest = milliseconds < 0 ? 0 - static_cast<std::uint64_t>(milliseconds)
                                          : static_cast<std::uint64_t>(milliseconds);
    for (const Unit& unit : kUnits) {
        const auto size = static_cast<std::uint64_t>(unit.milliseconds);
        // Years and weeks only when they are exact: "400d" reads better than "1y5w".
        if ((unit.name == "y" || unit.name == "w") && rest % size != 0) {
            continue;
        }
        if (rest >= size) {
            out += fmt::format("{}{}", rest / size, unit.name);
            rest %= size;
        }
    }
    return out;
}

absl::StatusOr<std::string> unquote(std::string_view quoted)
{
    const auto bad = [] { return absl::InvalidArgumentError("invalid syntax"); };
    if (quoted.size() < 2 || quoted.front() != quoted.back()) {
        return bad();
    }
    const char delimiter = quoted.front();
    const std::string_view text = quoted.substr(1, quoted.size() - 2);
    if (delimiter == '`') {
        return std::string(text);
    }
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] != '\\') {
            out += text[at++];
            continue;
        }
        if (at + 1 >= text.size()) {
            return bad();
        }
        const std::size_t taken = appendEscape(out, text, at + 1, delimiter);
        if (taken == 0) {
            return bad();
        }
        at += 1 + taken;
    }
    return out;
}

std::string quote(std::string_view text)
{
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (byte < 0x20 || byte == 0x7F) {
            out += fmt::format("\\x{:02x}", byte);
        } else {
            out += c;
        }
    }
    return out + '"';
}

bool isLabelName(std::string_view name)
{
    return isNameOf(name, /*colons=*/false);
}

bool isMetricName(std::string_view name)
{
    return isNameOf(name, /*colons=*/true);
}

} // namespace pilothouse::metrics::promql
