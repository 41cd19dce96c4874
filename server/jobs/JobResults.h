// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/leader/Fence.h"
#include "server/platform/postgres/Database.h"

#include <absl/status/status.h>

namespace pilothouse::jobs {

/// Records in the audit how jobs ended, each once. The leader's.
class JobResults
{
public:
    explicit JobResults(postgres::Database& database) : m_database(database) {}

    /// All that are known by now; in a flood the rest is left for the next time.
    absl::Status run(const leader::Fence& fence);

private:
    postgres::Database& m_database;
};

} // namespace pilothouse::jobs
