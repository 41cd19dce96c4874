// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/Decimate.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pilothouse::metrics {

namespace {

/// What one bucket keeps, as positions in the series.
struct Bucket
{
    static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

    std::size_t least = kNone;
    std::size_t greatest = kNone;
    std::size_t gap = kNone;

    void add(const SeriesPoints& points, std::size_t at)
    {
        const double value = points.values[at];
        if (std::isnan(value)) {
            gap = gap == kNone ? at : gap;
            return;
        }
        if (least == kNone || value < points.values[least]) {
            least = at;
        }
        if (greatest == kNone || value > points.values[greatest]) {
            greatest = at;
        }
    }

    void flush(const SeriesPoints& points, SeriesPoints& out)
    {
        const auto keep = [&](std::size_t at) {
            out.times.push_back(points.times[at]);
            out.values.push_back(points.values[at]);
        };
        if (least != kNone) {
            keep(std::min(least, greatest));
            if (least != greatest) {
                keep(std::max(least, greatest));
            }
        } else if (gap != kNone) {
            keep(gap);
        }
        *this = {};
    }
};

TimestampMs floorDiv(TimestampMs value, TimestampMs width)
{
    return value / width - (value % width < 0 ? 1 : 0);
}

} // namespace

TimestampMs decimationWidth(TimestampMs start, TimestampMs end, int maxPoints)
{
    const TimestampMs kept = std::max(maxPoints, kMinDecimatedPoints);
    // One point is the newest; aligned buckets can cover one more bucket than the span is long.
    const TimestampMs buckets = std::max<TimestampMs>((kept - 1) / 2 - 1, 1);
    const TimestampMs span = std::max<TimestampMs>(end - start, 1);
    return (span + buckets - 1) / buckets;
}

SeriesPoints decimate(const SeriesPoints& points, TimestampMs start, TimestampMs end, int maxPoints)
{
    const auto limit = static_cast<std::size_t>(std::max(maxPoints, kMinDecimatedPoints));
    const std::size_t count = std::min(points.times.size(), points.values.size());
    if (count <= limit) {
        return points;
    }
    const TimestampMs width = decimationWidth(start, end, maxPoints);
    SeriesPoints out{.labels = points.labels, .times = {}, .values = {}};
    out.times.reserve(limit);
    out.values.reserve(limit);
    Bucket bucket;
    TimestampMs current = floorDiv(points.times.front(), width);
    for (std::size_t at = 0; at < count; ++at) {
        const TimestampMs index = floorDiv(points.times[at], width);
        if (index != current) {
            bucket.flush(points, out);
            current = index;
        }
        bucket.add(points, at);
    }
    bucket.flush(points, out);
    if (out.times.back() != points.times[count - 1]) {
        out.times.push_back(points.times[count - 1]);
        out.values.push_back(points.values[count - 1]);
    }
    return out;
}

} // namespace pilothouse::metrics
