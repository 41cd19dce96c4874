// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/rollouts/SideCounts.h"
#include "shared/rollouts/Comparison.h"
#include "shared/rollouts/Rollout.h"

#include <optional>
#include <string>
#include <vector>

namespace pilothouse::rollouts {

/// Feeds the comparison of one rollout with what both sides answered, second by second, or, where
/// they are counted less often, from one count of both to the next. Used by one thread.
class SideSampler
{
public:
    SideSampler(const std::vector<SideMetric>& metrics, ComparisonSettings settings);

    const Comparison& comparison() const { return m_comparison; }

    /// Begins anew for another rollout, and after the candidate went down: then it is another one.
    void begin(const std::string& rolloutId);
    void add(const Rollout& rollout, const Observation& observation);

private:
    /// A metric, and what was counted when it was taken into the comparison last.
    struct Metric
    {
        SideMetric metric{};
        std::optional<Counts> stable;
        std::optional<Counts> candidate;
    };
    struct Pair
    {
        Counts stable;
        Counts candidate;
    };

    static Pair take(Metric& metric, const Rollout& rollout, const Observation& observation);

    const ComparisonSettings m_settings;
    std::vector<Metric> m_metrics;
    Comparison m_comparison;
    std::string m_rolloutId;
    std::optional<Observation> m_last;
};

} // namespace pilothouse::rollouts
