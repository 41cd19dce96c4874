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
    /// The comparison's, with everything that each side has answered meanwhile: the stable side is
    /// known by its past also where the candidate gets no requests to be compared by.
    std::vector<MetricEvidence> evidence() const;

    /// Begins anew for another rollout, and after the candidate went down: then it is another one.
    void begin(const std::string& rolloutId);
    void add(const Rollout& rollout, const Observation& observation);

private:
    /// What a side has answered in all, and its counters of the last look.
    struct Total
    {
        void add(const std::optional<Counts>& now);

        Counts sum;
        std::optional<Counts> last;
    };
    /// A metric, and what was counted when it was taken into the comparison last.
    struct Metric
    {
        SideMetric metric{};
        std::optional<Counts> stable;
        std::optional<Counts> candidate;
        Total ofStable;
        Total ofCandidate;
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
