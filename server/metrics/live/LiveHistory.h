// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/QueryResult.h"

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <vector>

namespace pilothouse::metrics {

/// What a standing query has answered so far: a table of steps by series. Every watcher reads the
/// part that it has not had, so that a slow one costs no memory of its own. Times are multiples of
/// the step. Not thread-safe.
class LiveHistory
{
public:
    explicit LiveHistory(TimestampMs step);

    bool empty() const { return m_steps == 0; }
    /// Of the oldest and the newest step; valid unless empty().
    TimestampMs first() const { return m_first; }
    TimestampMs last() const;
    /// Numbers held, present or not.
    std::size_t points() const { return m_steps * m_columns.size(); }

    void clear();
    /// Adds the steps after last() (or from `from` when empty) up to `to`. Points of `answer`
    /// outside of them are ignored; steps that a series has no point for are its gaps.
    void append(TimestampMs from, TimestampMs to, const Matrix& answer);
    /// Forgets the steps before `time`, and the series that have no points left.
    void dropBefore(TimestampMs time);

    /// Points after `after`. Where a series stops, one NaN says so.
    Matrix since(TimestampMs after) const;

private:
    struct Column
    {
        Labels labels;
        std::vector<double> values;
    };

    std::size_t indexOf(TimestampMs time) const;
    void addSteps(std::size_t count);
    void removeEmptyColumns();

    TimestampMs m_step;
    TimestampMs m_first = 0;
    /// Steps at the front of the columns that were dropped but not yet cut off.
    std::size_t m_dropped = 0;
    std::size_t m_steps = 0;
    std::vector<Column> m_columns;
    absl::flat_hash_map<Labels, std::size_t> m_columnOf;
};

} // namespace pilothouse::metrics
