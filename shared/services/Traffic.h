// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/time/time.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace pilothouse::services {

/// What one instance does with the calls that it gets, in a few numbers of fixed size. Times are of
/// a monotonic clock and need not be in order.
class Traffic
{
public:
    /// A client was sent here.
    void resolved(absl::Duration now);
    /// It says how its call ended.
    void finished(absl::Duration now, absl::Duration latency, bool hasFailed);
    /// A check took so long: that is the response time as long as no client reports.
    void checked(absl::Duration now, absl::Duration took);

    /// Resolved and not reported back; who does not report within half a minute is forgotten.
    double inFlight(absl::Duration now);
    /// Smoothed over the last ten seconds; 0 = not known.
    double responseSeconds() const { return m_response; }
    /// Rises at once to a slow call and falls slowly, also while nobody calls, so that an instance
    /// that was slow is tried again; 0 = not known. A failed call counts as a slow one, else an
    /// instance that fails fast would be the fastest.
    double peakSeconds(absl::Duration now) const;
    double errorRatio(absl::Duration now) const;
    double resolvedPerSecond(absl::Duration now) const;

private:
    static constexpr std::size_t kSpans = 16;

    void advance(absl::Duration now);

    /// Calls under way by the span of time in which they began.
    std::array<std::int64_t, kSpans> m_begun{};
    std::int64_t m_span = 0;
    std::int64_t m_inFlight = 0;

    double m_response = 0;
    double m_peak = 0;
    absl::Duration m_sampled = -absl::InfiniteDuration();
    absl::Duration m_reported = -absl::InfiniteDuration();
    double m_errors = 0;
    double m_recent = 0;
    absl::Duration m_counted = -absl::InfiniteDuration();
};

} // namespace pilothouse::services
