// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/QueryResult.h"

namespace pilothouse::metrics {

/// Fewest points that decimate() can honour: two buckets and the newest point.
inline constexpr int kMinDecimatedPoints = 8;

/// Cuts a series to at most `maxPoints` (at least kMinDecimatedPoints) without losing an extreme:
/// time is cut into equally wide buckets and each keeps its least and its greatest value at their
/// own times, plus the newest point of all. Buckets lie on multiples of their width, so that a
/// window that moves on shows the same points again instead of flickering. A bucket that holds
/// nothing but NaN keeps one NaN: the gap. A series that is short enough is returned as it is.
/// `start` and `end` are the window in which all points lie.
SeriesPoints decimate(
    const SeriesPoints& points, TimestampMs start, TimestampMs end, int maxPoints);

/// Width of the buckets that decimate() would use.
TimestampMs decimationWidth(TimestampMs start, TimestampMs end, int maxPoints);

} // namespace pilothouse::metrics
