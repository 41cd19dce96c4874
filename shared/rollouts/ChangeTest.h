// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/rollouts/SequentialTest.h"

#include <absl/time/time.h>

#include <vector>

namespace pilothouse::rollouts {

/// Waits for the moment from which the candidate is bad, whenever that comes: evidence against "so
/// far it was never worse". It is a sum of tests that begin one after another, each a product of
/// likelihood ratios, with weights that are 1 together over the horizon; half of the weight is on
/// the beginning, since most of what is bad is bad at once. A mean of e-values is one, so the
/// chance that it reaches 1/α within the horizon while nothing is worse is at most α, however often
/// it is looked at; beyond the horizon it is α for each further one. (Shin, Ramdas and Rinaldo,
/// "E-detectors: a nonparametric framework for sequential change detection", New England Journal of
/// Statistics in Data Science 2, 2024.)
class ChangeTest
{
public:
    /// `tests` of each beginning run side by side, with equal weights.
    ChangeTest(std::size_t tests, absl::Duration horizon);

    /// What was seen in the time since the last call: for each test, the logarithm of the
    /// likelihood ratio.
    void add(absl::Duration elapsed, const std::vector<double>& logRatios);

    /// Natural logarithm of the evidence, and of the most that it ever was.
    double logEvidence() const;
    double logHighest() const { return m_logHighest; }

private:
    absl::Duration m_horizon;
    /// Of each test, the logarithm of the sum over its beginnings.
    std::vector<double> m_logSums;
    double m_logHighest;
};

/// Logarithms of the likelihood ratios of `counts` for each of these rates against "the rate is at
/// most `limit`"; each rate is greater than the limit, and all are in (0, 1).
std::vector<double> logRatiosAgainstLimit(
    const std::vector<double>& rates, double limit, const Counts& counts);

} // namespace pilothouse::rollouts
