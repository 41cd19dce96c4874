// SPDX-License-Identifier: Apache-2.0
#include "server/scaling/PolicyReader.h"

#include "server/metrics/query/QueryValues.h"

#include <fmt/format.h>

#include <cmath>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace pilothouse::scaling {

namespace {

constexpr absl::Duration kQueryLimit = absl::Seconds(5);

/// Answers of queries that are under way together; the last of them to end may outlive who asked.
struct Answers
{
    std::mutex mutex;
    std::condition_variable isDone;
    std::vector<Reading> readings;
    std::size_t underWay = 0;
};

} // namespace

PolicyReader::PolicyReader(
    const Policy& policy,
    const config::ScalingPolicy& configured,
    const metrics::QueryEngine& engine,
    const Clock& clock,
    std::unique_ptr<ScaleTarget> target)
    : m_policy(policy),
      m_configured(configured),
      m_engine(engine),
      m_clock(clock),
      m_target(std::move(target))
{}

PolicyReader::Seen PolicyReader::read(std::stop_token stop)
{
    std::vector<std::string> expressions;
    for (const Metric& metric : m_policy.metrics) {
        expressions.push_back(metric.expression);
    }
    if (m_target == nullptr) {
        expressions.push_back(m_configured.readyQuery);
    }
    Seen seen;
    const auto answers = std::make_shared<Answers>();
    answers->readings.resize(expressions.size());
    answers->underWay = expressions.size();
    seen.look.time = m_clock.now();
    for (std::size_t index = 0; index < expressions.size(); ++index) {
        m_engine.instant(
            {expressions[index], seen.look.time, kQueryLimit},
            [answers, index](const absl::StatusOr<metrics::QueryResult>& result) {
                const std::lock_guard lock(answers->mutex);
                answers->readings[index] =
                    result.ok() ? Reading{metrics::valuesOf(*result), {}}
                                : Reading{{}, std::string(result.status().message())};
                if (--answers->underWay == 0) {
                    answers->isDone.notify_all();
                }
            },
            stop);
    }
    // It is looked at while the queries run.
    absl::StatusOr<ScaleTarget::Seen> counted = absl::UnavailableError("not asked");
    if (m_target != nullptr) {
        counted = m_target->look();
    }
    std::unique_lock lock(answers->mutex);
    answers->isDone.wait(lock, [&] { return answers->underWay == 0; });
    seen.look.readings = answers->readings;
    if (m_target != nullptr) {
        if (counted.ok()) {
            seen.look.count = counted->count;
            seen.target = *std::move(counted);
        } else {
            seen.look.countError = std::string(counted.status().message());
        }
    } else {
        const Reading ready = std::move(seen.look.readings.back());
        seen.look.readings.pop_back();
        count(seen, ready);
    }
    return seen;
}

void PolicyReader::count(Seen& seen, const Reading& ready)
{
    if (!ready.error.empty()) {
        seen.look.countError = ready.error;
    } else if (ready.values.size() != 1) {
        seen.look.countError =
            fmt::format("ready_query answers {} series, and one is needed", ready.values.size());
    } else if (!(ready.values.front() >= 0 && ready.values.front() <= kMostInstances)) {
        seen.look.countError = "ready_query answers what is no number of instances";
    } else {
        const auto instances = static_cast<int>(std::lround(ready.values.front()));
        seen.look.count = Count{instances, instances};
    }
}

} // namespace pilothouse::scaling
