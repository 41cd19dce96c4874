// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/time/time.h>

#include <functional>

namespace pilothouse::client {

/// Gives numbers in [0, 1); a parameter, so that tests know them.
using Random = std::function<double()>;

/// Waits between attempts: 0.5, 1, 2, 4, 8, then always 15 s, each ±20 % so that a thousand
/// consoles do not return in step. Not thread-safe.
class Backoff
{
public:
    explicit Backoff(Random random);

    /// The wait before the next attempt.
    absl::Duration next();
    /// Attempts that were asked for since the start or the last reset.
    int attempts() const { return m_attempts; }
    void reset() { m_attempts = 0; }

private:
    Random m_random;
    int m_attempts = 0;
};

/// Randomness of the process, good enough for jitter.
Random processRandom();

} // namespace pilothouse::client
