// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace pilothouse::bench {

/// The value that `share` (0..1) of the values do not exceed; the values must not be empty.
double percentile(std::vector<double> values, double share);

double median(std::vector<double> values);

} // namespace pilothouse::bench
