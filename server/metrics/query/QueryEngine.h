// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/executor/Executor.h"
#include "shared/base/Clock.h"
#include "shared/metrics/QueryResult.h"
#include "shared/metrics/SampleSource.h"
#include "shared/metrics/promql/Engine.h"
#include "shared/metrics/promql/PreparedQuery.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace pilothouse::metrics {

struct InstantQuery
{
    std::string expression;
    /// Now when not set.
    std::optional<absl::Time> time;
    /// Shorter than the server's own timeout, or not set.
    std::optional<absl::Duration> timeout;
};

struct RangeQuery
{
    std::string expression;
    absl::Time start;
    absl::Time end;
    absl::Duration step = absl::Seconds(1);
    std::optional<absl::Duration> timeout;
};

/// Which series a question about labels is about: those that match any of the selectors; all when
/// there are none.
struct SeriesFilter
{
    std::vector<std::string> matches;
    absl::Time start = absl::InfinitePast();
    absl::Time end = absl::InfiniteFuture();
    /// At most this many answers; 0 = no limit.
    std::size_t limit = 0;
    std::optional<absl::Duration> timeout;
};

/// The use case of asking the metrics: the one place that HTTP, gRPC and standing queries share for
/// parsing, limits, timeouts and the executor. Thread-safe.
///
/// Every question is answered exactly once, on a thread of the executor, or before the call returns
/// when it is refused (a bad expression, a full queue). The timeout counts from the call, so that a
/// query that waited too long in the queue does not run any more. Stopping `stop` ends a running
/// evaluation soon with CANCELLED.
///
/// Errors as promql::Engine has them; besides RESOURCE_EXHAUSTED with a retry delay when the queue
/// is full.
class QueryEngine
{
public:
    template <typename T>
    using Answer = std::function<void(absl::StatusOr<T>)>;

    /// All references must outlive the engine, and the executor's tasks.
    QueryEngine(
        const SampleSource& source,
        platform::Executor& executor,
        const Clock& clock,
        const promql::EngineOptions& options = {});

    void instant(
        const InstantQuery& query, Answer<QueryResult> answer, std::stop_token stop = {}) const;
    void range(
        const RangeQuery& query, Answer<QueryResult> answer, std::stop_token stop = {}) const;

    void series(
        SeriesFilter filter, Answer<std::vector<Labels>> answer, std::stop_token stop = {}) const;
    /// Sorted, without repetition.
    void labelNames(
        SeriesFilter filter,
        Answer<std::vector<std::string>> answer,
        std::stop_token stop = {}) const;
    void labelValues(
        std::string label,
        SeriesFilter filter,
        Answer<std::vector<std::string>> answer,
        std::stop_token stop = {}) const;

    /// Of everything, with the `largest` of each list.
    void cardinality(std::size_t largest, Answer<Cardinality> answer) const;

    /// A standing query; it may be kept as long as this engine lives.
    absl::StatusOr<std::unique_ptr<promql::PreparedQuery>> prepare(
        const std::string& expression) const;

    const promql::Engine& engine() const { return m_engine; }
    const SampleSource& source() const { return m_source; }

private:
    /// Runs `work(engine with the rest of the timeout)` on the executor and answers with its
    /// result.
    template <typename T, typename Work>
    void submit(std::optional<absl::Duration> timeout, Answer<T> answer, Work work) const;

    const SampleSource& m_source;
    platform::Executor& m_executor;
    const Clock& m_clock;
    promql::Engine m_engine;
};

} // namespace pilothouse::metrics
