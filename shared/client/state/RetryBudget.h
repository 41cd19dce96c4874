// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace pilothouse::client {

/// Limits retries to a small share of the calls, so that clients do not bury a server that is
/// already struggling (the scheme of gRPC's retryThrottling). Not thread-safe.
class RetryBudget
{
public:
    void succeeded();
    /// Counts a failure; whether it may be tried again.
    bool failed();

private:
    // A failure costs one token, a success earns a tenth; below half there is no retry. So a burst
    // of five failures is retried, and in the long run at most every tenth call.
    static constexpr double kMaximum = 10.0;
    static constexpr double kEarned = 0.1;

    double m_tokens = kMaximum;
};

} // namespace pilothouse::client
