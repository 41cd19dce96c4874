// SPDX-License-Identifier: Apache-2.0
#include "server/platform/telemetry/Instruments.h"

#include <prometheus/text_serializer.h>

#include <vector>

namespace pilothouse::platform {

namespace {

constexpr std::string_view kTotal = "_total";

/// The text form is OpenMetrics but for two things: a counter family is named without "_total", and
/// the page ends with a mark. The families' names stand only in the lines that begin with "# ".
std::string toOpenMetrics(const std::string& text)
{
    std::string result;
    result.reserve(text.size() + 16);
    std::size_t start = 0;
    while (start < text.size()) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        std::string line = text.substr(start, end - start);
        start = end + 1;
        if (line.starts_with("# HELP ") || line.starts_with("# TYPE ")) {
            const std::size_t name = sizeof("# HELP ") - 1;
            const std::size_t nameEnd = std::min(line.find(' ', name), line.size());
            if (std::string_view(line).substr(0, nameEnd).ends_with(kTotal)) {
                line.erase(nameEnd - kTotal.size(), kTotal.size());
            }
        }
        result += line;
        result.push_back('\n');
    }
    return result + "# EOF\n";
}

} // namespace

Instruments::Instruments() : m_registry(std::make_shared<prometheus::Registry>()) {}

Instruments::Page Instruments::page(std::string_view accept) const
{
    const std::string text = prometheus::TextSerializer().Serialize(m_registry->Collect());
    if (accept.find("application/openmetrics-text") != std::string_view::npos) {
        return {"application/openmetrics-text; version=1.0.0; charset=utf-8", toOpenMetrics(text)};
    }
    return {"text/plain; version=0.0.4; charset=utf-8", text};
}

} // namespace pilothouse::platform
