// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pilothouse::metrics {

struct CountedName
{
    std::string name;
    std::int64_t count = 0;

    bool operator==(const CountedName&) const = default;
};

/// What makes up the series of a source: where an operator looks when there are too many. Each list
/// has the largest first, and equal counts by name.
struct Cardinality
{
    std::int64_t series = 0;
    std::int64_t labelPairs = 0;
    std::vector<CountedName> seriesByMetric;
    std::vector<CountedName> valuesByLabel;
    /// Named "label=value".
    std::vector<CountedName> seriesByPair;
};

/// The first `limit` in that order.
std::vector<CountedName> largestCounts(std::vector<CountedName> counts, std::size_t limit);

} // namespace pilothouse::metrics
