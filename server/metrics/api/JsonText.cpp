// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/api/JsonText.h"

#include "shared/metrics/promql/Text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <iterator>

namespace pilothouse::metrics {

namespace {

/// Length of the UTF-8 character at `at`; 0 when there is none.
std::size_t characterLength(std::string_view text, std::size_t at)
{
    const auto byte = [&](std::size_t index) {
        return index < text.size() ? static_cast<unsigned char>(text[index]) : 0U;
    };
    const unsigned head = byte(at);
    const std::size_t length = head < 0x80U                     ? 1
                               : head >= 0xC2U && head <= 0xDFU ? 2
                               : head >= 0xE0U && head <= 0xEFU ? 3
                               : head >= 0xF0U && head <= 0xF4U ? 4
                                                                : 0;
    for (std::size_t index = 1; index < length; ++index) {
        if ((byte(at + index) & 0xC0U) != 0x80U) {
            return 0;
        }
    }
    const unsigned second = byte(at + 1);
    const bool isOverlong = (head == 0xE0U && second < 0xA0U) || (head == 0xF0U && second < 0x90U);
    const bool isSurrogate = head == 0xEDU && second >= 0xA0U;
    const bool isTooLarge = head == 0xF4U && second >= 0x90U;
    return isOverlong || isSurrogate || isTooLarge ? 0 : length;
}

void appendEscaped(std::string& out, char c)
{
    switch (c) {
    case '"':
        out += "\\\"";
        break;
    case '\\':
        out += "\\\\";
        break;
    case '\n':
        out += "\\n";
        break;
    case '\r':
        out += "\\r";
        break;
    case '\t':
        out += "\\t";
        break;
    default:
        if (static_cast<unsigned char>(c) < 0x20U) {
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
        } else {
            out += c;
        }
    }
}

} // namespace

void appendJsonString(std::string& out, std::string_view text)
{
    out += '"';
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = characterLength(text, at);
        if (length == 0) {
            out += "\\ufffd";
            ++at;
        } else if (length == 1) {
            appendEscaped(out, text[at++]);
        } else {
            out += text.substr(at, length);
            at += length;
        }
    }
    out += '"';
}

void appendJsonStrings(std::string& out, const std::vector<std::string>& texts)
{
    out += '[';
    for (std::size_t index = 0; index < texts.size(); ++index) {
        out += index > 0 ? "," : "";
        appendJsonString(out, texts[index]);
    }
    out += ']';
}

void appendJsonLabels(std::string& out, const Labels& labels)
{
    out += '{';
    bool isFirst = true;
    for (const auto& [name, value] : labels.pairs()) {
        out += isFirst ? "" : ",";
        isFirst = false;
        appendJsonString(out, name);
        out += ':';
        appendJsonString(out, value);
    }
    out += '}';
}

void appendJsonValue(std::string& out, double value)
{
    const double size = std::abs(value);
    out += '"';
    if (size != 0 && std::isfinite(value) && (size < 1e-6 || size >= 1e21)) {
        std::array<char, 40> buffer{};
        const auto [end, error] = std::to_chars(
            buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific);
        out.append(buffer.data(), end);
    } else {
        out += promql::formatNumber(value);
    }
    out += '"';
}

void appendJsonPoint(std::string& out, TimestampMs time, double value)
{
    const TimestampMs size = time < 0 ? -time : time;
    fmt::format_to(std::back_inserter(out), "[{}{}", time < 0 ? "-" : "", size / 1000);
    if (size % 1000 != 0) {
        fmt::format_to(std::back_inserter(out), ".{:03}", size % 1000);
    }
    out += ',';
    appendJsonValue(out, value);
    out += ']';
}

} // namespace pilothouse::metrics
