// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/Labels.h"
#include "shared/metrics/Sample.h"

#include <string>
#include <variant>
#include <vector>

namespace pilothouse::metrics {

/// One series of a query's answer as columns, oldest first. In live and decimated answers a NaN
/// value says "nothing here": a chart draws a gap.
struct SeriesPoints
{
    Labels labels;
    std::vector<TimestampMs> times;
    std::vector<double> values;

    bool operator==(const SeriesPoints&) const = default;
};

struct InstantSample
{
    Labels labels;
    Sample sample;

    bool operator==(const InstantSample&) const = default;
};

using Vector = std::vector<InstantSample>;
using Matrix = std::vector<SeriesPoints>;

/// What an instant query answers: a scalar is a Sample, a string literal a std::string.
struct QueryResult
{
    std::variant<Sample, Vector, Matrix, std::string> value;
    std::vector<std::string> warnings;
};

} // namespace pilothouse::metrics
