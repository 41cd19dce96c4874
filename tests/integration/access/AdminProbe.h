// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/api/ApiClient.h"

#include <pilothouse/v1/plans.grpc.pb.h>

#include <memory>
#include <string>
#include <vector>

namespace pilothouse::test {

/// One operator's hands on a server: administration, lease and approvals with that one's token.
class AdminProbe
{
public:
    explicit AdminProbe(std::shared_ptr<grpc::Channel> channel, std::string token = {});

    v1::AccessAdminService::Stub& admin() { return *m_admin; }
    v1::PlanService::Stub& plans() { return *m_plans; }
    const std::string& token() const { return m_token; }

    /// The plan of an action.
    template <typename Method, typename Request>
    auto plan(Method method, Request request)
    {
        request.set_validate_only(true);
        return call(*m_admin, method, request, m_token);
    }
    /// The action, confirmed as its plan wants it.
    template <typename Method, typename Request>
    auto execute(Method method, Request request, const std::string& approvalId = {})
    {
        auto planned = plan(method, request);
        if (!planned.status.ok()) {
            return planned;
        }
        return confirm(method, std::move(request), planned.value.plan(), approvalId);
    }
    /// The action with the plan that was shown.
    template <typename Method, typename Request>
    auto confirm(
        Method method, Request request, const v1::Plan& plan, const std::string& approvalId = {})
    {
        request.set_validate_only(false);
        auto& confirmation = *request.mutable_confirmation();
        confirmation.set_plan_digest(plan.digest());
        confirmation.set_reason("a test");
        confirmation.set_typed_name(plan.environment_name());
        confirmation.set_approval_id(approvalId);
        return call(*m_admin, method, request, m_token);
    }

    absl::Status takeLease();
    absl::Status endLease();
    v1::Safety safety();
    ApiReply<v1::RequestApprovalResponse> requestApproval(const std::string& digest);
    absl::Status approve(const v1::Approval& approval);

    ApiReply<v1::CreateOperatorResponse> createOperator(
        const std::string& name, const std::vector<std::string>& roles);
    static v1::UpdateOperatorRequest rolesOf(
        const std::string& name, const std::vector<std::string>& roles);
    ApiReply<v1::GetOperatorResponse> getOperator(const std::string& name);

private:
    std::shared_ptr<grpc::Channel> m_channel;
    std::unique_ptr<v1::AccessAdminService::Stub> m_admin;
    std::unique_ptr<v1::PlanService::Stub> m_plans;
    std::string m_token;
};

} // namespace pilothouse::test
