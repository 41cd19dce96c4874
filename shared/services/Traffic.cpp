// SPDX-License-Identifier: Apache-2.0
#include "shared/services/Traffic.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::services {

namespace {

constexpr absl::Duration kSpan = absl::Seconds(2);
constexpr double kResponseMemory = 10;
constexpr double kErrorMemory = 20;
constexpr double kRateMemory = 5;
/// A failure counts as a call that took so many times as long, or so long where nothing succeeded.
constexpr double kFailureFactor = 10;
constexpr double kFailureSeconds = 1;
constexpr double kShortest = 1e-6;
constexpr double kLongest = 60;
/// Checks say something about response time again when clients have been silent for so long.
constexpr absl::Duration kReportsHold = absl::Seconds(30);
/// The least that one sample counts: a service with few calls learns from each.
constexpr double kLeastShare = 0.02;
constexpr double kErrorShare = 0.1;

/// What is left after `age` of something that is forgotten within `memory` seconds.
double left(absl::Duration age, double memory)
{
    const double seconds = absl::ToDoubleSeconds(age);
    return seconds <= 0 ? 1 : std::exp(-seconds / memory);
}

double smoothed(double before, double sample, double share)
{
    return before == 0 ? sample : before + (sample - before) * share;
}

} // namespace

void Traffic::advance(absl::Duration now)
{
    const std::int64_t span = now / kSpan;
    if (span <= m_span) {
        return;
    }
    const std::int64_t passed = std::min<std::int64_t>(span - m_span, kSpans);
    for (std::int64_t step = 1; step <= passed; ++step) {
        auto& begun = m_begun[static_cast<std::size_t>(m_span + step) % kSpans];
        m_inFlight -= begun;
        begun = 0;
    }
    if (passed == static_cast<std::int64_t>(kSpans)) {
        m_begun.fill(0);
        m_inFlight = 0;
    }
    m_span = span;
}

void Traffic::resolved(absl::Duration now)
{
    advance(now);
    ++m_begun[static_cast<std::size_t>(m_span) % kSpans];
    ++m_inFlight;
    m_recent = m_recent * left(now - m_counted, kRateMemory) + 1;
    m_counted = now;
}

void Traffic::finished(absl::Duration now, absl::Duration latency, bool hasFailed)
{
    advance(now);
    for (std::size_t age = kSpans; age > 0; --age) {
        // The oldest first: which one it was does not matter for the count.
        auto& begun = m_begun[(static_cast<std::size_t>(m_span) + kSpans - age + 1) % kSpans];
        if (begun > 0) {
            --begun;
            --m_inFlight;
            break;
        }
    }
    const double seconds = std::clamp(absl::ToDoubleSeconds(latency), kShortest, kLongest);
    const double share = std::max(1 - left(now - m_sampled, kResponseMemory), kLeastShare);
    m_errors = smoothed(
        m_errors * left(now - m_reported, kErrorMemory) + 1e-12, hasFailed ? 1 : 0, kErrorShare);
    const double peak = peakSeconds(now);
    if (hasFailed) {
        // How long a failure took says nothing about how long the work takes.
        const double penalty = m_response > 0 ? kFailureFactor * m_response : kFailureSeconds;
        m_peak = std::max({seconds, penalty, peak});
    } else {
        m_response = smoothed(m_response, seconds, share);
        m_peak = seconds > peak ? seconds : smoothed(peak, seconds, share);
    }
    m_peak = std::min(m_peak, kLongest);
    m_sampled = now;
    m_reported = now;
}

void Traffic::checked(absl::Duration now, absl::Duration took)
{
    if (now - m_reported < kReportsHold) {
        return;
    }
    constexpr double kShare = 0.3;
    const double seconds = std::clamp(absl::ToDoubleSeconds(took), kShortest, kLongest);
    m_response = smoothed(m_response, seconds, kShare);
    m_peak = m_response;
    m_sampled = now;
}

double Traffic::inFlight(absl::Duration now)
{
    advance(now);
    return static_cast<double>(m_inFlight);
}

double Traffic::peakSeconds(absl::Duration now) const
{
    return m_peak * left(now - m_sampled, kResponseMemory);
}

double Traffic::errorRatio(absl::Duration now) const
{
    return m_errors < 1e-6 ? 0 : m_errors * left(now - m_reported, kErrorMemory);
}

double Traffic::resolvedPerSecond(absl::Duration now) const
{
    const double recent = m_recent * left(now - m_counted, kRateMemory);
    return recent < 1e-3 ? 0 : recent / kRateMemory;
}

} // namespace pilothouse::services
