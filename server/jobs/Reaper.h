// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/leader/Fence.h"
#include "server/platform/postgres/Database.h"

#include <absl/status/statusor.h>

#include <random>

namespace pilothouse::jobs {

/// Takes tasks back from workers whose lease has run out: they are tried again at once, as long as
/// tries are left, so that a task that kills its server does not do so for ever. The leader's.
class Reaper
{
public:
    explicit Reaper(postgres::Database& database) : m_database(database) {}

    /// How many tasks were taken back.
    absl::StatusOr<int> run(const leader::Fence& fence);

private:
    absl::StatusOr<int> runOnce(postgres::Transaction& transaction);
    postgres::Database& m_database;
    std::mt19937_64 m_random{std::random_device{}()};
};

} // namespace pilothouse::jobs
