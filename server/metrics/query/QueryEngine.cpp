// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/query/QueryEngine.h"

#include "server/metrics/query/SeriesCatalogue.h"
#include "shared/base/StatusHelpers.h"

#include <algorithm>
#include <utility>

namespace pilothouse::metrics {

QueryEngine::QueryEngine(
    const SampleSource& source,
    platform::Executor& executor,
    const Clock& clock,
    const promql::EngineOptions& options)
    : m_source(source), m_executor(executor), m_clock(clock), m_engine(options, clock)
{}

template <typename T, typename Work>
void QueryEngine::submit(std::optional<absl::Duration> timeout, Answer<T> answer, Work work) const
{
    const absl::Duration allowed =
        std::min(timeout.value_or(absl::InfiniteDuration()), m_engine.options().timeout);
    const absl::Duration deadline = m_clock.monotonic() + allowed;
    const auto shared = std::make_shared<Answer<T>>(std::move(answer));
    const absl::Status accepted = m_executor.submit([this, shared, deadline, work] {
        promql::EngineOptions options = m_engine.options();
        options.timeout = deadline - m_clock.monotonic();
        if (options.timeout <= absl::ZeroDuration()) {
            (*shared)(absl::DeadlineExceededError("query timed out in query queue"));
            return;
        }
        (*shared)(work(promql::Engine(options, m_clock)));
    });
    if (!accepted.ok()) {
        (*shared)(accepted);
    }
}

void QueryEngine::instant(
    const InstantQuery& query, Answer<QueryResult> answer, std::stop_token stop) const
{
    const auto expr = m_engine.parse(query.expression);
    if (!expr.ok()) {
        answer(expr.status());
        return;
    }
    const TimestampMs time = absl::ToUnixMillis(query.time.value_or(m_clock.now()));
    submit<QueryResult>(
        query.timeout,
        std::move(answer),
        [this, expr = *expr, time, stop](const promql::Engine& engine) {
            return engine.instant(*expr, m_source, time, stop);
        });
}

void QueryEngine::range(
    const RangeQuery& query, Answer<QueryResult> answer, std::stop_token stop) const
{
    const auto expr = m_engine.parse(query.expression);
    if (!expr.ok()) {
        answer(expr.status());
        return;
    }
    const promql::QueryRange range{
        absl::ToUnixMillis(query.start),
        absl::ToUnixMillis(query.end),
        absl::ToInt64Milliseconds(query.step)};
    submit<QueryResult>(
        query.timeout,
        std::move(answer),
        [this, expr = *expr, range, stop](const promql::Engine& engine) {
            return engine.range(*expr, m_source, range, stop);
        });
}

void QueryEngine::series(
    SeriesFilter filter, Answer<std::vector<Labels>> answer, std::stop_token stop) const
{
    const auto timeout = filter.timeout;
    submit<std::vector<Labels>>(
        timeout,
        std::move(answer),
        [this, filter = std::move(filter), stop](const promql::Engine& engine) {
            return SeriesCatalogue(m_source, engine.options(), stop).series(filter);
        });
}

void QueryEngine::labelNames(
    SeriesFilter filter, Answer<std::vector<std::string>> answer, std::stop_token stop) const
{
    const auto timeout = filter.timeout;
    submit<std::vector<std::string>>(
        timeout,
        std::move(answer),
        [this, filter = std::move(filter), stop](const promql::Engine& engine) {
            return SeriesCatalogue(m_source, engine.options(), stop).labelNames(filter);
        });
}

void QueryEngine::labelValues(
    std::string label,
    SeriesFilter filter,
    Answer<std::vector<std::string>> answer,
    std::stop_token stop) const
{
    const auto timeout = filter.timeout;
    submit<std::vector<std::string>>(
        timeout,
        std::move(answer),
        [this, label = std::move(label), filter = std::move(filter), stop](
            const promql::Engine& engine) {
            return SeriesCatalogue(m_source, engine.options(), stop).labelValues(label, filter);
        });
}

void QueryEngine::cardinality(std::size_t largest, Answer<Cardinality> answer) const
{
    submit<Cardinality>(std::nullopt, std::move(answer), [this, largest](const promql::Engine&) {
        return m_source.cardinality(largest);
    });
}

absl::StatusOr<std::unique_ptr<promql::PreparedQuery>> QueryEngine::prepare(
    const std::string& expression) const
{
    PH_ASSIGN_OR_RETURN(auto expr, m_engine.parse(expression));
    return std::make_unique<promql::PreparedQuery>(m_engine, std::move(expr), m_source);
}

} // namespace pilothouse::metrics
