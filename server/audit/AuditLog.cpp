// SPDX-License-Identifier: Apache-2.0
#include "server/audit/AuditLog.h"

#include "shared/base/StatusHelpers.h"

namespace pilothouse::audit {

namespace {

constexpr postgres::Statement kRecord{
    "audit.record",
    PH_AUDIT_INSERT "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"};

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

postgres::Params AuditLog::paramsOf(const Entry& wanted)
{
    const Entry entry = bounded(wanted);
    return {
        entry.actor.name,
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
        entry.message};
}

void AuditLog::recorded(const Entry& entry) const
{
    if (entry.actor.receipt != nullptr) {
        auto& receipt = *entry.actor.receipt;
        (entry.outcome == Outcome::Ok ? receipt.success : receipt.refusal).store(true);
    }
    const std::lock_guard lock(m_mutex);
    if (m_listener) {
        m_listener();
    }
}

absl::Status AuditLog::record(postgres::Transaction& transaction, const Entry& entry) const
{
    PH_RETURN_IF_ERROR(transaction.execute(kRecord, paramsOf(entry)).status());
    recorded(entry);
    return absl::OkStatus();
}

absl::Status AuditLog::record(const Entry& entry, absl::Time deadline) const
{
    return m_database.transact(
        [&](postgres::Transaction& transaction) { return record(transaction, entry); }, deadline);
}

} // namespace pilothouse::audit
