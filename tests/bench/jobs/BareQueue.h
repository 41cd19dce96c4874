// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Database.h"

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <vector>

namespace pilothouse::bench {

/// The floor: a table, SKIP LOCKED, and nothing of what makes a job engine.
class BareQueue
{
public:
    explicit BareQueue(postgres::Database& database) : m_database(database) {}

    absl::Status create();
    absl::Status fill(int jobs);
    /// Claims and completes everything, `batch` at a time in two commits; answers how long it took.
    absl::StatusOr<absl::Duration> drain(int batch);
    /// From the call that enqueues to the claim that NOTIFY woke, `count` times.
    absl::StatusOr<std::vector<absl::Duration>> latencies(int count);

private:
    absl::StatusOr<std::vector<std::int64_t>> claim(int batch);
    absl::Status complete(const std::vector<std::int64_t>& ids);

    postgres::Database& m_database;
};

} // namespace pilothouse::bench
