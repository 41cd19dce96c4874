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

/// "INSERT INTO … (…)" of an entry, for a statement that does the thing and records it at once;
/// behind it come AuditLog::paramsOf in their order, by SELECT or VALUES.
#define PH_AUDIT_INSERT                                                                            \
    "INSERT INTO pilothouse.audit_pending (actor, roles, action, target, before, after, "          \
    "plan_digest, reason, source, request_id, trace_id, outcome, message) "

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
    /// For PH_AUDIT_INSERT; recorded() is called once its statement has succeeded.
    static postgres::Params paramsOf(const Entry& entry);
    void recorded(const Entry& entry) const;

private:
    postgres::Database& m_database;
    mutable std::mutex m_mutex;
    std::function<void()> m_listener;
};

} // namespace pilothouse::audit
