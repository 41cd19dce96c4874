// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/AuditLog.h"
#include "server/audit/ChainStore.h"
#include "server/platform/postgres/Database.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

namespace pilothouse::audit {

/// Drops the entries of days whose time is over, whole days at once. Their seals stay, so that the
/// chain still begins at its beginning; each drop is itself an entry. Thread-safe.
class Retention
{
public:
    /// Everything outlives this.
    Retention(postgres::Database& database, const AuditLog& log, absl::Duration keep)
        : m_database(database), m_log(log), m_keep(keep)
    {}

    /// Answers how many days went. Blocks.
    absl::StatusOr<int> run(absl::Time now) const;

private:
    absl::Status drop(const ChainDay& day) const;

    postgres::Database& m_database;
    const AuditLog& m_log;
    const absl::Duration m_keep;
    const ChainStore m_store{};
};

} // namespace pilothouse::audit
