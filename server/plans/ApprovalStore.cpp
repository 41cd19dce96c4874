// SPDX-License-Identifier: Apache-2.0
#include "server/plans/ApprovalStore.h"

#include "shared/base/StatusHelpers.h"
#include "shared/base/proto/JsonProto.h"
#include "shared/plans/proto/PlansProto.h"

namespace pilothouse::plans {

namespace {

using postgres::Row;
using postgres::Statement;

constexpr Statement kAdd{
    "approvals.add",
    "INSERT INTO pilothouse.approvals"
    " (id, digest, plan, requester, reason, requested_at, expires_at, state)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, 'pending')"};

#define PH_APPROVAL                                                                                \
    "SELECT id, plan, requester, reason, requested_at, expires_at, state, decided_by, decided_at," \
    " comment, used_at FROM pilothouse.approvals "

constexpr Statement kFind{"approvals.find", PH_APPROVAL "WHERE id = $1"};
constexpr Statement kLock{"approvals.lock", PH_APPROVAL "WHERE id = $1 FOR UPDATE"};
constexpr Statement kOpen{
    "approvals.open",
    PH_APPROVAL "WHERE state IN ('pending', 'approved') AND expires_at > $1"
                " ORDER BY requested_at DESC, id DESC LIMIT $2"};
constexpr Statement kList{
    "approvals.list",
    PH_APPROVAL "WHERE (requested_at, id) < ($1::timestamptz, $2)"
                " ORDER BY requested_at DESC, id DESC LIMIT $3"};
constexpr Statement kListPending{
    "approvals.list_pending",
    PH_APPROVAL "WHERE (requested_at, id) < ($1::timestamptz, $2) AND state = 'pending'"
                " AND expires_at > $4 ORDER BY requested_at DESC, id DESC LIMIT $3"};
#undef PH_APPROVAL

constexpr Statement kUpdate{
    "approvals.update",
    "UPDATE pilothouse.approvals SET state = $2, decided_by = $3, decided_at = $4, comment = $5,"
    " used_at = $6 WHERE id = $1"};
constexpr Statement kForget{
    "approvals.forget",
    "UPDATE pilothouse.approvals SET state = 'withdrawn' WHERE state IN ('pending', 'approved')"
    " AND (requester = $1 OR decided_by = $1)"};
constexpr Statement kRemoveOlder{
    "approvals.remove_older", "DELETE FROM pilothouse.approvals WHERE expires_at < $1"};

/// As stored, before time is looked at.
struct StoredApproval
{
    Approval approval;
    std::string plan;
};

ApprovalState stateNamed(const std::string& name)
{
    for (const auto state :
         {ApprovalState::Pending,
          ApprovalState::Approved,
          ApprovalState::Rejected,
          ApprovalState::Withdrawn}) {
        if (approvalStateName(state) == name) {
            return state;
        }
    }
    return ApprovalState::Used;
}

StoredApproval read(const Row& row)
{
    StoredApproval stored;
    Approval& approval = stored.approval;
    approval.id = row.text("id");
    approval.state = stateNamed(row.text("state"));
    approval.requester = row.text("requester");
    approval.reason = row.text("reason");
    approval.requestTime = row.time("requested_at");
    approval.expireTime = row.time("expires_at");
    approval.decidedBy = row.text("decided_by");
    approval.decideTime = row.timeOrNull("decided_at").value_or(absl::InfinitePast());
    approval.comment = row.text("comment");
    approval.useTime = row.timeOrNull("used_at").value_or(absl::InfinitePast());
    stored.plan = row.text("plan");
    return stored;
}

bool isOpen(ApprovalState state)
{
    return state == ApprovalState::Pending || state == ApprovalState::Approved;
}

absl::StatusOr<Approval> finish(StoredApproval stored, absl::Time now)
{
    v1::Plan plan;
    PH_RETURN_IF_ERROR(fromJson(stored.plan, plan));
    stored.approval.plan = fromProto(plan);
    if (isOpen(stored.approval.state) && stored.approval.expireTime <= now) {
        stored.approval.state = ApprovalState::Expired;
    }
    return std::move(stored.approval);
}

absl::StatusOr<std::optional<Approval>> finish(
    absl::StatusOr<std::optional<StoredApproval>> stored, absl::Time now)
{
    PH_RETURN_IF_ERROR(stored.status());
    if (!*stored) {
        return std::nullopt;
    }
    PH_ASSIGN_OR_RETURN(Approval approval, finish(std::move(**stored), now));
    return approval;
}

absl::StatusOr<std::vector<Approval>> finish(
    absl::StatusOr<std::vector<StoredApproval>> stored, absl::Time now)
{
    PH_RETURN_IF_ERROR(stored.status());
    std::vector<Approval> approvals;
    for (StoredApproval& one : *stored) {
        PH_ASSIGN_OR_RETURN(Approval approval, finish(std::move(one), now));
        approvals.push_back(std::move(approval));
    }
    return approvals;
}

/// NULL for "never".
std::optional<absl::Time> orNull(absl::Time time)
{
    return time == absl::InfinitePast() ? std::nullopt : std::optional(time);
}

} // namespace

absl::Status ApprovalStore::add(Transaction& transaction, const Approval& approval) const
{
    return transaction
        .execute(
            kAdd,
            {approval.id,
             approval.plan.digest,
             toJson(toProto(approval.plan)),
             approval.requester,
             approval.reason,
             approval.requestTime,
             approval.expireTime})
        .status();
}

absl::StatusOr<std::optional<Approval>> ApprovalStore::find(
    Transaction& transaction, const std::string& id, absl::Time now) const
{
    return finish(transaction.queryOne(kFind, {id}, read), now);
}

absl::StatusOr<std::optional<Approval>> ApprovalStore::lock(
    Transaction& transaction, const std::string& id, absl::Time now) const
{
    return finish(transaction.queryOne(kLock, {id}, read), now);
}

absl::StatusOr<std::vector<Approval>> ApprovalStore::open(
    Transaction& transaction, absl::Time now, int limit) const
{
    return finish(transaction.query(kOpen, {now, limit}, read), now);
}

absl::StatusOr<std::vector<Approval>> ApprovalStore::list(
    Transaction& transaction,
    bool pendingOnly,
    absl::Time before,
    const std::string& beforeId,
    int limit,
    absl::Time now) const
{
    return finish(
        pendingOnly ? transaction.query(kListPending, {before, beforeId, limit, now}, read)
                    : transaction.query(kList, {before, beforeId, limit}, read),
        now);
}

absl::Status ApprovalStore::update(Transaction& transaction, const Approval& approval) const
{
    return transaction
        .execute(
            kUpdate,
            {approval.id,
             approvalStateName(approval.state),
             approval.decidedBy,
             orNull(approval.decideTime),
             approval.comment,
             orNull(approval.useTime)})
        .status();
}

absl::Status ApprovalStore::forget(Transaction& transaction, const std::string& operatorName) const
{
    return transaction.execute(kForget, {operatorName}).status();
}

absl::Status ApprovalStore::removeOlder(Transaction& transaction, absl::Time time) const
{
    return transaction.execute(kRemoveOlder, {time}).status();
}

} // namespace pilothouse::plans
