// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/Format.h"

#include <QString>

#include <cstdint>
#include <vector>

namespace pilothouse::ui {

struct AxisTick
{
    /// Value, or milliseconds since the epoch.
    double at = 0;
    QString label;

    bool operator==(const AxisTick&) const = default;
};

/// A value axis with round ends and round ticks; linear, all in one unit, or logarithmic.
struct ValueScale
{
    double low = 0;
    double high = 1;
    QString unit;
    std::vector<AxisTick> ticks;
    bool isLog = false;

    /// Pixels from the top for a height.
    double toPixel(double value, double height) const;
};

/// `most` ticks at most. Data that never falls below zero starts at zero unless it keeps to a
/// narrow band far from it. A ratio never runs past 100 % when the data does not.
ValueScale valueScale(double least, double greatest, Unit unit, int most);

/// Equal heights for equal ratios: ticks at powers of ten, of two for bytes, each with a prefix of
/// its own. Both ends must be greater than zero.
ValueScale logScale(double least, double greatest, Unit unit, int most);

/// Ticks at round times of the day (or dates), in UTC or local time, `most` at most.
std::vector<AxisTick> timeTicks(std::int64_t from, std::int64_t to, int most, bool utc);

} // namespace pilothouse::ui
