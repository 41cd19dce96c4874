// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/time/time.h>

#include <atomic>
#include <cstdint>

namespace pilothouse::rpc {

/// A rate limit in one atomic word: `rate` a second on average, `burst` at once. Thread-safe.
class TokenBucket
{
public:
    TokenBucket(double ratePerSecond, double burst);

    /// Takes one token; otherwise nothing is taken and the answer is how long until there is one.
    /// `now` is monotonic. Zero means taken.
    absl::Duration take(absl::Duration now);

private:
    const std::int64_t m_interval;
    const std::int64_t m_tolerance;
    /// When the bucket will be full again, in nanoseconds of the monotonic clock.
    std::atomic<std::int64_t> m_fullAt{0};
};

} // namespace pilothouse::rpc
