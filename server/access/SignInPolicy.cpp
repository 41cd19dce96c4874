// SPDX-License-Identifier: Apache-2.0
#include "server/access/SignInPolicy.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::access {

namespace {

/// Two slips of the hand cost nothing.
constexpr int kFreeFailures = 2;
constexpr int kLongestShift = 10;
constexpr absl::Duration kShortestMemory = absl::Minutes(15);

} // namespace

absl::Status SignInPolicy::mayTry(const SignInFailures& failures, absl::Time now) const
{
    if (now >= failures.lockedUntil) {
        return absl::OkStatus();
    }
    const absl::Duration wait = failures.lockedUntil - now;
    const bool isLocked = failures.failures >= m_config.lockAfter;
    const auto seconds = absl::ToInt64Seconds(absl::Ceil(wait, absl::Seconds(1)));
    absl::Status status = absl::ResourceExhaustedError(
        isLocked ? fmt::format("too many failed sign-ins: locked for {} s", seconds)
                 : fmt::format("a failed sign-in was just now: wait {} s", seconds));
    status = withReason(std::move(status), isLocked ? "ACCOUNT_LOCKED" : "SIGN_IN_SLOWED");
    status = withHint(
        std::move(status),
        isLocked ? "Wait, or let root on the server run pilothoused init --reset-password."
                 : "Wait, then try again.");
    return withRetryDelay(std::move(status), wait);
}

SignInFailures SignInPolicy::afterFailure(const SignInFailures& before, absl::Time now) const
{
    SignInFailures after;
    after.failures = now - before.lastFailed > memory() ? 1 : before.failures + 1;
    after.lastFailed = now;
    after.lockedUntil = now;
    if (after.failures >= m_config.lockAfter) {
        after.lockedUntil = now + m_config.lockFor;
    } else if (after.failures > kFreeFailures) {
        const int shift = std::min(after.failures - kFreeFailures - 1, kLongestShift);
        after.lockedUntil = now + std::min(absl::Seconds(1 << shift), m_config.lockFor);
    }
    return after;
}

absl::Duration SignInPolicy::memory() const
{
    return std::max(kShortestMemory, 2 * m_config.lockFor);
}

} // namespace pilothouse::access
