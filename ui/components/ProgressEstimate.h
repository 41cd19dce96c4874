// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <absl/time/time.h>

#include <deque>
#include <optional>

namespace pilothouse::ui {

/// How fast something goes and when it will be done, from its last 30 s. It says nothing until it
/// has seen 5 s and both halves of them agree within a factor of two: no estimate is better than
/// one that jumps.
class ProgressEstimate
{
public:
    static constexpr absl::Duration kWindow = absl::Seconds(30);
    static constexpr absl::Duration kShortest = absl::Seconds(5);

    /// `done` in any unit, growing; going back starts over (a stage was retried).
    void add(absl::Time now, double done);
    void clear() { m_samples.clear(); }

    /// Units a second; nothing until it is stable or while nothing moves.
    std::optional<double> rate() const;
    /// Until `total` is reached.
    std::optional<absl::Duration> remaining(double total) const;

private:
    struct Sample
    {
        absl::Time time;
        double done = 0;
    };

    static double slope(const Sample& from, const Sample& to);

    std::deque<Sample> m_samples;
};

} // namespace pilothouse::ui
