// SPDX-License-Identifier: Apache-2.0
#include "server/plans/Leases.h"

#include "server/plans/ApprovalStore.h"
#include "server/platform/postgres/Revisions.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

namespace pilothouse::plans {

namespace {

using postgres::Transaction;

/// The audit keeps what happened; the list of approvals is for those who wait and look back.
constexpr absl::Duration kApprovalsKept = absl::Hours(24 * 90);

audit::Entry entryOf(const audit::Actor& actor, const char* action, const Lease& lease)
{
    audit::Entry entry;
    entry.actor = actor;
    entry.action = action;
    entry.target = "leases/" + lease.operatorName;
    entry.reason = lease.reason;
    return entry;
}

} // namespace

Leases::Leases(
    postgres::Database& database,
    const audit::AuditLog& audit,
    const Clock& clock,
    PlanSettings settings)
    : m_database(database), m_audit(audit), m_clock(clock), m_settings(std::move(settings))
{}

absl::StatusOr<Lease> Leases::take(const Requester& requester, const std::string& reason)
{
    if (reason.find_first_not_of(" \t\n") == std::string::npos) {
        return withHint(
            withReason(absl::InvalidArgumentError("a lease needs a reason"), "REASON_NEEDED"),
            "Say what you are going to do.");
    }
    if (reason.size() > kLongestReason) {
        return absl::InvalidArgumentError(
            fmt::format("the reason is longer than {} bytes", kLongestReason));
    }
    const absl::Time now = m_clock.now();
    const Lease wanted{requester.name(), reason, now, now + m_settings.leaseLifetime};
    return m_database.transact(
        [&](Transaction& transaction) -> absl::StatusOr<Lease> {
            PH_RETURN_IF_ERROR(postgres::bumpRevision(transaction, "safety").status());
            PH_ASSIGN_OR_RETURN(Lease lease, m_store.takeLease(transaction, wanted));
            PH_RETURN_IF_ERROR(
                m_audit.record(transaction, entryOf(requester.actor, "plans.lease.take", lease)));
            return lease;
        },
        requester.deadline);
}

absl::Status Leases::end(const Requester& requester)
{
    return m_database.transact(
        [&](Transaction& transaction) -> absl::Status {
            PH_RETURN_IF_ERROR(postgres::bumpRevision(transaction, "safety").status());
            PH_ASSIGN_OR_RETURN(const bool ended, m_store.endLease(transaction, requester.name()));
            if (!ended) {
                return absl::OkStatus();
            }
            Lease lease;
            lease.operatorName = requester.name();
            return m_audit.record(transaction, entryOf(requester.actor, "plans.lease.end", lease));
        },
        requester.deadline);
}

absl::Status Leases::removeEnded(absl::Time deadline)
{
    const absl::Time now = m_clock.now();
    return m_database.transact(
        [&](Transaction& transaction) -> absl::Status {
            PH_ASSIGN_OR_RETURN(const auto ended, m_store.removeEnded(transaction, now));
            for (const Lease& lease : ended) {
                const audit::Actor server{"server", {}, "server", {}, {}};
                PH_RETURN_IF_ERROR(
                    m_audit.record(transaction, entryOf(server, "plans.lease.expire", lease)));
            }
            return ApprovalStore().removeOlder(transaction, now - kApprovalsKept);
        },
        deadline);
}

} // namespace pilothouse::plans
