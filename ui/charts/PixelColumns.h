// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/ChartData.h"

#include <QPointF>

#include <vector>

namespace pilothouse::ui {

/// One unbroken stretch of a line: x in pixels from the left edge, y the value.
using ChartRun = std::vector<QPointF>;

/// At most so many stretches a line; further gaps are bridged, the narrowest first.
inline constexpr std::size_t kMostRuns = 24;

/// Reduces a line to what `width` pixels can show: at most two points a pixel column, its least and
/// greatest value at their own times. A NaN, or a pause of more than six times the usual distance
/// around it, ends a stretch. Points just outside [from, to] are kept, so that lines run to the
/// edges.
std::vector<ChartRun> toPixelColumns(
    const ChartLine& line, std::int64_t from, std::int64_t to, int width);

/// Index of the sample nearest to `time`, or -1 for none.
std::ptrdiff_t nearestSample(const std::vector<std::int64_t>& times, std::int64_t time);

/// The value that a crosshair at `time` shows: of the nearest sample, or NaN when that lies further
/// away than `tolerance`.
double valueAt(const ChartLine& line, std::int64_t time, std::int64_t tolerance);

/// The usual distance between samples: the median, at least 1 ms.
std::int64_t usualStep(const std::vector<std::int64_t>& times);

} // namespace pilothouse::ui
