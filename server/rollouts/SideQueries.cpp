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
    /// With the word for the side still in it.
    std::string query;
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
    SideNames names;
    /// Counts the names: what was asked under others says nothing.
    std::size_t naming = 0;
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
    const auto add = [&](const std::string& query, What what) {
        if (query.empty()) {
            return;
        }
        for (const Colour colour : {Colour::Blue, Colour::Green}) {
            m_shared->counters.push_back({query, what, colour, std::nullopt});
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

void SideQueries::takeNames(const Observation& observation)
{
    const std::lock_guard lock(m_shared->mutex);
    if (m_shared->names == SideNames{observation.blue.name, observation.green.name}) {
        return;
    }
    m_shared->names = {observation.blue.name, observation.green.name};
    ++m_shared->naming;
    m_shared->underWay = 0;
    for (Counter& counter : m_shared->counters) {
        counter.value.reset();
    }
}

void SideQueries::fill(Observation& observation)
{
    takeNames(observation);
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
    takeNames(observation);
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
    std::vector<std::pair<std::size_t, std::string>> questions;
    std::size_t naming = 0;
    {
        const std::lock_guard lock(m_shared->mutex);
        const auto now = std::chrono::steady_clock::now();
        if (m_shared->underWay != 0 || now - m_shared->asked < kEvery) {
            return;
        }
        m_shared->asked = now;
        naming = m_shared->naming;
        for (std::size_t index = 0; index < m_shared->counters.size(); ++index) {
            const Counter& counter = m_shared->counters[index];
            // Of a side that is not there nothing is known.
            if (const std::string& name = m_shared->names.of(counter.colour); !name.empty()) {
                questions.emplace_back(index, withSide(counter.query, name));
            }
        }
        m_shared->underWay = questions.size();
    }
    for (const auto& [index, expression] : questions) {
        m_engine.instant(
            {expression, std::nullopt, kLimit},
            [shared = m_shared, index = index, naming](
                absl::StatusOr<metrics::QueryResult> result) {
                const std::lock_guard lock(shared->mutex);
                if (shared->naming != naming) {
                    return;
                }
                Counter& counter = shared->counters[index];
                counter.value =
                    result.ok() ? countIn(*result, counter.what != What::Responses) : std::nullopt;
                --shared->underWay;
            },
            m_shared->stop.get_token());
    }
}

} // namespace pilothouse::rollouts
