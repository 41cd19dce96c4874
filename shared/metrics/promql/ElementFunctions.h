// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/promql/Functions.h"

#include <span>

namespace pilothouse::metrics::promql {

/// True for functions that map each sample of a vector on its own: abs, clamp, hour, ….
bool isElementFunction(FunctionId function);

/// The new value of one sample, absent when it disappears; `arguments` are the scalar arguments at
/// this step.
double applyElement(FunctionId function, double value, std::span<const double> arguments);

} // namespace pilothouse::metrics::promql
