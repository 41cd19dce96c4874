// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/rollouts/Comparison.h"

#include <random>

namespace pilothouse::test {

/// Two sides that answer at random, second by second, with one bad answer in a thousand.
struct SimulatedSides
{
    double stablePerSecond = 200;
    double candidatePerSecond = 200;
    /// Added to the candidate's share of bad answers.
    double worse = 0;
    /// What both depend on fails now and then: one second in fifty begins one to five seconds in
    /// which 2 to 20 % more of both sides' answers are bad.
    bool hasOutages = false;
    /// A person decides then.
    int seconds = 300;
};

struct SimulatedVerdict
{
    rollouts::Verdict verdict = rollouts::Verdict::Undecided;
    int seconds = 0;
};

/// Compares them until there is a verdict or the time is over.
SimulatedVerdict simulate(const SimulatedSides& sides, std::mt19937_64& random);

} // namespace pilothouse::test
