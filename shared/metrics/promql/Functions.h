// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/promql/Ast.h"

#include <span>
#include <string_view>
#include <vector>

namespace pilothouse::metrics::promql {

enum class FunctionId {
    Abs,
    Absent,
    AbsentOverTime,
    Acos,
    Acosh,
    Asin,
    Asinh,
    Atan,
    Atanh,
    AvgOverTime,
    Ceil,
    Changes,
    Clamp,
    ClampMax,
    ClampMin,
    Cos,
    Cosh,
    CountOverTime,
    DayOfMonth,
    DayOfWeek,
    DayOfYear,
    DaysInMonth,
    Deg,
    Delta,
    Deriv,
    Exp,
    Floor,
    HistogramQuantile,
    HoltWinters,
    Hour,
    IDelta,
    Increase,
    IRate,
    LabelJoin,
    LabelReplace,
    LastOverTime,
    Ln,
    Log10,
    Log2,
    MadOverTime,
    MaxOverTime,
    MinOverTime,
    Minute,
    Month,
    Pi,
    PredictLinear,
    PresentOverTime,
    QuantileOverTime,
    Rad,
    Rate,
    Resets,
    Round,
    Scalar,
    Sgn,
    Sin,
    Sinh,
    Sort,
    SortByLabel,
    SortByLabelDesc,
    SortDesc,
    Sqrt,
    StddevOverTime,
    StdvarOverTime,
    SumOverTime,
    Tan,
    Tanh,
    Time,
    Timestamp,
    Vector,
    Year
};

/// The signature of a built-in function.
struct Function
{
    FunctionId id;
    std::string_view name;
    ValueType result;
    std::vector<ValueType> arguments;
    /// How many of the last arguments may be left out.
    int optional = 0;
    /// The last argument may repeat.
    bool variadic = false;
    /// Known only with Prometheus 3 semantics.
    bool sinceVersion3 = false;
    /// What it computes, in one line, for completion lists.
    std::string_view summary;
};

/// Every function, sorted by name.
std::span<const Function> functions();
/// Null when there is none of that name.
const Function* findFunction(std::string_view name);

} // namespace pilothouse::metrics::promql
