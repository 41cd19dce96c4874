// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/rollouts/ChangeWindow.h"
#include "shared/rollouts/Rollout.h"

#include <absl/time/time.h>

#include <optional>
#include <string>

namespace pilothouse::rollouts {

/// How an application is rolled out.
struct Policy
{
    /// Servers of the candidate that must be up.
    int serversNeeded = 1;
    /// Of a candidate, in percent of those up of the other side, before its promotion; 0 = no gate.
    int capacityPercent = 100;
    bool comparesSides = true;
    /// The comparison lasts at least so long before it says promote…
    absl::Duration analysisLeast = absl::Seconds(10);
    /// …and after so long without a verdict a person decides.
    absl::Duration analysisMost = absl::Minutes(10);
    /// The stable side is kept warm for so long after the switch.
    absl::Duration keepWarm = absl::Minutes(10);
    /// Requests under way on the stable side are waited for at most so long.
    absl::Duration drainMost = absl::Seconds(30);
    /// So many requests of a hundred are held back on the stable side while it is kept warm.
    int holdBackPercent = 0;
    /// A candidate that turns out worse after its promotion is rolled back without being asked.
    bool rollsBackByItself = false;
    /// Percentages that the candidate gets before its promotion, one after the other; ascending.
    std::vector<int> trafficSteps;
    /// Conditions on metrics, before and after the promotion.
    std::vector<AnalysisMetric> analyses;
    /// When it may be promoted.
    std::vector<ChangeWindow> windows;
};

/// Where the traffic should be in this step.
Routing routingIn(const Rollout& rollout, const Policy& policy);

/// The first of these that is more than `percent`.
std::optional<int> nextTrafficStep(const std::vector<int>& steps, int percent);

/// A step that a rollout takes by itself.
struct Move
{
    Step step = Step::Planned;
    /// What it waits for from now on, or why it ended.
    std::string message;
    /// The comparison began anew: what was seen is of a candidate that is no more.
    bool voidsEvidence = false;
};

/// The conditions as one gate, "analysis".
Gate analysisGate(const AnalysisState& analysis);

/// The conditions that are measured in this step; nothing: there are none.
std::optional<AnalysisMetric::Stage> analysisStage(const Rollout& rollout, const Policy& policy);

/// The next step, from what is observed; nothing: it stays. Switching and SwitchingBack are left
/// only by whoever has switched and verified, see `settled`. Pure: called as often as wanted, by
/// anybody.
std::optional<Move> nextMove(
    const Rollout& rollout,
    const Policy& policy,
    const Observation& observation,
    const Comparison& comparison,
    const std::optional<AnalysisState>& analysis,
    absl::Time now);

/// The traffic shall go back to the stable side, for this reason ("" = an operator's, told
/// elsewhere).
Move goingBack(const Rollout& rollout, const std::string& why);

/// After Switching or SwitchingBack was verified.
Move settled(const Rollout& rollout);

/// The verdict to show: that of the comparison, or Hold when its time is over.
Verdict verdictNow(
    const Rollout& rollout, const Policy& policy, const Comparison& comparison, absl::Time now);

/// What stands before a promotion, each as it is.
std::vector<Gate> gatesOf(
    const Rollout& rollout,
    const Policy& policy,
    const std::optional<Observation>& observation,
    Verdict verdict,
    const std::optional<AnalysisState>& analysis,
    absl::Time now);

} // namespace pilothouse::rollouts
