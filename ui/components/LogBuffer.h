// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/LogLine.h"

#include <cstdint>
#include <deque>

namespace pilothouse::ui {

/// The newest lines of a log. Lines are numbered from 0 on for as long as it lives, so that whoever
/// shows them knows where to go on although old ones have left.
class LogBuffer
{
public:
    static constexpr std::size_t kMost = 10'000;
    /// A longer line is cut: one line must not cost what ten thousand may.
    static constexpr qsizetype kLongest = 4'000;

    void add(LogLine line);
    void clear();

    bool isEmpty() const { return m_lines.empty(); }
    std::size_t size() const { return m_lines.size(); }
    /// Number of the oldest line held, and one behind the newest.
    std::uint64_t first() const { return m_first; }
    std::uint64_t end() const { return m_first + m_lines.size(); }
    const LogLine& line(std::uint64_t number) const { return m_lines[number - m_first]; }

private:
    std::deque<LogLine> m_lines;
    std::uint64_t m_first = 0;
};

} // namespace pilothouse::ui
