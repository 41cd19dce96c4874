// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/access/AdminProbe.h"

namespace pilothouse::test {

AdminProbe::AdminProbe(std::shared_ptr<grpc::Channel> channel, std::string token)
    : m_channel(std::move(channel)),
      m_admin(v1::AccessAdminService::NewStub(m_channel)),
      m_plans(v1::PlanService::NewStub(m_channel)),
      m_token(std::move(token))
{}

absl::Status AdminProbe::takeLease()
{
    v1::TakeLeaseRequest request;
    request.set_reason("a test");
    return call(*m_plans, &v1::PlanService::Stub::TakeLease, request, m_token).status;
}

absl::Status AdminProbe::endLease()
{
    return call(*m_plans, &v1::PlanService::Stub::EndLease, v1::EndLeaseRequest(), m_token).status;
}

v1::Safety AdminProbe::safety()
{
    return call(*m_plans, &v1::PlanService::Stub::GetSafety, v1::GetSafetyRequest(), m_token)
        .value.safety();
}

ApiReply<v1::RequestApprovalResponse> AdminProbe::requestApproval(const std::string& digest)
{
    v1::RequestApprovalRequest request;
    request.set_plan_digest(digest);
    request.set_reason("a test asks");
    return call(*m_plans, &v1::PlanService::Stub::RequestApproval, request, m_token);
}

absl::Status AdminProbe::approve(const v1::Approval& approval)
{
    v1::ApproveRequest request;
    request.set_id(approval.id());
    request.set_plan_digest(approval.plan().digest());
    request.set_comment("seen");
    return call(*m_plans, &v1::PlanService::Stub::Approve, request, m_token).status;
}

ApiReply<v1::CreateOperatorResponse> AdminProbe::createOperator(
    const std::string& name, const std::vector<std::string>& roles)
{
    v1::CreateOperatorRequest request;
    request.mutable_operator_()->set_name(name);
    request.mutable_operator_()->mutable_roles()->Assign(roles.begin(), roles.end());
    request.set_password(kPassword);
    return execute(&v1::AccessAdminService::Stub::CreateOperator, request);
}

v1::UpdateOperatorRequest AdminProbe::rolesOf(
    const std::string& name, const std::vector<std::string>& roles)
{
    v1::UpdateOperatorRequest request;
    request.mutable_operator_()->set_name(name);
    request.mutable_operator_()->mutable_roles()->Assign(roles.begin(), roles.end());
    return request;
}

ApiReply<v1::GetOperatorResponse> AdminProbe::getOperator(const std::string& name)
{
    v1::GetOperatorRequest request;
    request.set_name(name);
    return call(*m_admin, &v1::AccessAdminService::Stub::GetOperator, request, m_token);
}

} // namespace pilothouse::test
