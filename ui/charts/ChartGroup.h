// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/ChartScheduler.h"
#include "ui/session/TimeWindow.h"

#include <QObject>

#include <cstdint>
#include <optional>

namespace pilothouse::ui {

/// What the charts of one page share: the window's time range, one crosshair, UTC or local time,
/// and the turn in which each is drawn. GUI thread only.
class ChartGroup : public QObject
{
    Q_OBJECT

public:
    explicit ChartGroup(TimeWindow& time, QObject* parent = nullptr);

    TimeWindow& time() { return m_time; }
    ChartScheduler& scheduler() { return m_scheduler; }

    /// The stretch that all charts show, in milliseconds. While following, it ends at the newest
    /// data, so that the clocks of server and console need not agree.
    std::int64_t from() const;
    std::int64_t to() const;
    /// Data reached this time; never goes back while following.
    void advanceTo(std::int64_t liveEdge);

    std::optional<std::int64_t> crosshair() const { return m_crosshair; }
    void setCrosshair(std::optional<std::int64_t> time);

    bool isUtc() const { return m_utc; }
    void setUtc(bool utc);

Q_SIGNALS:
    void rangeChanged();
    void crosshairChanged();

private:
    TimeWindow& m_time;
    ChartScheduler m_scheduler;
    std::int64_t m_edge = 0;
    std::optional<std::int64_t> m_crosshair;
    bool m_utc = true;
};

} // namespace pilothouse::ui
