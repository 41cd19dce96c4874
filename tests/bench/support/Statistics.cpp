// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/support/Statistics.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pilothouse::bench {

double percentile(std::vector<double> values, double share)
{
    std::sort(values.begin(), values.end());
    const double rank = std::ceil(share * static_cast<double>(values.size()));
    return values.at(static_cast<std::size_t>(std::max(rank, 1.0)) - 1);
}

double median(std::vector<double> values)
{
    return percentile(std::move(values), 0.5);
}

} // namespace pilothouse::bench
