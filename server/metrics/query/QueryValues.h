// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/QueryResult.h"

#include <vector>

namespace pilothouse::metrics {

/// The values of an instant query's answer, in its order; none of a text.
inline std::vector<double> valuesOf(const metrics::QueryResult& result)
{
    std::vector<double> values;
    if (const auto* sample = std::get_if<metrics::Sample>(&result.value)) {
        values.push_back(sample->value);
    } else if (const auto* vector = std::get_if<metrics::Vector>(&result.value)) {
        for (const metrics::InstantSample& one : *vector) {
            values.push_back(one.sample.value);
        }
    }
    return values;
}

} // namespace pilothouse::metrics
