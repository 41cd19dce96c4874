// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/rollouts/Comparison.h"
#include "shared/rollouts/Rollout.h"

#include <absl/time/time.h>

#include <optional>
#include <string>
#include <vector>

namespace pilothouse::rollouts {

/// Feeds the comparison of one rollout with what both sides answered in each second, from the
/// driver's counters. Used by one thread.
class SideSampler
{
public:
    SideSampler(std::vector<std::string> metrics, ComparisonSettings settings)
        : m_metrics(std::move(metrics)), m_settings(settings), m_comparison(m_metrics, m_settings)
    {}

    const Comparison& comparison() const { return m_comparison; }

    /// Begins anew for another rollout, and after the candidate went down: then it is another one.
    void begin(const std::string& rolloutId);
    void add(const Rollout& rollout, const Observation& observation);

private:
    std::vector<std::string> m_metrics;
    ComparisonSettings m_settings;
    Comparison m_comparison;
    std::string m_rolloutId;
    std::optional<Observation> m_last;
};

} // namespace pilothouse::rollouts
