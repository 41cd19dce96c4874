// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/SideSampler.h"

namespace pilothouse::rollouts {

namespace {

constexpr absl::Duration kInterval = absl::Seconds(1);

} // namespace

SideSampler::SideSampler(const std::vector<SideMetric>& metrics, ComparisonSettings settings)
    : m_settings(settings), m_comparison(namesOf(metrics), settings)
{
    for (const SideMetric metric : metrics) {
        m_metrics.push_back({metric, std::nullopt, std::nullopt, {}, {}});
    }
}

void SideSampler::begin(const std::string& rolloutId)
{
    m_rolloutId = rolloutId;
    std::vector<SideMetric> metrics;
    for (Metric& metric : m_metrics) {
        metrics.push_back(metric.metric);
        metric = {metric.metric, std::nullopt, std::nullopt, {}, {}};
    }
    m_comparison = Comparison(namesOf(metrics), m_settings);
    m_last.reset();
}

void SideSampler::add(const Rollout& rollout, const Observation& observation)
{
    if (rollout.id != m_rolloutId) {
        begin(rollout.id);
    }
    if (m_last && observation.time - m_last->time < kInterval) {
        return;
    }
    if (m_last) {
        const Side& candidate = observation.side(rollout.candidate);
        const Side& lastCandidate = m_last->side(rollout.candidate);
        if (candidate.servers != lastCandidate.servers ||
            candidate.timesDown > lastCandidate.timesDown) {
            begin(rollout.id); // what answered before is not what answers now
        }
    }
    std::vector<Counts> stable;
    std::vector<Counts> candidate;
    for (Metric& metric : m_metrics) {
        const Pair pair = take(metric, rollout, observation);
        stable.push_back(pair.stable);
        candidate.push_back(pair.candidate);
    }
    m_comparison.add(stable, candidate);
    m_last = observation;
}

std::vector<MetricEvidence> SideSampler::evidence() const
{
    std::vector<MetricEvidence> evidence = m_comparison.evidence();
    for (std::size_t index = 0; index < evidence.size(); ++index) {
        evidence[index].stable = m_metrics[index].ofStable.sum;
        evidence[index].candidate = m_metrics[index].ofCandidate.sum;
    }
    return evidence;
}

void SideSampler::Total::add(const std::optional<Counts>& now)
{
    if (!now) {
        return;
    }
    // Counters that began anew are counted from there.
    if (const auto grown = last ? countsBetween(*last, *now) : std::nullopt) {
        sum += *grown;
    }
    last = now;
}

/// Nothing until both sides have answered since the last time: what is scraped of one of them is
/// there seconds before the other's.
SideSampler::Pair SideSampler::take(
    Metric& metric, const Rollout& rollout, const Observation& observation)
{
    const auto stable = countsOf(observation, rollout.stable, metric.metric);
    const auto candidate = countsOf(observation, rollout.candidate, metric.metric);
    metric.ofStable.add(stable);
    metric.ofCandidate.add(candidate);
    const auto ofStable =
        stable && metric.stable ? countsBetween(*metric.stable, *stable) : std::nullopt;
    const auto ofCandidate =
        candidate && metric.candidate ? countsBetween(*metric.candidate, *candidate) : std::nullopt;
    if (ofStable && ofCandidate && (ofStable->requests == 0 || ofCandidate->requests == 0)) {
        return {};
    }
    metric.stable = stable;
    metric.candidate = candidate;
    return ofStable && ofCandidate ? Pair{*ofStable, *ofCandidate} : Pair{};
}

} // namespace pilothouse::rollouts
