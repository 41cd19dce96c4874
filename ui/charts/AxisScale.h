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

/// A value axis with round ends and round ticks, all in one unit.
struct ValueScale
{
    double low = 0;
    double high = 1;
    QString unit;
    std::vector<AxisTick> ticks;

    /// Pixels from the top for a height.
    double toPixel(double value, double height) const
    {
        return height * (1 - (value - low) / (high - low));
    }
};

/// `most` ticks at most. Data that never falls below zero starts at zero unless it keeps to a
/// narrow band far from it. A ratio never runs past 100 % when the data does not.
ValueScale valueScale(double least, double greatest, Unit unit, int most);

/// Ticks at round times of the day (or dates), in UTC or local time, `most` at most.
std::vector<AxisTick> timeTicks(std::int64_t from, std::int64_t to, int most, bool utc);

} // namespace pilothouse::ui
