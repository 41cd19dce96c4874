// SPDX-License-Identifier: Apache-2.0
#include "shared/client/grpc/GrpcPlansClient.h"

#include "shared/client/grpc/ClientCall.h"
#include "shared/client/grpc/PagedCall.h"
#include "shared/client/grpc/StreamCall.h"
#include "shared/plans/proto/PlansProto.h"

namespace pilothouse::client {

namespace {

using Async = v1::PlanService::StubInterface::async_interface;

template <typename Response>
plans::Approval approvalOf(const Response& response)
{
    return plans::fromProto(response.approval());
}

} // namespace

CallPtr GrpcPlansClient::getSafety(OnDone<plans::Safety> onDone)
{
    return callUnary<v1::GetSafetyRequest, v1::GetSafetyResponse>(
        m_link,
        read(*m_link),
        {},
        invoking(&Link::Stubs::plans, &Async::GetSafety),
        std::move(onDone),
        [](const v1::GetSafetyResponse& response) { return plans::fromProto(response.safety()); });
}

CallPtr GrpcPlansClient::watchSafety(OnMessage<plans::Safety> onMessage, OnEnd onEnd)
{
    return StreamCall<v1::WatchSafetyRequest, v1::WatchSafetyResponse>::start(
        m_link,
        {},
        opening(&Link::Stubs::plans, &Async::WatchSafety),
        [receive = std::move(onMessage)](
            v1::WatchSafetyResponse& response, v1::WatchSafetyRequest& /*request*/) {
            receive(plans::fromProto(response.safety()));
        },
        std::move(onEnd));
}

CallPtr GrpcPlansClient::takeLease(const std::string& reason, OnDone<plans::Lease> onDone)
{
    v1::TakeLeaseRequest request;
    request.set_reason(reason);
    return callUnary<v1::TakeLeaseRequest, v1::TakeLeaseResponse>(
        m_link,
        change(*m_link),
        std::move(request),
        invoking(&Link::Stubs::plans, &Async::TakeLease),
        std::move(onDone),
        [](const v1::TakeLeaseResponse& response) { return plans::fromProto(response.lease()); });
}

CallPtr GrpcPlansClient::endLease(OnDone<Nothing> onDone)
{
    return callUnary<v1::EndLeaseRequest, v1::EndLeaseResponse>(
        m_link,
        change(*m_link),
        {},
        invoking(&Link::Stubs::plans, &Async::EndLease),
        std::move(onDone),
        [](const v1::EndLeaseResponse& /*response*/) { return Nothing(); });
}

CallPtr GrpcPlansClient::requestApproval(
    const std::string& planDigest, const std::string& reason, OnDone<plans::Approval> onDone)
{
    v1::RequestApprovalRequest request;
    request.set_plan_digest(planDigest);
    request.set_reason(reason);
    return callUnary<v1::RequestApprovalRequest, v1::RequestApprovalResponse>(
        m_link,
        change(*m_link),
        std::move(request),
        invoking(&Link::Stubs::plans, &Async::RequestApproval),
        std::move(onDone),
        approvalOf<v1::RequestApprovalResponse>);
}

CallPtr GrpcPlansClient::getApproval(const std::string& id, OnDone<plans::Approval> onDone)
{
    v1::GetApprovalRequest request;
    request.set_id(id);
    return callUnary<v1::GetApprovalRequest, v1::GetApprovalResponse>(
        m_link,
        read(*m_link),
        std::move(request),
        invoking(&Link::Stubs::plans, &Async::GetApproval),
        std::move(onDone),
        approvalOf<v1::GetApprovalResponse>);
}

CallPtr GrpcPlansClient::listApprovals(
    bool pendingOnly, int limit, OnDone<std::vector<plans::Approval>> onDone)
{
    v1::ListApprovalsRequest request;
    request.set_pending_only(pendingOnly);
    return PagedCall<v1::ListApprovalsRequest, v1::ListApprovalsResponse, plans::Approval>::start(
        m_link,
        std::move(request),
        limit,
        invoking(&Link::Stubs::plans, &Async::ListApprovals),
        [](const v1::ListApprovalsResponse& page, std::vector<plans::Approval>& approvals) {
            for (const auto& approval : page.approvals()) {
                approvals.push_back(plans::fromProto(approval));
            }
        },
        std::move(onDone));
}

CallPtr GrpcPlansClient::approve(
    const std::string& id,
    const std::string& planDigest,
    const std::string& comment,
    OnDone<plans::Approval> onDone)
{
    v1::ApproveRequest request;
    request.set_id(id);
    request.set_plan_digest(planDigest);
    request.set_comment(comment);
    return callUnary<v1::ApproveRequest, v1::ApproveResponse>(
        m_link,
        change(*m_link),
        std::move(request),
        invoking(&Link::Stubs::plans, &Async::Approve),
        std::move(onDone),
        approvalOf<v1::ApproveResponse>);
}

CallPtr GrpcPlansClient::reject(
    const std::string& id, const std::string& comment, OnDone<plans::Approval> onDone)
{
    v1::RejectRequest request;
    request.set_id(id);
    request.set_comment(comment);
    return callUnary<v1::RejectRequest, v1::RejectResponse>(
        m_link,
        change(*m_link),
        std::move(request),
        invoking(&Link::Stubs::plans, &Async::Reject),
        std::move(onDone),
        approvalOf<v1::RejectResponse>);
}

CallPtr GrpcPlansClient::withdrawApproval(const std::string& id, OnDone<plans::Approval> onDone)
{
    v1::WithdrawApprovalRequest request;
    request.set_id(id);
    return callUnary<v1::WithdrawApprovalRequest, v1::WithdrawApprovalResponse>(
        m_link,
        change(*m_link),
        std::move(request),
        invoking(&Link::Stubs::plans, &Async::WithdrawApproval),
        std::move(onDone),
        approvalOf<v1::WithdrawApprovalResponse>);
}

} // namespace pilothouse::client
