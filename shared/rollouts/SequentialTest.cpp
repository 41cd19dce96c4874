// SPDX-License-Identifier: Apache-2.0
#include "shared/rollouts/SequentialTest.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::rollouts {

namespace {

/// Rates nearer to 0 or 1 are taken for this: nothing is impossible.
constexpr double kLeastRate = 1e-9;
/// Halvings of the interval that holds the root: beyond the precision of a double.
constexpr int kHalvings = 60;
/// What is shared anew after so many requests. Less learns a steady state a little sooner; more
/// comes back sooner from an outage, and loses less when one begins.
constexpr double kShare = 0.02;
constexpr double kShareRequests = 400;

/// log of (rate of the alternative / rate of the hypothesis) to the power of the counts.
double logLikelihoodRatio(const Counts& counts, double alternative, double hypothesis)
{
    const auto events = static_cast<double>(counts.events);
    const auto others = static_cast<double>(counts.requests - counts.events);
    return events * std::log(alternative / hypothesis) +
           others * (std::log1p(-alternative) - std::log1p(-hypothesis));
}

} // namespace

double nearestRate(
    const SequentialTest::Alternative& alternative,
    double margin,
    double stableRequests,
    double candidateRequests)
{
    const double shifted = alternative.candidate - margin;
    double low = std::clamp(std::min(alternative.stable, shifted), kLeastRate, 1 - kLeastRate);
    double high = std::max(alternative.stable, shifted);
    high = std::clamp(high, low, 1 - margin - kLeastRate);
    // The weighted relative entropy is convex in p; this is its derivative.
    const auto slope = [&](double rate) {
        const double moved = rate + margin;
        return stableRequests * (rate - alternative.stable) / (rate * (1 - rate)) +
               candidateRequests * (moved - alternative.candidate) / (moved * (1 - moved));
    };
    for (int halving = 0; halving < kHalvings && low < high; ++halving) {
        const double middle = (low + high) / 2;
        (slope(middle) < 0 ? low : high) = middle;
    }
    return (low + high) / 2;
}

Counts sane(const Counts& counts)
{
    const std::int64_t requests = std::max<std::int64_t>(counts.requests, 0);
    return {requests, std::clamp<std::int64_t>(counts.events, 0, requests)};
}

double logRatioOf(
    const SequentialTest::Alternative& alternative,
    double margin,
    const Counts& stable,
    const Counts& candidate)
{
    const double rate = nearestRate(
        alternative,
        margin,
        static_cast<double>(stable.requests),
        static_cast<double>(candidate.requests));
    return logLikelihoodRatio(stable, alternative.stable, rate) +
           logLikelihoodRatio(candidate, alternative.candidate, rate + margin);
}

SequentialTest::SequentialTest(double margin, std::vector<Alternative> alternatives)
    : m_margin(margin),
      m_alternatives(std::move(alternatives)),
      m_shares(m_alternatives.size() + 1, 1.0 / static_cast<double>(m_alternatives.size() + 1))
{}

void SequentialTest::add(const Counts& stable, const Counts& candidate)
{
    if (stable.requests <= 0 || candidate.requests <= 0) {
        return;
    }
    std::vector<double> gains;
    gains.reserve(m_shares.size());
    for (const Alternative& alternative : m_alternatives) {
        gains.push_back(logRatioOf(alternative, m_margin, stable, candidate));
    }
    gains.push_back(0);
    // Relative to the greatest, so that nothing overflows.
    const double greatest = *std::ranges::max_element(gains);
    double sum = 0;
    for (std::size_t index = 0; index < gains.size(); ++index) {
        m_shares[index] *= std::exp(gains[index] - greatest);
        sum += m_shares[index];
    }
    m_logEvidence += greatest + std::log(sum);
    m_logHighest = std::max(m_logHighest, m_logEvidence);
    const auto requests = static_cast<double>(stable.requests + candidate.requests);
    const double anew = kShare * std::min(1.0, requests / kShareRequests);
    for (double& share : m_shares) {
        share = (1 - anew) * share / sum + anew / static_cast<double>(m_shares.size());
    }
}

} // namespace pilothouse::rollouts
