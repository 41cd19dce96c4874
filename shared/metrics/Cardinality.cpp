// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/Cardinality.h"

#include <algorithm>

namespace pilothouse::metrics {

std::vector<CountedName> largestCounts(std::vector<CountedName> counts, std::size_t limit)
{
    const std::size_t kept = std::min(limit, counts.size());
    std::partial_sort(
        counts.begin(),
        counts.begin() + static_cast<std::ptrdiff_t>(kept),
        counts.end(),
        [](const CountedName& left, const CountedName& right) {
            return left.count != right.count ? left.count > right.count : left.name < right.name;
        });
    counts.resize(kept);
    return counts;
}

} // namespace pilothouse::metrics
