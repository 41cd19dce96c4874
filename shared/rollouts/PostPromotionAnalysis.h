// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/rollouts/ChangeTest.h"
#include "shared/rollouts/Comparison.h"

#include <absl/time/time.h>

#include <string>
#include <vector>

namespace pilothouse::rollouts {

/// What the candidate is compared with after its promotion.
enum class Control {
    /// What the stable side answered before it. An outage of something that both sides depend on
    /// then counts against the candidate.
    Before,
    /// What the stable side answers at the same time to the requests that are held back on it.
    HeldBack,
};

/// Says when a candidate that has the traffic is worse than the stable side was or is, in any
/// metric (Bonferroni). See ChangeTest for what a false alarm's chance is; α is that of a whole
/// horizon. Both compare for "at least a margin worse" in one sense: before it, the limit is the
/// stable side's share of bad answers and the margin; held back, both shares may be anything, and
/// the candidate must be the worse one.
class PostPromotionAnalysis
{
public:
    /// `before`: what the stable side answered before the promotion, as far as it is known.
    PostPromotionAnalysis(
        const std::vector<MetricEvidence>& before,
        const std::vector<std::string>& metrics,
        ComparisonSettings settings,
        Control control,
        absl::Duration horizon);

    /// What was answered since the last call: for each metric, in order.
    void add(
        absl::Duration elapsed,
        const std::vector<Counts>& stable,
        const std::vector<Counts>& candidate);

    bool isWorse() const;
    /// Why, or "".
    std::string reason() const;

private:
    /// What was answered in the last five to ten seconds.
    struct Recent
    {
        Counts before;
        Counts now;

        Counts counts() const;
    };
    struct Metric
    {
        std::string name;
        Counts before;
        /// The greatest share of bad answers that is not worse; of Control::Before.
        double limit = 0;
        std::vector<double> rates;
        ChangeTest test;
        Recent stable;
        Recent candidate;
        /// Not tested yet: an interval without a request on either side says nothing.
        Counts newOfStable;
        Counts newOfCandidate;
        absl::Duration newFor;
    };

    std::vector<double> ratiosOf(const Metric& metric) const;
    double threshold() const;

    Control m_control;
    double m_alpha;
    std::vector<SequentialTest::Alternative> m_alternatives;
    std::vector<Metric> m_metrics;
    /// Since `Recent::now` began.
    absl::Duration m_recentFor;
};

} // namespace pilothouse::rollouts
