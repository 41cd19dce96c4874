// SPDX-License-Identifier: Apache-2.0
#include "shared/base/proto/TimeProto.h"
#include "shared/plans/proto/PlansProto.h"
#include "shared/system/proto/SystemProto.h"

namespace pilothouse::plans {

namespace {

using pilothouse::fromProto;

v1::Approval::State toProto(ApprovalState state)
{
    switch (state) {
    case ApprovalState::Pending:
        return v1::Approval::STATE_PENDING;
    case ApprovalState::Approved:
        return v1::Approval::STATE_APPROVED;
    case ApprovalState::Rejected:
        return v1::Approval::STATE_REJECTED;
    case ApprovalState::Withdrawn:
        return v1::Approval::STATE_WITHDRAWN;
    case ApprovalState::Expired:
        return v1::Approval::STATE_EXPIRED;
    case ApprovalState::Used:
        break;
    }
    return v1::Approval::STATE_USED;
}

/// An unknown state is Used: nothing can be done with it any more.
ApprovalState fromProto(v1::Approval::State state)
{
    switch (state) {
    case v1::Approval::STATE_PENDING:
        return ApprovalState::Pending;
    case v1::Approval::STATE_APPROVED:
        return ApprovalState::Approved;
    case v1::Approval::STATE_REJECTED:
        return ApprovalState::Rejected;
    case v1::Approval::STATE_WITHDRAWN:
        return ApprovalState::Withdrawn;
    case v1::Approval::STATE_EXPIRED:
        return ApprovalState::Expired;
    default:
        return ApprovalState::Used;
    }
}

} // namespace

v1::Lease toProto(const Lease& lease)
{
    v1::Lease result;
    result.set_operator_name(lease.operatorName);
    result.set_reason(lease.reason);
    setTime(result, &v1::Lease::mutable_start_time, lease.startTime);
    setTime(result, &v1::Lease::mutable_expire_time, lease.expireTime);
    return result;
}

Lease fromProto(const v1::Lease& lease)
{
    Lease result;
    result.operatorName = lease.operator_name();
    result.reason = lease.reason();
    if (lease.has_start_time()) {
        result.startTime = fromProto(lease.start_time());
    }
    if (lease.has_expire_time()) {
        result.expireTime = fromProto(lease.expire_time());
    }
    return result;
}

v1::Approval toProto(const Approval& approval)
{
    v1::Approval result;
    result.set_id(approval.id);
    result.set_state(toProto(approval.state));
    *result.mutable_plan() = toProto(approval.plan);
    result.set_requester(approval.requester);
    result.set_reason(approval.reason);
    setTime(result, &v1::Approval::mutable_request_time, approval.requestTime);
    setTime(result, &v1::Approval::mutable_expire_time, approval.expireTime);
    result.set_decided_by(approval.decidedBy);
    setTime(result, &v1::Approval::mutable_decide_time, approval.decideTime);
    result.set_comment(approval.comment);
    setTime(result, &v1::Approval::mutable_use_time, approval.useTime);
    return result;
}

Approval fromProto(const v1::Approval& approval)
{
    Approval result;
    result.id = approval.id();
    result.state = fromProto(approval.state());
    result.plan = fromProto(approval.plan());
    result.requester = approval.requester();
    result.reason = approval.reason();
    if (approval.has_request_time()) {
        result.requestTime = fromProto(approval.request_time());
    }
    if (approval.has_expire_time()) {
        result.expireTime = fromProto(approval.expire_time());
    }
    result.decidedBy = approval.decided_by();
    if (approval.has_decide_time()) {
        result.decideTime = fromProto(approval.decide_time());
    }
    result.comment = approval.comment();
    if (approval.has_use_time()) {
        result.useTime = fromProto(approval.use_time());
    }
    return result;
}

v1::Safety toProto(const Safety& safety)
{
    v1::Safety result;
    result.set_environment(system::toProto(safety.environment));
    result.set_environment_name(safety.environmentName);
    result.set_needs_lease(safety.needsLease);
    if (safety.lease) {
        *result.mutable_lease() = toProto(*safety.lease);
    }
    for (const Lease& lease : safety.otherLeases) {
        *result.add_other_leases() = toProto(lease);
    }
    for (const Approval& approval : safety.pendingApprovals) {
        *result.add_pending_approvals() = toProto(approval);
    }
    for (const Approval& approval : safety.readyApprovals) {
        *result.add_ready_approvals() = toProto(approval);
    }
    result.set_access_revision(safety.accessRevision);
    setTime(result, &v1::Safety::mutable_server_time, safety.serverTime);
    return result;
}

Safety fromProto(const v1::Safety& safety)
{
    Safety result;
    result.environment = system::fromProto(safety.environment());
    result.environmentName = safety.environment_name();
    result.needsLease = safety.needs_lease();
    if (safety.has_lease()) {
        result.lease = fromProto(safety.lease());
    }
    for (const auto& lease : safety.other_leases()) {
        result.otherLeases.push_back(fromProto(lease));
    }
    for (const auto& approval : safety.pending_approvals()) {
        result.pendingApprovals.push_back(fromProto(approval));
    }
    for (const auto& approval : safety.ready_approvals()) {
        result.readyApprovals.push_back(fromProto(approval));
    }
    result.accessRevision = safety.access_revision();
    if (safety.has_server_time()) {
        result.serverTime = fromProto(safety.server_time());
    }
    return result;
}

} // namespace pilothouse::plans
