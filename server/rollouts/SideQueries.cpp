// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/SideQueries.h"

#include "server/metrics/query/QueryValues.h"
#include "server/rollouts/SideNames.h"
#include "shared/rollouts/Expressions.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <mutex>
#include <numeric>
#include <optional>
#include <stop_token>
#include <vector>

namespace pilothouse::rollouts {

namespace {

constexpr absl::Duration kLimit = absl::Seconds(2);
/// Whoever looks at the sides fifty times a second does not evaluate as often.
constexpr auto kEvery = std::chrono::milliseconds(200);

enum class What { Responses, ServerErrors, ClientErrors, SlowResponses };

/// One counter of one side.
struct Counter
{
    std::string expression;
    What what;
    Colour colour;
    std::optional<std::int64_t> value;
};

/// The sum of what an expression answers. No series: of responses nothing is known then, and of
/// errors there were none yet.
std::optional<std::int64_t> countIn(const metrics::QueryResult& result, bool isNothingZero)
{
    const std::vector<double> values = metrics::valuesOf(result);
    if (values.empty()) {
        return isNothingZero ? std::optional<std::int64_t>(0) : std::nullopt;
    }
    constexpr double kLargest = 9e15;
    const double sum = std::accumulate(values.begin(), values.end(), 0.0);
    if (!(sum >= 0 && sum < kLargest)) {
        return std::nullopt;
    }
    return std::llround(sum);
}

} // namespace

/// Outlives the queries under way, which may end after the object.
struct SideQueries::Shared
{
    std::mutex mutex;
    std::vector<Counter> counters;
    std::size_t underWay = 0;
    std::chrono::steady_clock::time_point asked;
    std::stop_source stop;

    /// With the mutex held. Nothing: not asked for, or not answered.
    std::optional<std::int64_t> value(What what, Colour colour) const
    {
        const auto found = std::ranges::find_if(counters, [&](const Counter& counter) {
            return counter.what == what && counter.colour == colour;
        });
        return found == counters.end() ? std::nullopt : found->value;
    }
};

SideQueries::SideQueries(
    const metrics::QueryEngine& engine, const config::RolloutApplication& application)
    : m_engine(engine), m_shared(std::make_shared<Shared>())
{
    const SideNames names{application.blueBackend, application.greenBackend};
    const auto add = [&](const std::string& expression, What what) {
        if (expression.empty()) {
            return;
        }
        for (const Colour colour : {Colour::Blue, Colour::Green}) {
            m_shared->counters.push_back(
                {withSide(expression, names.of(colour)), what, colour, std::nullopt});
        }
    };
    add(application.responsesQuery, What::Responses);
    add(application.serverErrorsQuery, What::ServerErrors);
    add(application.clientErrorsQuery, What::ClientErrors);
    add(application.slowResponsesQuery, What::SlowResponses);
}

SideQueries::~SideQueries()
{
    m_shared->stop.request_stop();
}

void SideQueries::fill(Observation& observation)
{
    {
        const std::lock_guard lock(m_shared->mutex);
        observation.countsResponses =
            std::ranges::all_of(m_shared->counters, [](const Counter& counter) {
                return counter.what == What::SlowResponses || counter.value;
            });
        for (const Colour colour : {Colour::Blue, Colour::Green}) {
            Side& side = colour == Colour::Blue ? observation.blue : observation.green;
            side.responses = m_shared->value(What::Responses, colour).value_or(0);
            side.serverErrors = m_shared->value(What::ServerErrors, colour).value_or(0);
            side.clientErrors = m_shared->value(What::ClientErrors, colour).value_or(0);
        }
    }
    fillTimed(observation);
}

void SideQueries::fillTimed(Observation& observation)
{
    {
        const std::lock_guard lock(m_shared->mutex);
        for (const Colour colour : {Colour::Blue, Colour::Green}) {
            Side& side = colour == Colour::Blue ? observation.blue : observation.green;
            const auto responses = m_shared->value(What::Responses, colour);
            const auto slow = m_shared->value(What::SlowResponses, colour);
            side.timed =
                responses && slow ? std::optional(Counts{*responses, *slow}) : std::nullopt;
        }
    }
    ask();
}

void SideQueries::ask()
{
    std::vector<std::string> expressions;
    {
        const std::lock_guard lock(m_shared->mutex);
        const auto now = std::chrono::steady_clock::now();
        if (m_shared->underWay != 0 || now - m_shared->asked < kEvery) {
            return;
        }
        m_shared->asked = now;
        m_shared->underWay = m_shared->counters.size();
        for (const Counter& counter : m_shared->counters) {
            expressions.push_back(counter.expression);
        }
    }
    for (std::size_t index = 0; index < expressions.size(); ++index) {
        m_engine.instant(
            {expressions[index], std::nullopt, kLimit},
            [shared = m_shared, index](absl::StatusOr<metrics::QueryResult> result) {
                const std::lock_guard lock(shared->mutex);
                Counter& counter = shared->counters[index];
                counter.value =
                    result.ok() ? countIn(*result, counter.what != What::Responses) : std::nullopt;
                --shared->underWay;
            },
            m_shared->stop.get_token());
    }
}

} // namespace pilothouse::rollouts
