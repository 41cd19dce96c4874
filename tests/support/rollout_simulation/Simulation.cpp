// SPDX-License-Identifier: Apache-2.0
#include "tests/support/rollout_simulation/Simulation.h"

#include <algorithm>

namespace pilothouse::test {

namespace {

constexpr double kBadAnswers = 0.001;
constexpr double kOutageBegins = 0.02;
constexpr double kLongestOutage = 5;

} // namespace

SimulatedVerdict simulate(const SimulatedSides& sides, std::mt19937_64& random)
{
    rollouts::Comparison comparison({"server errors"}, {});
    std::uniform_real_distribution<> uniform;
    int left = 0;
    double outage = 0;
    for (int second = 1; second <= sides.seconds; ++second) {
        left = std::max(0, left - 1);
        if (sides.hasOutages && left == 0) {
            outage = 0;
            if (uniform(random) < kOutageBegins) {
                left = 1 + static_cast<int>(uniform(random) * kLongestOutage);
                outage = 0.02 + 0.18 * uniform(random);
            }
        }
        const auto draw = [&](double perSecond, double rate) {
            const int requests = std::poisson_distribution<int>(perSecond)(random);
            return rollouts::Counts{
                requests, std::binomial_distribution<int>(requests, rate)(random)};
        };
        comparison.add(
            {draw(sides.stablePerSecond, kBadAnswers + outage)},
            {draw(sides.candidatePerSecond, kBadAnswers + outage + sides.worse)});
        if (comparison.verdict() != rollouts::Verdict::Undecided) {
            return {comparison.verdict(), second};
        }
    }
    return {rollouts::Verdict::Undecided, sides.seconds};
}

} // namespace pilothouse::test
