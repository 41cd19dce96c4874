// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/QueryResult.h"

#include <string>

namespace pilothouse::metrics {

/// {"resultType":"vector","result":[…]} as Prometheus' query API writes it. `time` is the
/// evaluation time, for a string.
std::string resultJson(const QueryResult& result, TimestampMs time);

} // namespace pilothouse::metrics
