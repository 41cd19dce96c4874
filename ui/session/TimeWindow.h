// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/Clock.h"

#include <absl/time/time.h>

#include <QObject>

#include <vector>

namespace pilothouse::ui {

/// What a window looks at: the last `live` until now, or a fixed stretch.
struct TimeRange
{
    /// Zero means fixed.
    absl::Duration live = absl::Minutes(30);
    absl::Time from = absl::InfinitePast();
    absl::Time to = absl::InfinitePast();

    static TimeRange lastOf(absl::Duration length) { return TimeRange{length, {}, {}}; }
    static TimeRange between(absl::Time from, absl::Time to)
    {
        return TimeRange{absl::ZeroDuration(), from, to};
    }
    bool isLive() const { return live > absl::ZeroDuration(); }
    bool operator==(const TimeRange&) const = default;
};

/// The one time range of a window; all its charts and tables follow it. GUI thread only.
class TimeWindow : public QObject
{
    Q_OBJECT

public:
    /// Shortest stretch that a zoom can reach, and the longest range.
    static constexpr absl::Duration kShortest = absl::Seconds(10);
    static constexpr absl::Duration kLongest = absl::Hours(24 * 366);

    explicit TimeWindow(const Clock& clock, QObject* parent = nullptr);

    TimeRange range() const { return m_range; }
    /// Forgets pause and zoom.
    void setRange(const TimeRange& range);

    /// Following the present: live and not paused. Charts read a live query then, and a range
    /// otherwise.
    bool isFollowing() const { return m_range.isLive() && !isPaused(); }
    bool isPaused() const { return m_pausedAt != absl::InfinitePast(); }
    absl::Time pausedAt() const { return m_pausedAt; }
    void setPaused(bool paused);

    /// The stretch as it is at this moment (or at the pause).
    absl::Time from() const;
    absl::Time to() const;
    absl::Duration length() const { return to() - from(); }
    absl::Time now() const { return m_clock.now(); }

    /// Looks at a stretch (dragged in a chart, or zoomed by wheel or keys); `resetZoom` comes back.
    void zoomTo(absl::Time from, absl::Time to);
    void zoomBy(double factor);
    void resetZoom();
    bool isZoomed() const { return !m_before.empty(); }
    /// Moves by a part of the length, negative into the past; never beyond now.
    void shiftBy(double part);

Q_SIGNALS:
    /// Range, pause or zoom changed. It is not sent as time passes.
    void changed();

private:
    const Clock& m_clock;
    TimeRange m_range;
    absl::Time m_pausedAt = absl::InfinitePast();
    /// Range before the first zoom (at most one).
    std::vector<TimeRange> m_before;
};

} // namespace pilothouse::ui
