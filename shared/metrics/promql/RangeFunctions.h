// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/SampleSource.h"
#include "shared/metrics/promql/Functions.h"
#include "shared/metrics/promql/QueryContext.h"

#include <absl/status/status.h>

#include <span>
#include <vector>

namespace pilothouse::metrics::promql {

/// One function over sliding windows, e.g. rate(x[5m]) at every step.
struct RangeCall
{
    FunctionId function = FunctionId::Rate;
    bool isVersion3 = true;
    std::int64_t rangeMs = 0;
    /// The right ends of the windows and the evaluation times.
    Steps ends;
    Steps steps;
    /// The scalar arguments, one value a step each.
    std::span<const std::vector<double>> scalars;
};

/// True for functions whose argument is a range vector and whose result is made series by series.
bool isRangeFunction(FunctionId function);

/// Fills `out`, one cell a step, from the samples of one series. Cells whose window gives no result
/// are left alone. INVALID_ARGUMENT-like errors of parameters are FAILED_PRECONDITION; an interrupt
/// is noticed within the series, however long it is.
absl::Status evaluateWindows(
    QueryContext& context,
    const RangeCall& call,
    const SampleColumns& samples,
    std::span<double> out);

} // namespace pilothouse::metrics::promql
