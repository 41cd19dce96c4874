// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/status/status.h>
#include <absl/time/time.h>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <cstdint>
#include <mutex>
#include <string>

namespace pilothouse::postgres {

/// Measures every statement by its name and reports the slow ones, never with their data.
/// Thread-safe.
class QueryMetrics
{
public:
    /// `database` is the label that tells several databases apart. The registry outlives this.
    QueryMetrics(prometheus::Registry& registry, std::string database, absl::Duration slowQuery);

    /// Whether a long time is worth a word in the log: of a migration it is expected.
    enum class Slow { Log, Expect };
    void record(
        const char* statement,
        absl::Duration took,
        std::int64_t rows,
        const absl::Status& status,
        Slow slow = Slow::Log);

private:
    struct Instruments
    {
        prometheus::Histogram* seconds;
        prometheus::Counter* failures;
        prometheus::Counter* slow;
    };
    Instruments instrumentsOf(const char* statement);

    const std::string m_database;
    const absl::Duration m_slowQuery;
    prometheus::Family<prometheus::Histogram>& m_seconds;
    prometheus::Family<prometheus::Counter>& m_failures;
    prometheus::Family<prometheus::Counter>& m_slow;
    std::mutex m_mutex;
    absl::flat_hash_map<std::string, Instruments> m_instruments;
};

} // namespace pilothouse::postgres
