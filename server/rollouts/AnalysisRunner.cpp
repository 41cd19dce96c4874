// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/AnalysisRunner.h"

#include "server/metrics/query/QueryValues.h"
#include "shared/base/StatusHelpers.h"
#include "shared/rollouts/Expressions.h"

#include <fmt/format.h>

#include <mutex>
#include <stop_token>
#include <vector>

namespace pilothouse::rollouts {

namespace {

constexpr absl::Duration kLimit = absl::Seconds(5);
/// How many values of a query are shown.
constexpr std::size_t kShownValues = 5;

std::string textOf(const std::vector<double>& values)
{
    std::string text;
    for (std::size_t index = 0; index < std::min(values.size(), kShownValues); ++index) {
        text += fmt::format("{}{:.6g}", index == 0 ? "" : ", ", values[index]);
    }
    return values.size() > kShownValues
               ? text + fmt::format(" and {} more", values.size() - kShownValues)
               : text;
}

/// One measurement: the query and its conditions, at the same moment.
struct Asked
{
    std::mutex mutex;
    std::size_t underWay = 0;
    absl::StatusOr<std::vector<double>> values = absl::UnknownError("not measured");
    absl::StatusOr<std::vector<double>> success = std::vector<double>();
    absl::StatusOr<std::vector<double>> failure = std::vector<double>();
    bool hasSuccess = false;
    bool hasFailure = false;
};

/// A comparison leaves the series for which it is true; it holds when it leaves all of them.
bool holdsForAll(const std::vector<double>& left, const std::vector<double>& all)
{
    return !left.empty() && left.size() == all.size();
}

/// A failure of one series is one.
bool holdsForAny(const std::vector<double>& left)
{
    return !left.empty();
}

std::pair<Measurement, std::string> measured(const Asked& asked)
{
    for (const auto* answer : {&asked.values, &asked.success, &asked.failure}) {
        if (!answer->ok()) {
            return {Measurement::Error, std::string(answer->status().message())};
        }
    }
    if (asked.values->empty()) {
        return {Measurement::Error, "the query has no answer"};
    }
    return {
        measurementOf(
            asked.hasSuccess ? std::optional(holdsForAll(*asked.success, *asked.values))
                             : std::nullopt,
            asked.hasFailure ? std::optional(holdsForAny(*asked.failure)) : std::nullopt),
        textOf(*asked.values)};
}

} // namespace

struct AnalysisRunner::Run
{
    std::string rolloutId;
    AnalysisMetric::Stage stage = AnalysisMetric::Stage::BeforePromotion;
    std::mutex mutex;
    std::vector<MetricAnalysis> metrics;
    /// Of each metric, whether it is asked just now.
    std::vector<bool> isAsked;
    std::stop_source stop;
};

AnalysisRunner::AnalysisRunner(const metrics::QueryEngine& engine) : m_engine(engine) {}

AnalysisRunner::~AnalysisRunner()
{
    end();
}

void AnalysisRunner::end()
{
    if (m_run != nullptr) {
        m_run->stop.request_stop();
        m_run.reset();
    }
}

AnalysisRunner::AnalysisRunner(AnalysisRunner&&) noexcept = default;

std::optional<AnalysisState> AnalysisRunner::look(
    const Rollout& rollout, const Policy& policy, const SideNames& names, absl::Time now)
{
    const auto stage = analysisStage(rollout, policy);
    if (!stage) {
        end();
        return std::nullopt;
    }
    if (m_run == nullptr || m_run->rolloutId != rollout.id || m_run->stage != *stage) {
        end();
        m_run = std::make_shared<Run>();
        m_run->rolloutId = rollout.id;
        m_run->stage = *stage;
        for (const AnalysisMetric& metric : policy.analyses) {
            if (metric.stage == *stage) {
                m_run->metrics.emplace_back(metric, now);
            }
        }
        m_run->isAsked.resize(m_run->metrics.size());
    }
    const bool isNamed = !names.blue.empty() && !names.green.empty();
    std::vector<std::size_t> due;
    AnalysisState state;
    {
        const std::lock_guard lock(m_run->mutex);
        for (std::size_t index = 0; index < m_run->metrics.size(); ++index) {
            // A pause holds it up: nobody waits for its end.
            if (isNamed && !rollout.isPaused && !m_run->isAsked[index] &&
                m_run->metrics[index].isDue(now)) {
                m_run->isAsked[index] = true;
                due.push_back(index);
            }
        }
        state = stateOf(m_run->metrics);
    }
    for (const std::size_t index : due) {
        ask(index, rollout, names, now);
    }
    return state;
}

void AnalysisRunner::ask(
    std::size_t index, const Rollout& rollout, const SideNames& names, absl::Time now)
{
    const AnalysisMetric& metric = m_run->metrics[index].metric();
    const auto asked = std::make_shared<Asked>();
    const auto finish = [run = m_run, asked, index, now](
                            absl::StatusOr<std::vector<double>> Asked::*field,
                            const absl::StatusOr<metrics::QueryResult>& result) {
        {
            const std::lock_guard lock(asked->mutex);
            (*asked).*field = result.ok()
                                  ? absl::StatusOr<std::vector<double>>(metrics::valuesOf(*result))
                                  : result.status();
            if (--asked->underWay != 0) {
                return;
            }
        }
        auto [measurement, text] = measured(*asked);
        const std::lock_guard lock(run->mutex);
        run->metrics[index].add(measurement, std::move(text), now);
        run->isAsked[index] = false;
    };
    std::vector<std::pair<std::string, absl::StatusOr<std::vector<double>> Asked::*>> questions{
        {metric.query, &Asked::values}};
    if (!metric.successCondition.empty()) {
        asked->hasSuccess = true;
        questions.emplace_back(withResult(metric.successCondition, metric.query), &Asked::success);
    }
    if (!metric.failureCondition.empty()) {
        asked->hasFailure = true;
        questions.emplace_back(withResult(metric.failureCondition, metric.query), &Asked::failure);
    }
    asked->underWay = questions.size();
    for (const auto& [expression, field] : questions) {
        m_engine.instant(
            {withSides(expression, names.of(rollout.candidate), names.of(rollout.stable)),
             now,
             kLimit},
            [finish, field = field](absl::StatusOr<metrics::QueryResult> result) {
                finish(field, result);
            },
            m_run->stop.get_token());
    }
}

} // namespace pilothouse::rollouts
