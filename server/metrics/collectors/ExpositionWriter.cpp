// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/collectors/ExpositionWriter.h"

#include "shared/metrics/Labels.h"

#include <array>
#include <charconv>
#include <cmath>

namespace pilothouse::metrics {

namespace {

/// Enough for the shortest form of any double.
constexpr std::size_t kNumberLength = 32;

void appendNumber(std::string& out, double value)
{
    if (std::isnan(value)) {
        out += "NaN";
        return;
    }
    if (std::isinf(value)) {
        out += value > 0 ? "+Inf" : "-Inf";
        return;
    }
    std::array<char, kNumberLength> digits{};
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    out.append(digits.data(), end);
}

} // namespace

void ExpositionWriter::family(std::string_view name, std::string_view type, std::string_view help)
{
    m_text.append("# HELP ").append(name).append(" ").append(help).append("\n");
    m_text.append("# TYPE ").append(name).append(" ").append(type).append("\n");
}

void ExpositionWriter::counter(std::string_view name, std::string_view help)
{
    family(name, "counter", help);
}

void ExpositionWriter::gauge(std::string_view name, std::string_view help)
{
    family(name, "gauge", help);
}

void ExpositionWriter::counter(std::string_view name, std::string_view help, double value)
{
    counter(name, help);
    sample(name, value);
}

void ExpositionWriter::gauge(std::string_view name, std::string_view help, double value)
{
    gauge(name, help);
    sample(name, value);
}

void ExpositionWriter::sample(std::string_view name, LabelList labels, double value)
{
    m_text += name;
    if (labels.size() > 0) {
        m_text += '{';
        bool isFirst = true;
        for (const auto& [label, text] : labels) {
            if (!isFirst) {
                m_text += ',';
            }
            isFirst = false;
            m_text.append(label).append("=\"");
            appendEscapedLabelValue(m_text, text);
            m_text += '"';
        }
        m_text += '}';
    }
    m_text += ' ';
    appendNumber(m_text, value);
    m_text += '\n';
}

} // namespace pilothouse::metrics
