// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/TimeWindow.h"

#include <algorithm>

namespace pilothouse::ui {

TimeWindow::TimeWindow(const Clock& clock, QObject* parent)
    : QObject(parent), m_clock(clock), m_range(TimeRange::lastOf(absl::Minutes(30)))
{}

void TimeWindow::setRange(const TimeRange& range)
{
    const bool same = range == m_range && !isPaused() && m_before.empty();
    m_range = range;
    m_pausedAt = absl::InfinitePast();
    m_before.clear();
    if (!same) {
        Q_EMIT changed();
    }
}

void TimeWindow::setPaused(bool paused)
{
    if (paused == isPaused()) {
        return;
    }
    if (!paused && !m_before.empty()) {
        m_range = m_before.front();
        m_before.clear();
    }
    m_pausedAt = paused ? m_clock.now() : absl::InfinitePast();
    Q_EMIT changed();
}

absl::Time TimeWindow::from() const
{
    return m_range.isLive() ? to() - m_range.live : m_range.from;
}

absl::Time TimeWindow::to() const
{
    if (!m_range.isLive()) {
        return m_range.to;
    }
    return isPaused() ? m_pausedAt : m_clock.now();
}

void TimeWindow::zoomTo(absl::Time from, absl::Time to)
{
    if (to < from) {
        std::swap(from, to);
    }
    const absl::Time now = m_clock.now();
    to = std::min(to, now);
    from = std::clamp(from, to - kLongest, to - kShortest);
    if (m_before.empty()) {
        m_before.push_back(m_range);
    }
    m_range = TimeRange::between(from, to);
    Q_EMIT changed();
}

void TimeWindow::zoomBy(double factor)
{
    const absl::Duration half = length() * factor / 2;
    const absl::Time middle = from() + length() / 2;
    zoomTo(middle - half, middle + half);
}

void TimeWindow::resetZoom()
{
    if (m_before.empty()) {
        return;
    }
    m_range = m_before.front();
    m_before.clear();
    Q_EMIT changed();
}

void TimeWindow::shiftBy(double part)
{
    const absl::Duration step = length() * part;
    const absl::Duration width = length();
    const absl::Time end = std::min(to() + step, m_clock.now());
    zoomTo(end - width, end);
}

} // namespace pilothouse::ui
