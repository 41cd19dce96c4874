// SPDX-License-Identifier: Apache-2.0
#include "shared/rollouts/Analysis.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace pilothouse::rollouts {

namespace {

/// Argo's, for a metric whose measurement was an error: soon, whatever its interval is.
const absl::Duration kErrorRetry = absl::Seconds(10);

} // namespace

Measurement measurementOf(std::optional<bool> success, std::optional<bool> failure)
{
    if (failure.value_or(false)) {
        return Measurement::Failed;
    }
    if (success) {
        return *success  ? Measurement::Successful
               : failure ? Measurement::Inconclusive
                         : Measurement::Failed;
    }
    return Measurement::Successful;
}

std::string analysisPhaseName(AnalysisPhase phase)
{
    constexpr std::array<const char*, 5> kNames{
        "running", "successful", "failed", "inconclusive", "in error"};
    return kNames.at(static_cast<std::size_t>(phase));
}

MetricAnalysis::MetricAnalysis(AnalysisMetric metric, absl::Time begin)
    : m_metric(std::move(metric)), m_next(begin + m_metric.initialDelay)
{}

bool MetricAnalysis::isDue(absl::Time now) const
{
    return phase() == AnalysisPhase::Running && now >= m_next;
}

void MetricAnalysis::add(Measurement measurement, std::string value, absl::Time now)
{
    m_last = std::move(value);
    m_next = now + m_metric.interval;
    switch (measurement) {
    case Measurement::Successful:
        ++m_successful;
        break;
    case Measurement::Failed:
        ++m_failed;
        break;
    case Measurement::Inconclusive:
        ++m_inconclusive;
        break;
    case Measurement::Error:
        ++m_errorsInARow;
        m_next = now + std::min(m_metric.interval, kErrorRetry);
        return;
    }
    m_errorsInARow = 0;
}

AnalysisPhase MetricAnalysis::phase() const
{
    if (m_failed > m_metric.failureLimit) {
        return AnalysisPhase::Failed;
    }
    if (m_errorsInARow > m_metric.consecutiveErrorLimit) {
        return AnalysisPhase::Error;
    }
    if (m_inconclusive > m_metric.inconclusiveLimit) {
        return AnalysisPhase::Inconclusive;
    }
    const int measured = m_successful + m_failed + m_inconclusive;
    return m_metric.count > 0 && measured >= m_metric.count ? AnalysisPhase::Successful
                                                            : AnalysisPhase::Running;
}

std::string MetricAnalysis::summary() const
{
    const int measured = m_successful + m_failed + m_inconclusive;
    std::string text = fmt::format("{}: {}", m_metric.name, measured);
    if (m_metric.count > 0) {
        text += fmt::format(" of {}", m_metric.count);
    }
    text += " measured";
    if (m_failed > 0) {
        text += fmt::format(", {} failed", m_failed);
    }
    if (m_inconclusive > 0) {
        text += fmt::format(", {} inconclusive", m_inconclusive);
    }
    if (m_errorsInARow > 0) {
        text += fmt::format(", {} errors in a row", m_errorsInARow);
    }
    if (!m_last.empty()) {
        text += fmt::format("; last {}", m_last);
    }
    return m_metric.isDryRun ? text + " (dry run)" : text;
}

AnalysisState stateOf(const std::vector<MetricAnalysis>& metrics)
{
    // From the one that ends everything to the one that ends nothing.
    constexpr std::array<AnalysisPhase, 5> kOrder{
        AnalysisPhase::Failed,
        AnalysisPhase::Error,
        AnalysisPhase::Inconclusive,
        AnalysisPhase::Running,
        AnalysisPhase::Successful};
    for (const AnalysisPhase phase : kOrder) {
        const auto found = std::ranges::find_if(metrics, [&](const MetricAnalysis& one) {
            return !one.metric().isDryRun && one.phase() == phase;
        });
        if (found != metrics.end() && phase != AnalysisPhase::Running &&
            phase != AnalysisPhase::Successful) {
            return {phase, found->summary()};
        }
        if (found != metrics.end() || phase == AnalysisPhase::Successful) {
            std::string all;
            for (const MetricAnalysis& one : metrics) {
                all += (all.empty() ? "" : " · ") + one.summary();
            }
            return {phase, all};
        }
    }
    return {AnalysisPhase::Successful, ""};
}

} // namespace pilothouse::rollouts
