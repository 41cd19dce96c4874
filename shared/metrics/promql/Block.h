// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/promql/Ast.h"
#include "shared/metrics/promql/SampleBudget.h"
#include "shared/metrics/promql/SeriesSet.h"

#include <string>
#include <vector>

namespace pilothouse::metrics::promql {

/// The evaluation times of a node.
struct Steps
{
    TimestampMs start = 0;
    std::int64_t step = 1;
    std::size_t count = 1;

    TimestampMs at(std::size_t index) const
    {
        return start + step * static_cast<std::int64_t>(index);
    }
    TimestampMs last() const { return at(count - 1); }
};

/// The value of a cell without a sample. Arithmetic never makes this bit pattern, because it is a
/// signalling NaN.
inline double absentValue()
{
    return staleMarker();
}
inline bool isAbsent(double value)
{
    return isStaleMarker(value);
}

/// A vector at every step: a row a series, a column a step.
struct Block
{
    SeriesSetPtr series;
    std::size_t steps = 1;
    std::vector<double> values;
    BudgetShare share;

    std::size_t rows() const { return series ? series->size() : 0; }
    double* row(std::size_t index) { return values.data() + index * steps; }
    const double* row(std::size_t index) const { return values.data() + index * steps; }
};

/// What an expression evaluates to; which member counts follows from the type.
struct Value
{
    ValueType type = ValueType::Vector;
    Block block;
    /// One value a step.
    std::vector<double> scalars;
    std::string text;
};

} // namespace pilothouse::metrics::promql
