// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/plans/Approvals.h"
#include "server/plans/Leases.h"
#include "server/plans/SafetyBoard.h"
#include "server/platform/executor/Executor.h"
#include "server/platform/rpc/PageTokens.h"
#include "server/platform/rpc/Service.h"
#include "server/platform/rpc/Watchers.h"

#include <pilothouse/v1/plans.pb.h>

#include <memory>

namespace pilothouse::plans {

/// Write lease, approvals, and the stream that shows both.
class PlanService final : public rpc::Service
{
public:
    PlanService(
        rpc::Guard& guard,
        Leases& leases,
        Approvals& approvals,
        SafetyBoard& board,
        const rpc::PageTokens& pages,
        platform::Executor& db);

private:
    using Source = rpc::Source<v1::WatchSafetyResponse>;

    absl::StatusOr<std::unique_ptr<Source>> watchSafety(
        const rpc::Call& call, const v1::WatchSafetyRequest& request, rpc::Waker waker);
    absl::Status getSafety(
        const rpc::Call& call,
        const v1::GetSafetyRequest& request,
        v1::GetSafetyResponse& response);
    absl::Status takeLease(
        const rpc::Call& call,
        const v1::TakeLeaseRequest& request,
        v1::TakeLeaseResponse& response);
    absl::Status endLease(
        const rpc::Call& call, const v1::EndLeaseRequest& request, v1::EndLeaseResponse& response);
    absl::Status requestApproval(
        const rpc::Call& call,
        const v1::RequestApprovalRequest& request,
        v1::RequestApprovalResponse& response);
    absl::Status getApproval(
        const rpc::Call& call,
        const v1::GetApprovalRequest& request,
        v1::GetApprovalResponse& response);
    absl::Status listApprovals(
        const rpc::Call& call,
        const v1::ListApprovalsRequest& request,
        v1::ListApprovalsResponse& response);
    absl::Status approve(
        const rpc::Call& call, const v1::ApproveRequest& request, v1::ApproveResponse& response);
    absl::Status reject(
        const rpc::Call& call, const v1::RejectRequest& request, v1::RejectResponse& response);
    absl::Status withdrawApproval(
        const rpc::Call& call,
        const v1::WithdrawApprovalRequest& request,
        v1::WithdrawApprovalResponse& response);

    /// Those who watch see it before the answer arrives.
    void showChange(const rpc::Call& call);

    Leases& m_leases;
    Approvals& m_approvals;
    SafetyBoard& m_board;
    const rpc::PageTokens& m_pages;
    rpc::Watchers m_watchers;
};

} // namespace pilothouse::plans
