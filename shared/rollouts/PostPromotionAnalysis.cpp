// SPDX-License-Identifier: Apache-2.0
#include "shared/rollouts/PostPromotionAnalysis.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace pilothouse::rollouts {

namespace {

/// Shares of bad answers that a bad candidate may have.
constexpr std::array kRates = {0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.9};
/// A rate tells itself from the limit when it is that much greater.
constexpr double kApart = 1.5;
constexpr double kGreatestLimit = 0.5;
constexpr absl::Duration kRecent = absl::Seconds(5);
/// "Rule of three": with no error in n requests, the rate is at most 3/n in 95 % of all cases. With
/// hardly any request at all, 5 % are taken for usual.
constexpr double kEventsMore = 3;
constexpr double kRequestsMore = 60;

double limitOf(const Counts& before, double margin)
{
    const double usual = (static_cast<double>(before.events) + kEventsMore) /
                         (static_cast<double>(before.requests) + kRequestsMore);
    return std::min(usual + margin, kGreatestLimit);
}

std::vector<double> ratesAbove(double limit)
{
    std::vector<double> rates;
    std::ranges::copy_if(
        kRates, std::back_inserter(rates), [&](double rate) { return rate > kApart * limit; });
    return rates;
}

Counts beforeOf(const std::vector<MetricEvidence>& evidence, const std::string& metric)
{
    const auto found = std::ranges::find(evidence, metric, &MetricEvidence::name);
    return found == evidence.end() ? Counts{} : found->stable;
}

} // namespace

Counts PostPromotionAnalysis::Recent::counts() const
{
    Counts sum = before;
    sum += now;
    return sum;
}

PostPromotionAnalysis::PostPromotionAnalysis(
    const std::vector<MetricEvidence>& before,
    const std::vector<std::string>& metrics,
    ComparisonSettings settings,
    Control control,
    absl::Duration horizon)
    : m_control(control), m_alpha(settings.alpha), m_alternatives(worseBy(settings.margin))
{
    for (const std::string& name : metrics) {
        const Counts counts = beforeOf(before, name);
        const double limit = limitOf(counts, settings.margin);
        std::vector<double> rates = ratesAbove(limit);
        const std::size_t tests = control == Control::Before ? rates.size() : m_alternatives.size();
        m_metrics.push_back(
            {name,
             counts,
             limit,
             std::move(rates),
             ChangeTest(tests, horizon),
             {},
             {},
             {},
             {},
             absl::ZeroDuration()});
    }
}

std::vector<double> PostPromotionAnalysis::ratiosOf(const Metric& metric) const
{
    if (m_control == Control::Before) {
        return logRatiosAgainstLimit(metric.rates, metric.limit, metric.newOfCandidate);
    }
    std::vector<double> ratios;
    ratios.reserve(m_alternatives.size());
    for (const SequentialTest::Alternative& alternative : m_alternatives) {
        ratios.push_back(logRatioOf(alternative, 0, metric.newOfStable, metric.newOfCandidate));
    }
    return ratios;
}

void PostPromotionAnalysis::add(
    absl::Duration elapsed, const std::vector<Counts>& stable, const std::vector<Counts>& candidate)
{
    m_recentFor += elapsed;
    const bool turns = m_recentFor >= kRecent;
    m_recentFor = turns ? absl::ZeroDuration() : m_recentFor;
    for (std::size_t index = 0; index < m_metrics.size(); ++index) {
        Metric& metric = m_metrics[index];
        const Counts ofStable = sane(stable.at(index));
        const Counts ofCandidate = sane(candidate.at(index));
        if (turns) {
            metric.stable = {metric.stable.now, {}};
            metric.candidate = {metric.candidate.now, {}};
        }
        metric.stable.now += ofStable;
        metric.candidate.now += ofCandidate;
        metric.newOfStable += ofStable;
        metric.newOfCandidate += ofCandidate;
        metric.newFor += elapsed;
        if (metric.newOfCandidate.requests == 0 ||
            (m_control == Control::HeldBack && metric.newOfStable.requests == 0)) {
            continue;
        }
        metric.test.add(metric.newFor, ratiosOf(metric));
        metric.newOfStable = {};
        metric.newOfCandidate = {};
        metric.newFor = absl::ZeroDuration();
    }
}

double PostPromotionAnalysis::threshold() const
{
    return std::log(static_cast<double>(m_metrics.size()) / m_alpha);
}

bool PostPromotionAnalysis::isWorse() const
{
    return std::ranges::any_of(m_metrics, [this](const Metric& metric) {
        return metric.test.logHighest() >= threshold();
    });
}

std::string PostPromotionAnalysis::reason() const
{
    const auto worse = std::ranges::find_if(m_metrics, [this](const Metric& metric) {
        return metric.test.logHighest() >= threshold();
    });
    if (worse == m_metrics.end()) {
        return {};
    }
    // Of the last seconds: since the promotion, what was good until now would make it look small.
    const Counts candidate = worse->candidate.counts();
    const Counts stable = worse->stable.counts();
    const std::string seen = fmt::format(
        "{}: {:.2f} % of {} requests", worse->name, candidate.percent(), candidate.requests);
    if (m_control == Control::HeldBack) {
        return fmt::format(
            "{} against {:.2f} % of {} that were held back",
            seen,
            stable.percent(),
            stable.requests);
    }
    return worse->before.requests == 0 ? seen
                                       : fmt::format(
                                             "{} against {:.2f} % of {} before the promotion",
                                             seen,
                                             worse->before.percent(),
                                             worse->before.requests);
}

} // namespace pilothouse::rollouts
