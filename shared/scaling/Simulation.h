// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/scaling/Rules.h"

#include <vector>

namespace pilothouse::scaling {

/// What a policy would have done over recorded metrics, next to what was.
struct Simulation
{
    struct Point
    {
        absl::Time time;
        /// Instances that were ready; negative: not recorded.
        int actual = -1;
        /// Those that there would have been from here on.
        int simulated = 0;
    };
    /// When it would have changed something.
    std::vector<Decision> changes;
    std::vector<Point> points;
    int ups = 0;
    int downs = 0;
    /// Sums over the span, where both are known.
    double actualInstanceHours = 0;
    double simulatedInstanceHours = 0;
    /// Of those points at which something could not be read.
    int unreadable = 0;
};

inline constexpr std::size_t kMostSimulatedChanges = 500;

/// The same rules, over looks in order of time. The load is taken as it was recorded and shared by
/// the instances that would have been there; a new instance counts as ready at the next look.
Simulation simulate(const Policy& policy, const std::vector<Look>& looks);

} // namespace pilothouse::scaling
