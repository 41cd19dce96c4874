// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/QueryResult.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <memory>
#include <string>

namespace pilothouse::metrics {

/// An expression that was parsed once and is evaluated again and again. Not thread-safe.
class StandingExpression
{
public:
    virtual ~StandingExpression() = default;
    /// Its value at every step from start to end, both included.
    virtual absl::StatusOr<Matrix> range(TimestampMs start, TimestampMs end, TimestampMs step) = 0;
};

/// Parses an expression: INVALID_ARGUMENT with the position for a bad one.
using PrepareExpression =
    std::function<absl::StatusOr<std::unique_ptr<StandingExpression>>(const std::string&)>;

} // namespace pilothouse::metrics
