// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/SideSampler.h"

#include "server/rollouts/SideCounts.h"

namespace pilothouse::rollouts {

namespace {

constexpr absl::Duration kInterval = absl::Seconds(1);

} // namespace

void SideSampler::begin(const std::string& rolloutId)
{
    m_rolloutId = rolloutId;
    m_comparison = Comparison(m_metrics, m_settings);
    m_last.reset();
}

void SideSampler::add(const Rollout& rollout, const Observation& observation)
{
    if (rollout.id != m_rolloutId) {
        begin(rollout.id);
    }
    if (!observation.countsResponses) {
        m_last.reset();
        return;
    }
    if (!m_last) {
        m_last = observation;
        return;
    }
    if (observation.time - m_last->time < kInterval) {
        return;
    }
    const Side& stable = observation.side(rollout.stable);
    const Side& candidate = observation.side(rollout.candidate);
    const Side& lastCandidate = m_last->side(rollout.candidate);
    if (candidate.servers != lastCandidate.servers ||
        candidate.timesDown > lastCandidate.timesDown) {
        // What answered before is not what answers now.
        begin(rollout.id);
    } else if (
        !hasRestarted(m_last->side(rollout.stable), stable) &&
        !hasRestarted(lastCandidate, candidate)) {
        m_comparison.add(
            countsBetween(m_last->side(rollout.stable), stable, m_metrics.size()),
            countsBetween(lastCandidate, candidate, m_metrics.size()));
    }
    m_last = observation;
}

} // namespace pilothouse::rollouts
