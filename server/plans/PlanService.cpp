// SPDX-License-Identifier: Apache-2.0
#include "server/plans/PlanService.h"

#include "server/platform/rpc/TimePages.h"
#include "shared/base/StatusHelpers.h"
#include "shared/plans/proto/PlansProto.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace pilothouse::plans {

namespace {

constexpr const char* kApprovalPages = "approvals";
constexpr const char* kView = "plans.view";

class SafetySource final : public rpc::Source<v1::WatchSafetyResponse>
{
public:
    SafetySource(const SafetyBoard& board, const Requester& who)
        : m_board(board), m_name(who.name()), m_seesApprovals(who.may(kView))
    {}

    bool next(v1::WatchSafetyResponse& response) override
    {
        // Read before the state: a change in between is told again rather than missed.
        const std::uint64_t version = m_board.version();
        if (version == m_told) {
            return false;
        }
        m_told = version;
        *response.mutable_safety() = toProto(m_board.safetyFor(m_name, m_seesApprovals));
        return true;
    }

private:
    const SafetyBoard& m_board;
    const std::string m_name;
    const bool m_seesApprovals;
    std::uint64_t m_told = 0;
};

} // namespace

PlanService::PlanService(
    rpc::Guard& guard,
    Leases& leases,
    Approvals& approvals,
    SafetyBoard& board,
    const rpc::PageTokens& pages,
    platform::Executor& db)
    : rpc::Service(guard, v1::TakeLeaseRequest::descriptor()->file()->service(0)),
      m_leases(leases),
      m_approvals(approvals),
      m_board(board),
      m_pages(pages)
{
    watch("WatchSafety", &PlanService::watchSafety);
    unary("GetSafety", &PlanService::getSafety);
    unaryOn(db, "TakeLease", &PlanService::takeLease);
    unaryOn(db, "EndLease", &PlanService::endLease);
    unaryOn(db, "RequestApproval", &PlanService::requestApproval);
    unaryOn(db, "GetApproval", &PlanService::getApproval);
    unaryOn(db, "ListApprovals", &PlanService::listApprovals);
    unaryOn(db, "Approve", &PlanService::approve);
    unaryOn(db, "Reject", &PlanService::reject);
    unaryOn(db, "WithdrawApproval", &PlanService::withdrawApproval);
    m_board.onChange([this] { m_watchers.wake(); });
}

absl::StatusOr<std::unique_ptr<PlanService::Source>> PlanService::watchSafety(
    const rpc::Call& call, const v1::WatchSafetyRequest&, rpc::Waker waker)
{
    m_watchers.add(std::move(waker));
    return std::make_unique<SafetySource>(m_board, requesterOf(call));
}

absl::Status PlanService::getSafety(
    const rpc::Call& call, const v1::GetSafetyRequest&, v1::GetSafetyResponse& response)
{
    const Requester who = requesterOf(call);
    *response.mutable_safety() = toProto(m_board.safetyFor(who.name(), who.may(kView)));
    return absl::OkStatus();
}

absl::Status PlanService::takeLease(
    const rpc::Call& call, const v1::TakeLeaseRequest& request, v1::TakeLeaseResponse& response)
{
    PH_ASSIGN_OR_RETURN(const Lease lease, m_leases.take(requesterOf(call), request.reason()));
    *response.mutable_lease() = toProto(lease);
    showChange(call);
    return absl::OkStatus();
}

absl::Status PlanService::endLease(
    const rpc::Call& call, const v1::EndLeaseRequest&, v1::EndLeaseResponse&)
{
    PH_RETURN_IF_ERROR(m_leases.end(requesterOf(call)));
    showChange(call);
    return absl::OkStatus();
}

absl::Status PlanService::requestApproval(
    const rpc::Call& call,
    const v1::RequestApprovalRequest& request,
    v1::RequestApprovalResponse& response)
{
    PH_ASSIGN_OR_RETURN(
        const Approval approval,
        m_approvals.request(requesterOf(call), request.plan_digest(), request.reason()));
    *response.mutable_approval() = toProto(approval);
    showChange(call);
    return absl::OkStatus();
}

absl::Status PlanService::getApproval(
    const rpc::Call& call, const v1::GetApprovalRequest& request, v1::GetApprovalResponse& response)
{
    PH_ASSIGN_OR_RETURN(const Approval approval, m_approvals.get(requesterOf(call), request.id()));
    *response.mutable_approval() = toProto(approval);
    return absl::OkStatus();
}

absl::Status PlanService::listApprovals(
    const rpc::Call& call,
    const v1::ListApprovalsRequest& request,
    v1::ListApprovalsResponse& response)
{
    PH_ASSIGN_OR_RETURN(
        const rpc::TimePlace place,
        rpc::openTimePlace(m_pages, kApprovalPages, request.page_token()));
    PH_ASSIGN_OR_RETURN(const int size, rpc::pageSize(request.page_size()));
    PH_ASSIGN_OR_RETURN(
        const auto page,
        m_approvals.list(
            requesterOf(call), request.pending_only(), place.before, place.beforeId, size));
    for (const Approval& approval : page.approvals) {
        *response.add_approvals() = toProto(approval);
    }
    response.set_next_page_token(
        rpc::makeTimePlace(m_pages, kApprovalPages, {page.before, page.beforeId}));
    return absl::OkStatus();
}

absl::Status PlanService::approve(
    const rpc::Call& call, const v1::ApproveRequest& request, v1::ApproveResponse& response)
{
    PH_ASSIGN_OR_RETURN(
        const Approval approval,
        m_approvals.approve(
            requesterOf(call), request.id(), request.plan_digest(), request.comment()));
    *response.mutable_approval() = toProto(approval);
    showChange(call);
    return absl::OkStatus();
}

absl::Status PlanService::reject(
    const rpc::Call& call, const v1::RejectRequest& request, v1::RejectResponse& response)
{
    PH_ASSIGN_OR_RETURN(
        const Approval approval,
        m_approvals.reject(requesterOf(call), request.id(), request.comment()));
    *response.mutable_approval() = toProto(approval);
    showChange(call);
    return absl::OkStatus();
}

absl::Status PlanService::withdrawApproval(
    const rpc::Call& call,
    const v1::WithdrawApprovalRequest& request,
    v1::WithdrawApprovalResponse& response)
{
    PH_ASSIGN_OR_RETURN(
        const Approval approval, m_approvals.withdraw(requesterOf(call), request.id()));
    *response.mutable_approval() = toProto(approval);
    showChange(call);
    return absl::OkStatus();
}

void PlanService::showChange(const rpc::Call& call)
{
    // The change is done whether or not it can be shown now; the next poll shows it, too.
    if (const absl::Status status = m_board.reload(call.deadline()); !status.ok()) {
        spdlog::debug("the safety board was not read: {}", std::string(status.message()));
    }
}

} // namespace pilothouse::plans
