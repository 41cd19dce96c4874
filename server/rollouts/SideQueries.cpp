// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/SideQueries.h"

#include "server/rollouts/QueryValues.h"
#include "server/rollouts/SideNames.h"
#include "shared/rollouts/Expressions.h"

#include <cmath>
#include <mutex>
#include <numeric>
#include <optional>
#include <stop_token>
#include <vector>

namespace pilothouse::rollouts {

namespace {

constexpr absl::Duration kLimit = absl::Seconds(2);

/// One counter of one side.
struct Counter
{
    std::string expression;
    std::int64_t Side::*field;
    Colour colour;
    std::optional<std::int64_t> value;
};

/// The sum of what an expression answers. No series: of responses nothing is known then, and of
/// errors there were none yet.
std::optional<std::int64_t> countIn(const metrics::QueryResult& result, bool isNothingZero)
{
    const std::vector<double> values = valuesOf(result);
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
    std::stop_source stop;
};

SideQueries::SideQueries(
    const metrics::QueryEngine& engine, const config::RolloutApplication& application)
    : m_engine(engine), m_shared(std::make_shared<Shared>())
{
    const SideNames names{application.blueBackend, application.greenBackend};
    const auto add = [&](const std::string& expression, std::int64_t Side::*field) {
        if (expression.empty()) {
            return;
        }
        for (const Colour colour : {Colour::Blue, Colour::Green}) {
            m_shared->counters.push_back(
                {withSide(expression, names.of(colour)), field, colour, std::nullopt});
        }
    };
    add(application.responsesQuery, &Side::responses);
    add(application.serverErrorsQuery, &Side::serverErrors);
    add(application.clientErrorsQuery, &Side::clientErrors);
}

SideQueries::~SideQueries()
{
    m_shared->stop.request_stop();
}

void SideQueries::fill(Observation& observation)
{
    {
        const std::lock_guard lock(m_shared->mutex);
        observation.countsResponses = !m_shared->counters.empty();
        for (const Counter& counter : m_shared->counters) {
            Side& side = counter.colour == Colour::Blue ? observation.blue : observation.green;
            side.*counter.field = counter.value.value_or(0);
            observation.countsResponses = observation.countsResponses && counter.value;
        }
    }
    ask();
}

void SideQueries::ask()
{
    std::vector<std::string> expressions;
    {
        const std::lock_guard lock(m_shared->mutex);
        if (m_shared->underWay != 0) {
            return;
        }
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
                counter.value = result.ok() ? countIn(*result, counter.field != &Side::responses)
                                            : std::nullopt;
                --shared->underWay;
            },
            m_shared->stop.get_token());
    }
}

} // namespace pilothouse::rollouts
