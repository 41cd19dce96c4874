// SPDX-License-Identifier: Apache-2.0
#include "shared/rollouts/ChangeTest.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pilothouse::rollouts {

namespace {

constexpr double kAtOnce = 0.5;
constexpr double kNothing = -std::numeric_limits<double>::infinity();

double logSum(double one, double other)
{
    const double greater = std::max(one, other);
    return greater == kNothing ? kNothing
                               : greater + std::log1p(std::exp(std::min(one, other) - greater));
}

} // namespace

ChangeTest::ChangeTest(std::size_t tests, absl::Duration horizon)
    : m_horizon(horizon),
      m_logSums(tests, std::log(kAtOnce / static_cast<double>(tests))),
      m_logHighest(std::log(kAtOnce))
{}

void ChangeTest::add(absl::Duration elapsed, const std::vector<double>& logRatios)
{
    const double began = (1 - kAtOnce) * absl::FDivDuration(elapsed, m_horizon) /
                         static_cast<double>(m_logSums.size());
    for (std::size_t index = 0; index < m_logSums.size(); ++index) {
        m_logSums[index] = logSum(m_logSums[index], std::log(began)) + logRatios.at(index);
    }
    m_logHighest = std::max(m_logHighest, logEvidence());
}

double ChangeTest::logEvidence() const
{
    double sum = kNothing;
    for (const double one : m_logSums) {
        sum = logSum(sum, one);
    }
    return sum;
}

std::vector<double> logRatiosAgainstLimit(
    const std::vector<double>& rates, double limit, const Counts& counts)
{
    const auto events = static_cast<double>(counts.events);
    const auto others = static_cast<double>(counts.requests - counts.events);
    std::vector<double> ratios;
    ratios.reserve(rates.size());
    for (const double rate : rates) {
        ratios.push_back(
            events * std::log(rate / limit) + others * (std::log1p(-rate) - std::log1p(-limit)));
    }
    return ratios;
}

} // namespace pilothouse::rollouts
