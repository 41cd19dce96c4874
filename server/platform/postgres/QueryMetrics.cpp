// SPDX-License-Identifier: Apache-2.0
#include "server/platform/postgres/QueryMetrics.h"

#include <spdlog/spdlog.h>

namespace pilothouse::postgres {

namespace {

/// From a lookup in memory to a statement that somebody should stop.
const prometheus::Histogram::BucketBoundaries kSeconds = {
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 30};

} // namespace

QueryMetrics::QueryMetrics(
    prometheus::Registry& registry, std::string database, absl::Duration slowQuery)
    : m_database(std::move(database)),
      m_slowQuery(slowQuery),
      m_seconds(prometheus::BuildHistogram()
                    .Name("pilothouse_database_query_seconds")
                    .Help("Time of a statement, by its name.")
                    .Register(registry)),
      m_failures(prometheus::BuildCounter()
                     .Name("pilothouse_database_query_failures_total")
                     .Help("Statements that failed, by name.")
                     .Register(registry)),
      m_slow(prometheus::BuildCounter()
                 .Name("pilothouse_database_slow_queries_total")
                 .Help("Statements that took longer than database.slow_query, by name.")
                 .Register(registry))
{}

QueryMetrics::Instruments QueryMetrics::instrumentsOf(const char* statement)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_instruments.find(statement);
    if (found != m_instruments.end()) {
        return found->second;
    }
    const prometheus::Labels labels = {{"database", m_database}, {"query", statement}};
    const Instruments instruments{
        &m_seconds.Add(labels, kSeconds), &m_failures.Add(labels), &m_slow.Add(labels)};
    return m_instruments.emplace(statement, instruments).first->second;
}

void QueryMetrics::record(
    const char* statement,
    absl::Duration took,
    std::int64_t rows,
    const absl::Status& status,
    Slow slow)
{
    const Instruments instruments = instrumentsOf(statement);
    instruments.seconds->Observe(absl::ToDoubleSeconds(took));
    if (!status.ok()) {
        instruments.failures->Increment();
    }
    if (took > m_slowQuery && slow == Slow::Log) {
        instruments.slow->Increment();
        spdlog::warn(
            "slow query {} on {}: {:.1f} ms, {} rows",
            statement,
            m_database,
            absl::ToDoubleMilliseconds(took),
            rows);
    }
}

} // namespace pilothouse::postgres
