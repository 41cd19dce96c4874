// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/rollouts/SequentialTest.h"

#include <absl/time/time.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::rollouts {

enum class Verdict {
    /// Not enough was seen yet.
    Undecided,
    /// The candidate is not worse than the stable side by the margin, in any metric.
    Promote,
    /// The candidate is worse in at least one metric.
    Abort,
    /// The time for a decision is over: a person decides.
    Hold,
};

/// "undecided", "promote", "abort", "hold".
std::string_view verdictName(Verdict verdict);
Verdict verdictOf(std::string_view name);

struct ComparisonSettings
{
    /// By how much the candidate's share of bad answers may exceed the stable side's: 0.005 is half
    /// a percentage point.
    double margin = 0.005;
    /// The chance of a wrong verdict over all metrics, however long it is looked at: of promoting
    /// something that is worse by the margin, and of aborting something that is not worse.
    double alpha = 0.0005;
};

/// What a candidate that is worse may look like, for the comparison's tests.
std::vector<SequentialTest::Alternative> worseBy(double margin);

/// One metric as it stands.
struct MetricEvidence
{
    std::string name;
    Counts stable;
    Counts candidate;
    /// 0 to 1: how far the evidence for promoting and for aborting has come, on a logarithmic
    /// scale. At 1 it is decided.
    double promote = 0;
    double abort = 0;

    friend bool operator==(const MetricEvidence&, const MetricEvidence&) = default;
};

/// The paired comparison of the stable side and the candidate: for each metric a test of each
/// verdict (see SequentialTest), with α divided by the number of metrics (Bonferroni). A verdict
/// that was reached stays, but for one that promotes: what turns out worse later is aborted.
class Comparison
{
public:
    Comparison(std::vector<std::string> metrics, ComparisonSettings settings);

    /// One interval: for each metric, in order.
    void add(const std::vector<Counts>& stable, const std::vector<Counts>& candidate);

    /// Undecided, Promote or Abort.
    Verdict verdict() const { return m_verdict; }
    std::vector<MetricEvidence> evidence() const;
    /// Why it says abort, or "".
    std::string reason() const;

private:
    struct Metric
    {
        std::string name;
        SequentialTest notWorse;
        SequentialTest worse;
        Counts stable;
        Counts candidate;
    };

    double threshold() const;
    void decide();

    ComparisonSettings m_settings;
    std::vector<Metric> m_metrics;
    Verdict m_verdict = Verdict::Undecided;
};

} // namespace pilothouse::rollouts
