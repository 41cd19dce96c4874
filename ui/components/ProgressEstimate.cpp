// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/ProgressEstimate.h"

#include <algorithm>

namespace pilothouse::ui {

namespace {

/// Samples closer together are one; holds the memory to 120 of them.
constexpr absl::Duration kApart = absl::Milliseconds(250);
constexpr double kMostDiffering = 2;
/// Beyond this an estimate says nothing that a person can plan with.
constexpr absl::Duration kLongest = absl::Hours(24 * 30);

} // namespace

void ProgressEstimate::add(absl::Time now, double done)
{
    if (!m_samples.empty() && (done < m_samples.back().done || now < m_samples.back().time)) {
        m_samples.clear();
    }
    const bool isClose =
        m_samples.size() > 1 && now - m_samples[m_samples.size() - 2].time < kApart;
    if (isClose) {
        m_samples.back() = {now, done};
    } else {
        m_samples.push_back({now, done});
    }
    // One older sample stays, so that a slow reporter still spans the window.
    while (m_samples.size() > 2 && now - m_samples[1].time > kWindow) {
        m_samples.pop_front();
    }
}

double ProgressEstimate::slope(const Sample& from, const Sample& to)
{
    const double seconds = absl::ToDoubleSeconds(to.time - from.time);
    return seconds > 0 ? (to.done - from.done) / seconds : 0;
}

std::optional<double> ProgressEstimate::rate() const
{
    if (m_samples.size() < 3 || m_samples.back().time - m_samples.front().time < kShortest) {
        return std::nullopt;
    }
    const absl::Time middle =
        m_samples.front().time + (m_samples.back().time - m_samples.front().time) / 2;
    const auto half =
        std::find_if(m_samples.begin() + 1, m_samples.end() - 1, [&](const Sample& s) {
            return s.time >= middle;
        });
    const double early = slope(m_samples.front(), *half);
    const double late = slope(*half, m_samples.back());
    if (early <= 0 || late <= 0 || std::max(early, late) > kMostDiffering * std::min(early, late)) {
        return std::nullopt;
    }
    return slope(m_samples.front(), m_samples.back());
}

std::optional<absl::Duration> ProgressEstimate::remaining(double total) const
{
    const auto perSecond = rate();
    if (!perSecond) {
        return std::nullopt;
    }
    const double left = std::max(0.0, total - m_samples.back().done);
    const absl::Duration duration = absl::Seconds(left / *perSecond);
    return duration <= kLongest ? std::optional(duration) : std::nullopt;
}

} // namespace pilothouse::ui
