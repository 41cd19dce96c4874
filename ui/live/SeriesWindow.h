// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/metrics/QueryResult.h"

#include <absl/container/flat_hash_map.h>

namespace pilothouse::ui {

/// The series of a stream as they stand: a snapshot replaces all, later messages add points at the
/// end, what falls out of the window goes. Series that have no point left are taken away.
class SeriesWindow
{
public:
    void apply(bool snapshot, const metrics::Matrix& update);
    /// Forgets points before `begin`.
    void trimBefore(metrics::TimestampMs begin);
    /// Keeps the newest `count` points of each series.
    void trimTo(std::size_t count);
    /// A series of more than `most` points is decimated to `kept` without losing an extreme, so
    /// that a window of days fed once a second stays small.
    void thin(metrics::TimestampMs begin, metrics::TimestampMs end, std::size_t most, int kept);
    void clear();

    const metrics::Matrix& series() const { return m_series; }
    /// The series with these labels, or null.
    const metrics::SeriesPoints* find(const metrics::Labels& labels) const;

private:
    void index();

    metrics::Matrix m_series;
    absl::flat_hash_map<metrics::Labels, std::size_t> m_places;
};

} // namespace pilothouse::ui
