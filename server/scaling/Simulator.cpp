// SPDX-License-Identifier: Apache-2.0
#include "server/scaling/Simulator.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>
#include <vector>

namespace pilothouse::scaling {

namespace {

constexpr absl::Duration kRangeLimit = absl::Seconds(20);
constexpr absl::Duration kLongestSpan = absl::Hours(24 * 31);
constexpr std::int64_t kMostLooks = 3'000;

/// The answers of all expressions; the last is how many instances were ready.
struct Recorded
{
    Policy policy;
    Simulator::Span span;
    Simulator::Answer answer;
    std::mutex mutex;
    std::vector<absl::StatusOr<metrics::QueryResult>> results;
    std::size_t underWay = 0;
};

std::size_t lookCount(const Simulator::Span& span)
{
    return static_cast<std::size_t>(
               std::llround(absl::FDivDuration(span.end - span.start, span.step))) +
           1;
}

/// What one expression answered at each look.
std::vector<Reading> readingsOf(
    const absl::StatusOr<metrics::QueryResult>& result, const Simulator::Span& span)
{
    std::vector<Reading> readings(lookCount(span));
    if (!result.ok()) {
        readings.assign(readings.size(), {{}, std::string(result.status().message())});
        return readings;
    }
    const auto* matrix = std::get_if<metrics::Matrix>(&result->value);
    if (matrix == nullptr) {
        return readings;
    }
    const std::int64_t start = absl::ToUnixMillis(span.start);
    const std::int64_t step = absl::ToInt64Milliseconds(span.step);
    for (const metrics::SeriesPoints& series : *matrix) {
        for (std::size_t index = 0; index < series.times.size(); ++index) {
            const std::int64_t at = (series.times[index] - start) / step;
            if (at >= 0 && static_cast<std::size_t>(at) < readings.size()) {
                readings[static_cast<std::size_t>(at)].values.push_back(series.values[index]);
            }
        }
    }
    return readings;
}

absl::StatusOr<Simulation> simulationOf(const Recorded& recorded)
{
    const auto& counted = recorded.results.back();
    PH_RETURN_IF_ERROR(withContext(counted.status(), "instances are not counted"));
    const std::vector<Reading> ready = readingsOf(counted, recorded.span);
    std::vector<std::vector<Reading>> metrics;
    for (std::size_t index = 0; index + 1 < recorded.results.size(); ++index) {
        metrics.push_back(readingsOf(recorded.results[index], recorded.span));
    }
    std::vector<Look> looks;
    for (std::size_t index = 0; index < ready.size(); ++index) {
        Look look;
        look.time = recorded.span.start + static_cast<std::int64_t>(index) * recorded.span.step;
        const std::vector<double>& values = ready[index].values;
        if (values.size() == 1 && values.front() >= 0 && values.front() <= kMostInstances) {
            const auto instances = static_cast<int>(std::lround(values.front()));
            look.count = Count{instances, instances};
        }
        for (const std::vector<Reading>& metric : metrics) {
            look.readings.push_back(metric[index]);
        }
        looks.push_back(std::move(look));
    }
    Simulation simulation = simulate(recorded.policy, looks);
    if (simulation.points.empty()) {
        return withHint(
            withReason(
                absl::FailedPreconditionError(
                    "nothing was recorded of the policy's instances in this time"),
                "NOTHING_RECORDED"),
            "Take a later or longer time.");
    }
    return simulation;
}

} // namespace

absl::StatusOr<Simulator::Span> Simulator::spanOf(
    absl::Time start, absl::Time end, absl::Duration interval)
{
    const absl::Duration length = end - start;
    if (length <= absl::ZeroDuration() || length > kLongestSpan) {
        return absl::InvalidArgumentError(
            "a simulation needs a time that begins before it ends, of at most 31 days");
    }
    const absl::Duration step = length / kMostLooks <= interval
                                    ? interval
                                    : absl::Ceil(length / kMostLooks, absl::Seconds(1));
    // From the end backwards, so that the newest look is the end.
    const auto steps = static_cast<std::int64_t>(absl::FDivDuration(length, step));
    return Span{end - steps * step, end, step};
}

void Simulator::run(
    Policy policy, std::string readyExpression, const Span& span, Answer answer) const
{
    const auto recorded = std::make_shared<Recorded>();
    recorded->policy = std::move(policy);
    recorded->span = span;
    recorded->answer = std::move(answer);
    std::vector<std::string> expressions;
    for (const Metric& metric : recorded->policy.metrics) {
        expressions.push_back(metric.expression);
    }
    expressions.push_back(std::move(readyExpression));
    recorded->results.resize(expressions.size(), absl::UnknownError("not asked"));
    recorded->underWay = expressions.size();
    for (std::size_t index = 0; index < expressions.size(); ++index) {
        m_engine.range(
            {expressions[index], span.start, span.end, span.step, kRangeLimit},
            [recorded, index](absl::StatusOr<metrics::QueryResult> result) {
                {
                    const std::lock_guard lock(recorded->mutex);
                    recorded->results[index] = std::move(result);
                    if (--recorded->underWay != 0) {
                        return;
                    }
                }
                recorded->answer(simulationOf(*recorded));
            });
    }
}

} // namespace pilothouse::scaling
