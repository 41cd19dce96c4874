// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/api/JsonText.h"

#include "shared/base/Utf8.h"
#include "shared/metrics/promql/Text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <iterator>

namespace pilothouse::metrics {

namespace {

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
        const std::size_t length = characterAt(text.substr(at)).length;
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
