// SPDX-License-Identifier: Apache-2.0
#include "shared/rollouts/Comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace pilothouse::rollouts {

namespace {

constexpr std::array<std::string_view, 4> kVerdicts = {"undecided", "promote", "abort", "hold"};

/// Shares of bad answers that a service may have while nothing is wrong with the candidate, from
/// hardly any to an outage of what both sides depend on.
constexpr std::array kLevels = {0.0003, 0.001, 0.004, 0.015, 0.06, 0.25};
/// By how much a bad candidate may be worse; the small ones are found by the margin itself.
constexpr std::array kWorsenings = {1.0, 4.0, 20.0, 100.0};

std::vector<SequentialTest::Alternative> asGood()
{
    std::vector<SequentialTest::Alternative> alternatives;
    alternatives.reserve(kLevels.size());
    for (const double level : kLevels) {
        alternatives.push_back({level, level});
    }
    return alternatives;
}

} // namespace

std::vector<SequentialTest::Alternative> worseBy(double margin)
{
    std::vector<SequentialTest::Alternative> alternatives;
    for (const double level : {0.001, 0.015, 0.1}) {
        for (const double worsening : kWorsenings) {
            if (const double rate = level + worsening * margin; rate < 0.99) {
                alternatives.push_back({level, rate});
            }
        }
    }
    return alternatives;
}

std::string_view verdictName(Verdict verdict)
{
    return kVerdicts.at(static_cast<std::size_t>(verdict));
}

Verdict verdictOf(std::string_view name)
{
    const auto found = std::ranges::find(kVerdicts, name);
    return found == kVerdicts.end() ? Verdict::Undecided
                                    : static_cast<Verdict>(found - kVerdicts.begin());
}

Comparison::Comparison(std::vector<std::string> metrics, ComparisonSettings settings)
    : m_settings(settings)
{
    for (std::string& name : metrics) {
        m_metrics.push_back(
            {std::move(name),
             SequentialTest(settings.margin, asGood()),
             SequentialTest(0, worseBy(settings.margin)),
             {},
             {}});
    }
}

double Comparison::threshold() const
{
    return std::log(static_cast<double>(m_metrics.size()) / m_settings.alpha);
}

void Comparison::add(const std::vector<Counts>& stable, const std::vector<Counts>& candidate)
{
    for (std::size_t index = 0; index < m_metrics.size(); ++index) {
        Metric& metric = m_metrics[index];
        const Counts ofStable = sane(stable.at(index));
        const Counts ofCandidate = sane(candidate.at(index));
        metric.notWorse.add(ofStable, ofCandidate);
        // Nothing is worse than the hypothesis of the other test: the same test with margin 0 and
        // alternatives that are worse.
        metric.worse.add(ofStable, ofCandidate);
        metric.stable += ofStable;
        metric.candidate += ofCandidate;
    }
    decide();
}

void Comparison::decide()
{
    const double needed = threshold();
    const auto isWorse = [&](const Metric& metric) { return metric.worse.logHighest() >= needed; };
    const auto isFine = [&](const Metric& metric) {
        return metric.notWorse.logHighest() >= needed;
    };
    if (std::ranges::any_of(m_metrics, isWorse)) {
        m_verdict = Verdict::Abort;
    } else if (!m_metrics.empty() && std::ranges::all_of(m_metrics, isFine)) {
        m_verdict = Verdict::Promote;
    }
}

std::vector<MetricEvidence> Comparison::evidence() const
{
    const double needed = threshold();
    const auto share = [&](const SequentialTest& test) {
        return std::clamp(
            std::max(test.logEvidence(), test.logHighest() >= needed ? needed : 0.0) / needed,
            0.0,
            1.0);
    };
    std::vector<MetricEvidence> all;
    for (const Metric& metric : m_metrics) {
        all.push_back(
            {metric.name,
             metric.stable,
             metric.candidate,
             share(metric.notWorse),
             share(metric.worse)});
    }
    return all;
}

std::string Comparison::reason() const
{
    for (const Metric& metric : m_metrics) {
        if (metric.worse.logHighest() >= threshold()) {
            return fmt::format(
                "{}: {:.2f} % of {} requests against {:.2f} % of {}",
                metric.name,
                metric.candidate.percent(),
                metric.candidate.requests,
                metric.stable.percent(),
                metric.stable.requests);
        }
    }
    return {};
}

} // namespace pilothouse::rollouts
