// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Database.h"
#include "server/platform/rpc/Call.h"
#include "shared/audit/Entry.h"

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <functional>
#include <mutex>

namespace pilothouse::audit {

/// The caller of a call as the actor of an entry.
Actor actorOf(const rpc::Call& call);
/// The server itself.
Actor serverActor();

/// The door to the audit for every other capability. Thread-safe; blocks on the database.
class AuditLog
{
public:
    /// The database outlives this.
    explicit AuditLog(postgres::Database& database) : m_database(database) {}

    /// Called with every record, before its transaction commits: the chain writer looks soon. It
    /// must return fast. Empty: nobody; once this returned the earlier listener is not called
    /// again.
    void onRecord(std::function<void()> listener)
    {
        const std::lock_guard lock(m_mutex);
        m_listener = std::move(listener);
    }

    /// In the transaction that does the thing: both are kept, or neither.
    absl::Status record(postgres::Transaction& transaction, const Entry& entry) const;
    /// By itself, for what changed nothing: something refused, or failed.
    absl::Status record(const Entry& entry, absl::Time deadline = absl::InfiniteFuture()) const;

private:
    postgres::Database& m_database;
    mutable std::mutex m_mutex;
    std::function<void()> m_listener;
};

} // namespace pilothouse::audit
