// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/time/time.h>

#include <optional>
#include <string>
#include <vector>

namespace pilothouse::rollouts {

/// A condition on metrics. Words and meaning are those of Argo Rollouts' AnalysisTemplate
/// (argo-rollouts.readthedocs.io, "Analysis & Progressive Delivery"), conditions are PromQL.
struct AnalysisMetric
{
    enum class Stage {
        /// Begins when both sides are compared; the promotion waits for it.
        BeforePromotion,
        /// Begins with the switch, while the stable side is kept warm.
        AfterPromotion,
    };

    std::string name;
    Stage stage = Stage::BeforePromotion;
    /// What is measured, and whether that is good or bad; "" = there is no such condition.
    std::string query;
    std::string successCondition;
    std::string failureCondition;
    /// From the beginning to the first measurement.
    absl::Duration initialDelay = absl::ZeroDuration();
    absl::Duration interval = absl::Seconds(10);
    /// So many measurements that are no errors; 0 = until its stage ends.
    int count = 1;
    /// More of these and the analysis ends so.
    int failureLimit = 0;
    int inconclusiveLimit = 0;
    /// In a row.
    int consecutiveErrorLimit = 4;
    /// Measured and shown, without consequences.
    bool isDryRun = false;
};

enum class Measurement { Successful, Failed, Inconclusive, Error };

/// What the two conditions make of a measurement; nothing: there is no such condition.
Measurement measurementOf(std::optional<bool> success, std::optional<bool> failure);

enum class AnalysisPhase { Running, Successful, Failed, Inconclusive, Error };

/// "running", "successful", …
std::string analysisPhaseName(AnalysisPhase phase);

/// The measurements of one metric. Pure: whoever asks the metrics brings the answers.
class MetricAnalysis
{
public:
    MetricAnalysis(AnalysisMetric metric, absl::Time begin);

    const AnalysisMetric& metric() const { return m_metric; }
    bool isDue(absl::Time now) const;
    /// `value` is what was measured, or why it could not be.
    void add(Measurement measurement, std::string value, absl::Time now);
    AnalysisPhase phase() const;
    /// "success-rate: 3 of 5 measured, 1 failed; last 0.97"
    std::string summary() const;

private:
    AnalysisMetric m_metric;
    absl::Time m_next;
    std::string m_last;
    int m_successful = 0;
    int m_failed = 0;
    int m_inconclusive = 0;
    int m_errorsInARow = 0;
};

/// What all metrics of a stage say together.
struct AnalysisState
{
    AnalysisPhase phase = AnalysisPhase::Running;
    /// Of what decided it, else of all.
    std::string detail;

    friend bool operator==(const AnalysisState&, const AnalysisState&) = default;
};

/// The worst that ended one of them; successful when all are. Dry runs do not count, but are told.
AnalysisState stateOf(const std::vector<MetricAnalysis>& metrics);

} // namespace pilothouse::rollouts
