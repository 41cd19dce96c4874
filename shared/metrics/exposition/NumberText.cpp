// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/exposition/NumberText.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>

namespace pilothouse::metrics {

namespace {

/// A mantissa of up to this many digits is exact in a double, and so is a power of ten up to 10^22:
/// their product or quotient is then the correctly rounded number (Clinger's fast path).
constexpr int kExactDigits = 15;
constexpr std::array<double, 23> kPowers{1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                         1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                         1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool equalsIgnoringCase(std::string_view text, std::string_view lowerCase)
{
    return std::equal(
        text.begin(), text.end(), lowerCase.begin(), lowerCase.end(), [](char left, char right) {
            return lower(left) == right;
        });
}

std::string_view tokenOf(std::string_view text)
{
    return text.substr(0, text.find_first_of(" \t\r\n#"));
}

/// Digits with at most one point, no exponent: nearly every sample there is.
std::optional<double> takePlainDecimal(std::string_view& text)
{
    const char* at = text.data();
    const char* const end = at + text.size();
    const bool isNegative = at != end && *at == '-';
    at += isNegative ? 1 : 0;
    std::uint64_t mantissa = 0;
    const char* const firstDigit = at;
    for (; at != end && isDigit(*at); ++at) {
        mantissa = mantissa * 10 + static_cast<std::uint64_t>(*at - '0');
    }
    auto digits = at - firstDigit;
    std::ptrdiff_t decimals = 0;
    if (at != end && *at == '.') {
        const char* const firstDecimal = ++at;
        for (; at != end && isDigit(*at); ++at) {
            mantissa = mantissa * 10 + static_cast<std::uint64_t>(*at - '0');
        }
        decimals = at - firstDecimal;
        digits += decimals;
    }
    if (digits == 0 || digits > kExactDigits) {
        return std::nullopt;
    }
    if (at != end && *at != '\n' && *at != ' ' && *at != '\t' && *at != '\r') {
        return std::nullopt;
    }
    const double value =
        static_cast<double>(mantissa) / kPowers[static_cast<std::size_t>(decimals)];
    text.remove_prefix(static_cast<std::size_t>(at - text.data()));
    return isNegative ? -value : value;
}

std::optional<double> parseOddNumber(std::string_view token)
{
    bool isNegative = false;
    if (!token.empty() && (token.front() == '+' || token.front() == '-')) {
        isNegative = token.front() == '-';
        token.remove_prefix(1);
    }
    const double sign = isNegative ? -1 : 1;
    if (equalsIgnoringCase(token, "inf") || equalsIgnoringCase(token, "infinity")) {
        return sign * std::numeric_limits<double>::infinity();
    }
    if (equalsIgnoringCase(token, "nan")) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    if (token.empty() || !(isDigit(token.front()) || token.front() == '.')) {
        return std::nullopt;
    }
    auto format = std::chars_format::general;
    if (token.size() > 2 && token[0] == '0' && lower(token[1]) == 'x') {
        format = std::chars_format::hex;
        token.remove_prefix(2);
    }
    double value = 0;
    const char* const end = token.data() + token.size();
    const auto [stop, error] = std::from_chars(token.data(), end, value, format);
    if (stop != end) {
        return std::nullopt;
    }
    if (error == std::errc::result_out_of_range) {
        // Too small is 0, too great is an error: from_chars does not say which.
        const std::string whole =
            (format == std::chars_format::hex ? "0x" : "") + std::string(token);
        value = std::strtod(whole.c_str(), nullptr);
        if (std::isinf(value)) {
            return std::nullopt;
        }
    } else if (error != std::errc()) {
        return std::nullopt;
    }
    return sign * value;
}

} // namespace

std::optional<double> takeNumber(std::string_view& text)
{
    if (const auto plain = takePlainDecimal(text)) {
        return plain;
    }
    const std::string_view token = tokenOf(text);
    const auto value = parseOddNumber(token);
    if (value) {
        text.remove_prefix(token.size());
    }
    return value;
}

std::optional<TimestampMs> parseMilliseconds(std::string_view text)
{
    TimestampMs value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    return stop == end && error == std::errc() && !text.empty() ? std::optional(value)
                                                                : std::nullopt;
}

std::optional<TimestampMs> parseSeconds(std::string_view text)
{
    constexpr double kGreatestSeconds = 9e15 / 1000;
    const auto seconds = takeNumber(text);
    if (!seconds || !text.empty() || !(std::abs(*seconds) < kGreatestSeconds)) {
        return std::nullopt;
    }
    return std::llround(*seconds * 1000);
}

} // namespace pilothouse::metrics
