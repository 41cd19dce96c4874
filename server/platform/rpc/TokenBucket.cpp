// SPDX-License-Identifier: Apache-2.0
#include "server/platform/rpc/TokenBucket.h"

#include <algorithm>

namespace pilothouse::rpc {

namespace {

constexpr double kNanoseconds = 1e9;

} // namespace

TokenBucket::TokenBucket(double ratePerSecond, double burst)
    : m_interval(
          std::max<std::int64_t>(1, static_cast<std::int64_t>(kNanoseconds / ratePerSecond))),
      m_tolerance(
          static_cast<std::int64_t>(std::max(0.0, burst - 1.0) * kNanoseconds / ratePerSecond))
{}

absl::Duration TokenBucket::take(absl::Duration now)
{
    const std::int64_t time = absl::ToInt64Nanoseconds(now);
    std::int64_t fullAt = m_fullAt.load(std::memory_order_relaxed);
    while (true) {
        const std::int64_t start = std::max(fullAt, time);
        if (start - time > m_tolerance) {
            return absl::Nanoseconds(start - time - m_tolerance);
        }
        if (m_fullAt.compare_exchange_weak(fullAt, start + m_interval, std::memory_order_relaxed)) {
            return absl::ZeroDuration();
        }
    }
}

} // namespace pilothouse::rpc
