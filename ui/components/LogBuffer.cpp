// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/LogBuffer.h"

namespace pilothouse::ui {

void LogBuffer::add(LogLine line)
{
    if (line.text.size() > kLongest) {
        line.text.truncate(kLongest);
        line.text += QStringLiteral(" …");
    }
    // One line stays one line, whatever a program prints.
    line.text.replace(QLatin1Char('\n'), QStringLiteral(" ↵ "));
    line.text.remove(QLatin1Char('\r'));
    m_lines.push_back(std::move(line));
    if (m_lines.size() > kMost) {
        m_lines.pop_front();
        ++m_first;
    }
}

void LogBuffer::clear()
{
    m_first = end();
    m_lines.clear();
}

} // namespace pilothouse::ui
