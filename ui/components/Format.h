// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdint>

namespace pilothouse::ui {

/// What a number counts, which decides its unit and prefix (ui.md 6).
enum class Unit { None, PerSecond, Seconds, Bytes, BytesPerSecond, Ratio };

/// A number ready to show: "18.4" and "k/s".
struct Quantity
{
    QString number;
    QString unit;

    /// Both, with a thin space between; the number alone when there is no unit.
    QString text() const;
    bool operator==(const Quantity&) const = default;
};

/// Three significant digits with an SI prefix (IEC for bytes); a ratio becomes percent, seconds
/// become µs, ms, s or "1 m 40 s". NaN and infinities read "–" and "∞".
Quantity formatValue(double value, Unit unit);

/// The factor and the unit that suit a whole axis up to `largest`: axis labels share one unit.
struct AxisUnit
{
    double factor = 1;
    QString unit;
};
AxisUnit axisUnit(double largest, Unit unit);

/// `value` with as many decimals as `step` needs: axis labels.
QString formatTick(double value, double step);

/// "950 ms", "12 s", "1 m 40 s", "2 h 5 m", "3 d 4 h".
QString formatDuration(double seconds);

/// How long ago, in one unit: "45 s", "10 m", "5 h", "3 d". For narrow columns; the exact time
/// stands in the tooltip.
QString formatAge(double seconds);

/// "12 408": thousands apart by thin spaces.
QString formatCount(qint64 count);

/// "14:29:58" of milliseconds since the epoch, in UTC or local time.
QString formatClock(std::int64_t ms, bool utc);

/// The unit of a metric by its OpenMetrics unit or the suffix of its name ("_seconds", "_bytes",
/// "_ratio").
Unit unitOfMetric(const QString& name, const QString& declaredUnit);

} // namespace pilothouse::ui
