// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/Labels.h"

#include <deque>
#include <memory>
#include <utility>
#include <vector>

namespace pilothouse::metrics::promql {

/// The label sets of the rows of a block. Immutable once shared, so that the pointer identifies it:
/// what was computed for a set (groups, matches) is kept with the pointer. Rows refer to labels
/// that live in `owned` or in what `keepAlive` holds; nothing is copied until an answer is written.
struct SeriesSet
{
    std::vector<const Labels*> rows;
    /// The rows' metric names do not count (an operator dropped them).
    bool nameDropped = false;
    /// All rows bear the same metric name or none, so dropping it cannot make two rows equal.
    bool sameName = false;
    std::deque<Labels> owned;
    std::vector<std::shared_ptr<const void>> keepAlive;

    std::size_t size() const { return rows.size(); }

    /// The labels of a row as they count.
    Labels labels(std::size_t row) const
    {
        Labels result = *rows[row];
        if (nameDropped) {
            result.remove(kMetricName);
        }
        return result;
    }

    void add(Labels labels)
    {
        owned.push_back(std::move(labels));
        rows.push_back(&owned.back());
    }

    /// True for a label pair that counts.
    bool counts(const Labels::Pair& pair) const
    {
        return !nameDropped || pair.first != kMetricName;
    }
};

using SeriesSetPtr = std::shared_ptr<const SeriesSet>;

} // namespace pilothouse::metrics::promql
