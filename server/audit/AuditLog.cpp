// SPDX-License-Identifier: Apache-2.0
#include "server/audit/AuditLog.h"

namespace pilothouse::audit {

namespace {

constexpr postgres::Statement kRecord{
    "audit.record",
    "INSERT INTO pilothouse.audit_pending (actor, roles, action, target, before, after, "
    "plan_digest, "
    "reason, source, request_id, trace_id, outcome, message) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"};

/// "ipv4:127.0.0.1:40312" → "127.0.0.1"; the port says nothing to whoever reads it.
std::string sourceOf(const std::string& peer)
{
    if (peer.starts_with("unix:")) {
        return "unix socket";
    }
    const auto begin = peer.find(':') + 1;
    return peer.substr(begin, peer.rfind(':') - begin);
}

} // namespace

Actor actorOf(const rpc::Call& call)
{
    const access::Operator& who = call.caller().identity.who;
    return {
        who.name.empty() ? "anonymous" : who.name,
        who.roles,
        sourceOf(call.peer()),
        call.requestId(),
        call.traceId(),
        call.receipt()};
}

Actor serverActor()
{
    return {"server", {}, "server", {}, {}};
}

absl::Status AuditLog::record(postgres::Transaction& transaction, const Entry& wanted) const
{
    const Entry entry = bounded(wanted);
    const absl::Status status = transaction
                                    .execute(
                                        kRecord,
                                        {entry.actor.name,
                                         entry.actor.roles,
                                         entry.action,
                                         entry.target,
                                         entry.before,
                                         entry.after,
                                         entry.planDigest,
                                         entry.reason,
                                         entry.actor.source,
                                         entry.actor.requestId,
                                         entry.actor.traceId,
                                         outcomeText(entry.outcome),
                                         entry.message})
                                    .status();
    if (status.ok() && entry.actor.receipt != nullptr) {
        auto& receipt = *entry.actor.receipt;
        (entry.outcome == Outcome::Ok ? receipt.success : receipt.refusal).store(true);
    }
    const std::lock_guard lock(m_mutex);
    if (m_listener) {
        m_listener();
    }
    return status;
}

absl::Status AuditLog::record(const Entry& entry, absl::Time deadline) const
{
    return m_database.transact(
        [&](postgres::Transaction& transaction) { return record(transaction, entry); }, deadline);
}

} // namespace pilothouse::audit
