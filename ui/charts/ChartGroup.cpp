// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/ChartGroup.h"

namespace pilothouse::ui {

ChartGroup::ChartGroup(TimeWindow& time, QObject* parent) : QObject(parent), m_time(time)
{
    connect(&time, &TimeWindow::changed, this, &ChartGroup::rangeChanged);
}

std::int64_t ChartGroup::from() const
{
    return to() - absl::ToInt64Milliseconds(m_time.to() - m_time.from());
}

std::int64_t ChartGroup::to() const
{
    return m_time.isFollowing() && m_edge > 0 ? m_edge : absl::ToUnixMillis(m_time.to());
}

void ChartGroup::advanceTo(std::int64_t liveEdge)
{
    if (liveEdge > m_edge) {
        m_edge = liveEdge;
        if (m_time.isFollowing()) {
            Q_EMIT rangeChanged();
        }
    }
}

void ChartGroup::setCrosshair(std::optional<std::int64_t> time)
{
    if (time != m_crosshair) {
        m_crosshair = time;
        Q_EMIT crosshairChanged();
    }
}

void ChartGroup::setUtc(bool utc)
{
    if (utc != m_utc) {
        m_utc = utc;
        Q_EMIT rangeChanged();
    }
}

} // namespace pilothouse::ui
