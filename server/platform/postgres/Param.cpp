// SPDX-License-Identifier: Apache-2.0
#include "server/platform/postgres/Statement.h"

#include <fmt/format.h>

#include <cmath>

namespace pilothouse::postgres {

Param::Param(double value)
{
    if (std::isnan(value)) {
        m_text = "NaN";
    } else if (std::isinf(value)) {
        m_text = value > 0 ? "Infinity" : "-Infinity";
    } else {
        m_text = fmt::format("{}", value); // the shortest text that reads back as the same number
    }
}

Param::Param(absl::Time value)
{
    if (value == absl::InfiniteFuture()) {
        m_text = "infinity";
    } else if (value == absl::InfinitePast()) {
        m_text = "-infinity";
    } else {
        m_text = absl::FormatTime("%E4Y-%m-%d %H:%M:%E6S+00", value, absl::UTCTimeZone());
    }
}

Param::Param(absl::Duration value)
    : m_text(fmt::format("{} microseconds", absl::ToInt64Microseconds(value)))
{}

Param::Param(const std::vector<std::string>& values)
{
    std::string array = "{";
    for (const auto& value : values) {
        array += array.size() > 1 ? ",\"" : "\"";
        for (const char letter : value) {
            if (letter == '"' || letter == '\\') {
                array += '\\';
            }
            array += letter;
        }
        array += '"';
    }
    m_text = array + "}";
}

Param Param::bytes(std::string_view value)
{
    std::string text = "\\x";
    text.reserve(2 + 2 * value.size());
    for (const char byte : value) {
        fmt::format_to(std::back_inserter(text), "{:02x}", static_cast<unsigned char>(byte));
    }
    return Param(std::move(text));
}

} // namespace pilothouse::postgres
