// SPDX-License-Identifier: Apache-2.0
#include "shared/jobs/RetryPolicy.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::jobs {

absl::Duration RetryPolicy::waitAfter(int attempt, double random) const
{
    // Beyond this the longest wait has been reached, whatever the first was.
    constexpr int kMostDoublings = 40;
    const double factor = std::ldexp(1.0, std::clamp(attempt - 1, 0, kMostDoublings));
    const absl::Duration wait = std::min(firstWait * factor, longestWait);
    return wait * (0.5 + std::clamp(random, 0.0, 1.0) / 2);
}

bool isWorthRetrying(const absl::Status& status)
{
    switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kDataLoss:
        return false;
    default:
        return true;
    }
}

} // namespace pilothouse::jobs
