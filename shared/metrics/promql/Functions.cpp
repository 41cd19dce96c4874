// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/promql/Functions.h"

#include <algorithm>

namespace pilothouse::metrics::promql {

std::span<const Function> functions()
{
    using Id = FunctionId;
    static constexpr ValueType kV = ValueType::Vector;
    static constexpr ValueType kM = ValueType::Matrix;
    static constexpr ValueType kS = ValueType::Scalar;
    static constexpr ValueType kT = ValueType::String;
    // clang-format off
    static const std::vector<Function> kFunctions = {
        {Id::Abs, "abs", kV, {kV}, 0, false, false, "Absolute value"},
        {Id::Absent, "absent", kV, {kV}, 0, false, false, "1 when the vector is empty"},
        {Id::AbsentOverTime, "absent_over_time", kV, {kM}, 0, false, false, "1 when no series has a sample in the range"},
        {Id::Acos, "acos", kV, {kV}, 0, false, false, "Arc cosine in radians"},
        {Id::Acosh, "acosh", kV, {kV}, 0, false, false, "Inverse hyperbolic cosine"},
        {Id::Asin, "asin", kV, {kV}, 0, false, false, "Arc sine in radians"},
        {Id::Asinh, "asinh", kV, {kV}, 0, false, false, "Inverse hyperbolic sine"},
        {Id::Atan, "atan", kV, {kV}, 0, false, false, "Arc tangent in radians"},
        {Id::Atanh, "atanh", kV, {kV}, 0, false, false, "Inverse hyperbolic tangent"},
        {Id::AvgOverTime, "avg_over_time", kV, {kM}, 0, false, false, "Mean of the samples in the range"},
        {Id::Ceil, "ceil", kV, {kV}, 0, false, false, "Rounded up to an integer"},
        {Id::Changes, "changes", kV, {kM}, 0, false, false, "How often the value changed in the range"},
        {Id::Clamp, "clamp", kV, {kV, kS, kS}, 0, false, false, "Limited to between two scalars"},
        {Id::ClampMax, "clamp_max", kV, {kV, kS}, 0, false, false, "Limited to at most the scalar"},
        {Id::ClampMin, "clamp_min", kV, {kV, kS}, 0, false, false, "Limited to at least the scalar"},
        {Id::Cos, "cos", kV, {kV}, 0, false, false, "Cosine of radians"},
        {Id::Cosh, "cosh", kV, {kV}, 0, false, false, "Hyperbolic cosine"},
        {Id::CountOverTime, "count_over_time", kV, {kM}, 0, false, false, "Number of samples in the range"},
        {Id::DayOfMonth, "day_of_month", kV, {kV}, 1, false, false, "Day of the month in UTC, 1 to 31"},
        {Id::DayOfWeek, "day_of_week", kV, {kV}, 1, false, false, "Day of the week in UTC, 0 = Sunday"},
        {Id::DayOfYear, "day_of_year", kV, {kV}, 1, false, false, "Day of the year in UTC, 1 to 366"},
        {Id::DaysInMonth, "days_in_month", kV, {kV}, 1, false, false, "Days of the month in UTC, 28 to 31"},
        {Id::Deg, "deg", kV, {kV}, 0, false, false, "Radians to degrees"},
        {Id::Delta, "delta", kV, {kM}, 0, false, false, "Difference between the ends of the range, extrapolated; for gauges"},
        {Id::Deriv, "deriv", kV, {kM}, 0, false, false, "Slope per second by linear regression; for gauges"},
        {Id::HoltWinters, "double_exponential_smoothing", kV, {kM, kS, kS}, 0, false, true, "Smoothed value with trend; for gauges"},
        {Id::Exp, "exp", kV, {kV}, 0, false, false, "e to the power of the value"},
        {Id::Floor, "floor", kV, {kV}, 0, false, false, "Rounded down to an integer"},
        {Id::HistogramQuantile, "histogram_quantile", kV, {kS, kV}, 0, false, false, "Quantile of classic histogram buckets"},
        {Id::HoltWinters, "holt_winters", kV, {kM, kS, kS}, 0, false, false, "Smoothed value with trend; for gauges"},
        {Id::Hour, "hour", kV, {kV}, 1, false, false, "Hour of the day in UTC"},
        {Id::IDelta, "idelta", kV, {kM}, 0, false, false, "Difference of the last two samples; for gauges"},
        {Id::Increase, "increase", kV, {kM}, 0, false, false, "Growth over the range with counter resets, extrapolated"},
        {Id::IRate, "irate", kV, {kM}, 0, false, false, "Growth per second of the last two samples"},
        {Id::LabelJoin, "label_join", kV, {kV, kT, kT, kT}, 1, true, false, "Joins label values into a new label"},
        {Id::LabelReplace, "label_replace", kV, {kV, kT, kT, kT, kT}, 0, false, false, "Sets a label from a regular expression on another"},
        {Id::LastOverTime, "last_over_time", kV, {kM}, 0, false, false, "Newest sample in the range"},
        {Id::Ln, "ln", kV, {kV}, 0, false, false, "Natural logarithm"},
        {Id::Log10, "log10", kV, {kV}, 0, false, false, "Decimal logarithm"},
        {Id::Log2, "log2", kV, {kV}, 0, false, false, "Binary logarithm"},
        {Id::MadOverTime, "mad_over_time", kV, {kM}, 0, false, true, "Median absolute deviation of the samples in the range"},
        {Id::MaxOverTime, "max_over_time", kV, {kM}, 0, false, false, "Greatest sample in the range"},
        {Id::MinOverTime, "min_over_time", kV, {kM}, 0, false, false, "Least sample in the range"},
        {Id::Minute, "minute", kV, {kV}, 1, false, false, "Minute of the hour in UTC"},
        {Id::Month, "month", kV, {kV}, 1, false, false, "Month of the year in UTC, 1 to 12"},
        {Id::Pi, "pi", kS, {}, 0, false, false, "The number pi"},
        {Id::PredictLinear, "predict_linear", kV, {kM, kS}, 0, false, false, "Value in that many seconds by linear regression; for gauges"},
        {Id::PresentOverTime, "present_over_time", kV, {kM}, 0, false, false, "1 for each series with a sample in the range"},
        {Id::QuantileOverTime, "quantile_over_time", kV, {kS, kM}, 0, false, false, "Quantile of the samples in the range"},
        {Id::Rad, "rad", kV, {kV}, 0, false, false, "Degrees to radians"},
        {Id::Rate, "rate", kV, {kM}, 0, false, false, "Growth per second with counter resets, extrapolated"},
        {Id::Resets, "resets", kV, {kM}, 0, false, false, "Number of counter resets in the range"},
        {Id::Round, "round", kV, {kV, kS}, 1, false, false, "Rounded to the nearest multiple"},
        {Id::Scalar, "scalar", kS, {kV}, 0, false, false, "The only element of a vector as a scalar, else NaN"},
        {Id::Sgn, "sgn", kV, {kV}, 0, false, false, "Sign of the value: -1, 0 or 1"},
        {Id::Sin, "sin", kV, {kV}, 0, false, false, "Sine of radians"},
        {Id::Sinh, "sinh", kV, {kV}, 0, false, false, "Hyperbolic sine"},
        {Id::Sort, "sort", kV, {kV}, 0, false, false, "Sorted by value, ascending"},
        {Id::SortByLabel, "sort_by_label", kV, {kV, kT}, 1, true, true, "Sorted by label values, ascending"},
        {Id::SortByLabelDesc, "sort_by_label_desc", kV, {kV, kT}, 1, true, true, "Sorted by label values, descending"},
        {Id::SortDesc, "sort_desc", kV, {kV}, 0, false, false, "Sorted by value, descending"},
        {Id::Sqrt, "sqrt", kV, {kV}, 0, false, false, "Square root"},
        {Id::StddevOverTime, "stddev_over_time", kV, {kM}, 0, false, false, "Standard deviation of the samples in the range"},
        {Id::StdvarOverTime, "stdvar_over_time", kV, {kM}, 0, false, false, "Variance of the samples in the range"},
        {Id::SumOverTime, "sum_over_time", kV, {kM}, 0, false, false, "Sum of the samples in the range"},
        {Id::Tan, "tan", kV, {kV}, 0, false, false, "Tangent of radians"},
        {Id::Tanh, "tanh", kV, {kV}, 0, false, false, "Hyperbolic tangent"},
        {Id::Time, "time", kS, {}, 0, false, false, "Evaluation time in seconds since 1970"},
        {Id::Timestamp, "timestamp", kV, {kV}, 0, false, false, "Time of each sample in seconds since 1970"},
        {Id::Vector, "vector", kV, {kS}, 0, false, false, "A scalar as a vector without labels"},
        {Id::Year, "year", kV, {kV}, 1, false, false, "Year in UTC"},
    };
    // clang-format on
    return kFunctions;
}

const Function* findFunction(std::string_view name)
{
    const auto all = functions();
    const auto found = std::lower_bound(
        all.begin(), all.end(), name, [](const Function& function, std::string_view wanted) {
            return function.name < wanted;
        });
    return found != all.end() && found->name == name ? &*found : nullptr;
}

} // namespace pilothouse::metrics::promql
