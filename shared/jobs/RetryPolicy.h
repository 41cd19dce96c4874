// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

namespace pilothouse::jobs {

/// How often and after what wait a task is tried again.
struct RetryPolicy
{
    /// Tries in all; 1 = never again.
    int maxAttempts = 3;
    absl::Duration firstWait = absl::Seconds(2);
    absl::Duration longestWait = absl::Minutes(10);

    /// The wait after the try number `attempt` (1, 2, …) failed: doubled each time, cut to the
    /// longest, and of that a share between one half and one by `random` (0 to 1), so that what
    /// failed together does not come back together.
    absl::Duration waitAfter(int attempt, double random) const;

    bool operator==(const RetryPolicy&) const = default;
};

/// Whether trying again can help: not for what is wrong in itself (bad arguments, not found, no
/// permission, not possible), which fails for good at the first try.
bool isWorthRetrying(const absl::Status& status);

} // namespace pilothouse::jobs
