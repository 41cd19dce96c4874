// SPDX-License-Identifier: Apache-2.0
#include "server/access/AccessAdminService.h"

#include "server/platform/rpc/TimePages.h"
#include "shared/access/proto/AccessProto.h"
#include "shared/access/proto/AccountProto.h"
#include "shared/base/StatusHelpers.h"
#include "shared/plans/proto/PlansProto.h"

namespace pilothouse::access {

namespace {

constexpr const char* kOperatorPages = "operators";
constexpr const char* kSessionPages = "all-sessions";

/// The plan that was executed, or would be.
template <typename Response>
absl::Status answer(const absl::StatusOr<plans::Plan>& plan, Response& response)
{
    PH_RETURN_IF_ERROR(plan.status());
    *response.mutable_plan() = plans::toProto(*plan);
    return absl::OkStatus();
}

} // namespace

AccessAdminService::AccessAdminService(
    rpc::Guard& guard,
    UseCases useCases,
    const rpc::PageTokens& pages,
    platform::Executor& db,
    platform::Executor& hashing)
    : rpc::Service(guard, v1::ListOperatorsRequest::descriptor()->file()->service(1)),
      m_operators(useCases.operators),
      m_roles(useCases.roles),
      m_sessions(useCases.sessions),
      m_pages(pages)
{
    unaryOn(db, "ListOperators", &AccessAdminService::listOperators);
    unaryOn(db, "GetOperator", &AccessAdminService::getOperator);
    unaryOn(hashing, "CreateOperator", &AccessAdminService::createOperator);
    unaryOn(db, "UpdateOperator", &AccessAdminService::updateOperator);
    unaryOn(db, "DisableOperator", &AccessAdminService::disableOperator);
    unaryOn(db, "EnableOperator", &AccessAdminService::enableOperator);
    unaryOn(db, "DeleteOperator", &AccessAdminService::deleteOperator);
    unaryOn(hashing, "ResetPassword", &AccessAdminService::resetPassword);
    unaryOn(db, "UnlockOperator", &AccessAdminService::unlockOperator);
    unaryOn(db, "ListRoles", &AccessAdminService::listRoles);
    unaryOn(db, "GetRole", &AccessAdminService::getRole);
    unaryOn(db, "CreateRole", &AccessAdminService::createRole);
    unaryOn(db, "UpdateRole", &AccessAdminService::updateRole);
    unaryOn(db, "DeleteRole", &AccessAdminService::deleteRole);
    unaryOn(db, "ListPermissions", &AccessAdminService::listPermissions);
    unaryOn(db, "ListAllSessions", &AccessAdminService::listAllSessions);
    unaryOn(db, "EndSessions", &AccessAdminService::endSessions);
}

absl::Status AccessAdminService::listOperators(
    const rpc::Call& call,
    const v1::ListOperatorsRequest& request,
    v1::ListOperatorsResponse& response)
{
    std::string after;
    if (!request.page_token().empty()) {
        PH_ASSIGN_OR_RETURN(const auto place, m_pages.open(kOperatorPages, request.page_token()));
        if (place.size() != 1) {
            return rpc::PageTokens::invalid();
        }
        after = place[0];
    }
    PH_ASSIGN_OR_RETURN(const int size, rpc::pageSize(request.page_size()));
    PH_ASSIGN_OR_RETURN(
        const auto page, m_operators.list(request.search(), after, size, call.deadline()));
    for (const Account& account : page.accounts) {
        *response.add_operators() = toProto(account);
    }
    if (!page.after.empty()) {
        response.set_next_page_token(m_pages.make(kOperatorPages, {page.after}));
    }
    return absl::OkStatus();
}

absl::Status AccessAdminService::getOperator(
    const rpc::Call& call, const v1::GetOperatorRequest& request, v1::GetOperatorResponse& response)
{
    PH_ASSIGN_OR_RETURN(const Account account, m_operators.get(request.name(), call.deadline()));
    *response.mutable_operator_() = toProto(account);
    return absl::OkStatus();
}

absl::Status AccessAdminService::createOperator(
    const rpc::Call& call,
    const v1::CreateOperatorRequest& request,
    v1::CreateOperatorResponse& response)
{
    const Operator who = fromProto(request.operator_());
    PH_RETURN_IF_ERROR(answer(
        m_operators.create(
            plans::requesterOf(call), plans::requestOf(request), who, request.password()),
        response));
    if (!request.validate_only()) {
        PH_ASSIGN_OR_RETURN(const Account account, m_operators.get(who.name, call.deadline()));
        *response.mutable_operator_() = toProto(account);
    }
    return absl::OkStatus();
}

absl::Status AccessAdminService::updateOperator(
    const rpc::Call& call,
    const v1::UpdateOperatorRequest& request,
    v1::UpdateOperatorResponse& response)
{
    const Operator who = fromProto(request.operator_());
    PH_RETURN_IF_ERROR(answer(
        m_operators.update(
            plans::requesterOf(call), plans::requestOf(request), who, request.etag()),
        response));
    if (!request.validate_only()) {
        PH_ASSIGN_OR_RETURN(const Account account, m_operators.get(who.name, call.deadline()));
        *response.mutable_operator_() = toProto(account);
    }
    return absl::OkStatus();
}

absl::Status AccessAdminService::disableOperator(
    const rpc::Call& call,
    const v1::DisableOperatorRequest& request,
    v1::DisableOperatorResponse& response)
{
    return answer(
        m_operators.disable(plans::requesterOf(call), plans::requestOf(request), request.name()),
        response);
}

absl::Status AccessAdminService::enableOperator(
    const rpc::Call& call,
    const v1::EnableOperatorRequest& request,
    v1::EnableOperatorResponse& response)
{
    return answer(
        m_operators.enable(plans::requesterOf(call), plans::requestOf(request), request.name()),
        response);
}

absl::Status AccessAdminService::deleteOperator(
    const rpc::Call& call,
    const v1::DeleteOperatorRequest& request,
    v1::DeleteOperatorResponse& response)
{
    return answer(
        m_operators.remove(plans::requesterOf(call), plans::requestOf(request), request.name()),
        response);
}

absl::Status AccessAdminService::resetPassword(
    const rpc::Call& call,
    const v1::ResetPasswordRequest& request,
    v1::ResetPasswordResponse& response)
{
    return answer(
        m_operators.resetPassword(
            plans::requesterOf(call),
            plans::requestOf(request),
            request.name(),
            request.new_password()),
        response);
}

absl::Status AccessAdminService::unlockOperator(
    const rpc::Call& call,
    const v1::UnlockOperatorRequest& request,
    v1::UnlockOperatorResponse& response)
{
    return answer(
        m_operators.unlock(plans::requesterOf(call), plans::requestOf(request), request.name()),
        response);
}

absl::Status AccessAdminService::listRoles(
    const rpc::Call& call, const v1::ListRolesRequest&, v1::ListRolesResponse& response)
{
    PH_ASSIGN_OR_RETURN(const auto roles, m_roles.list(call.deadline()));
    for (const Role& role : roles) {
        *response.add_roles() = toProto(role);
    }
    return absl::OkStatus();
}

absl::Status AccessAdminService::getRole(
    const rpc::Call& call, const v1::GetRoleRequest& request, v1::GetRoleResponse& response)
{
    PH_ASSIGN_OR_RETURN(const Role role, m_roles.get(request.name(), call.deadline()));
    *response.mutable_role() = toProto(role);
    return absl::OkStatus();
}

absl::Status AccessAdminService::createRole(
    const rpc::Call& call, const v1::CreateRoleRequest& request, v1::CreateRoleResponse& response)
{
    return answer(
        m_roles.create(
            plans::requesterOf(call), plans::requestOf(request), fromProto(request.role())),
        response);
}

absl::Status AccessAdminService::updateRole(
    const rpc::Call& call, const v1::UpdateRoleRequest& request, v1::UpdateRoleResponse& response)
{
    return answer(
        m_roles.update(
            plans::requesterOf(call), plans::requestOf(request), fromProto(request.role())),
        response);
}

absl::Status AccessAdminService::deleteRole(
    const rpc::Call& call, const v1::DeleteRoleRequest& request, v1::DeleteRoleResponse& response)
{
    return answer(
        m_roles.remove(plans::requesterOf(call), plans::requestOf(request), request.name()),
        response);
}

absl::Status AccessAdminService::listPermissions(
    const rpc::Call& call, const v1::ListPermissionsRequest&, v1::ListPermissionsResponse& response)
{
    PH_ASSIGN_OR_RETURN(const auto permissions, m_roles.permissions(call.deadline()));
    for (const Permission& permission : permissions) {
        *response.add_permissions() = toProto(permission);
    }
    return absl::OkStatus();
}

absl::Status AccessAdminService::listAllSessions(
    const rpc::Call& call,
    const v1::ListAllSessionsRequest& request,
    v1::ListAllSessionsResponse& response)
{
    PH_ASSIGN_OR_RETURN(
        const rpc::TimePlace place,
        rpc::openTimePlace(m_pages, kSessionPages, request.page_token()));
    PH_ASSIGN_OR_RETURN(const int size, rpc::pageSize(request.page_size()));
    PH_ASSIGN_OR_RETURN(
        const auto page,
        m_sessions.list(
            call.caller(),
            request.operator_name(),
            place.before,
            place.beforeId,
            size,
            call.deadline()));
    for (const OperatorSession& session : page.sessions) {
        *response.add_sessions() = toProto(session);
    }
    response.set_next_page_token(
        rpc::makeTimePlace(m_pages, kSessionPages, {page.before, page.beforeId}));
    return absl::OkStatus();
}

absl::Status AccessAdminService::endSessions(
    const rpc::Call& call, const v1::EndSessionsRequest& request, v1::EndSessionsResponse& response)
{
    PH_ASSIGN_OR_RETURN(
        const SessionAdmin::Ended ended,
        m_sessions.end(
            call.caller(),
            plans::requesterOf(call),
            plans::requestOf(request),
            {request.session_id(), request.operator_name(), request.include_tokens()}));
    *response.mutable_plan() = plans::toProto(ended.plan);
    response.set_ended(ended.count);
    return absl::OkStatus();
}

} // namespace pilothouse::access
