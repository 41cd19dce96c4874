// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/access/Operators.h"
#include "server/access/Roles.h"
#include "server/access/SessionAdmin.h"
#include "server/platform/executor/Executor.h"
#include "server/platform/rpc/PageTokens.h"
#include "server/platform/rpc/Service.h"

#include <pilothouse/v1/access.pb.h>

namespace pilothouse::access {

/// Operators, roles and sessions of all, for administrators.
class AccessAdminService final : public rpc::Service
{
public:
    struct UseCases
    {
        Operators& operators;
        Roles& roles;
        SessionAdmin& sessions;
    };

    /// `hashing` as in AccessService.
    AccessAdminService(
        rpc::Guard& guard,
        UseCases useCases,
        const rpc::PageTokens& pages,
        platform::Executor& db,
        platform::Executor& hashing);

private:
    absl::Status listOperators(
        const rpc::Call& call,
        const v1::ListOperatorsRequest& request,
        v1::ListOperatorsResponse& response);
    absl::Status getOperator(
        const rpc::Call& call,
        const v1::GetOperatorRequest& request,
        v1::GetOperatorResponse& response);
    absl::Status createOperator(
        const rpc::Call& call,
        const v1::CreateOperatorRequest& request,
        v1::CreateOperatorResponse& response);
    absl::Status updateOperator(
        const rpc::Call& call,
        const v1::UpdateOperatorRequest& request,
        v1::UpdateOperatorResponse& response);
    absl::Status disableOperator(
        const rpc::Call& call,
        const v1::DisableOperatorRequest& request,
        v1::DisableOperatorResponse& response);
    absl::Status enableOperator(
        const rpc::Call& call,
        const v1::EnableOperatorRequest& request,
        v1::EnableOperatorResponse& response);
    absl::Status deleteOperator(
        const rpc::Call& call,
        const v1::DeleteOperatorRequest& request,
        v1::DeleteOperatorResponse& response);
    absl::Status resetPassword(
        const rpc::Call& call,
        const v1::ResetPasswordRequest& request,
        v1::ResetPasswordResponse& response);
    absl::Status unlockOperator(
        const rpc::Call& call,
        const v1::UnlockOperatorRequest& request,
        v1::UnlockOperatorResponse& response);
    absl::Status listRoles(
        const rpc::Call& call,
        const v1::ListRolesRequest& request,
        v1::ListRolesResponse& response);
    absl::Status getRole(
        const rpc::Call& call, const v1::GetRoleRequest& request, v1::GetRoleResponse& response);
    absl::Status createRole(
        const rpc::Call& call,
        const v1::CreateRoleRequest& request,
        v1::CreateRoleResponse& response);
    absl::Status updateRole(
        const rpc::Call& call,
        const v1::UpdateRoleRequest& request,
        v1::UpdateRoleResponse& response);
    absl::Status deleteRole(
        const rpc::Call& call,
        const v1::DeleteRoleRequest& request,
        v1::DeleteRoleResponse& response);
    absl::Status listPermissions(
        const rpc::Call& call,
        const v1::ListPermissionsRequest& request,
        v1::ListPermissionsResponse& response);
    absl::Status listAllSessions(
        const rpc::Call& call,
        const v1::ListAllSessionsRequest& request,
        v1::ListAllSessionsResponse& response);
    absl::Status endSessions(
        const rpc::Call& call,
        const v1::EndSessionsRequest& request,
        v1::EndSessionsResponse& response);

    Operators& m_operators;
    Roles& m_roles;
    SessionAdmin& m_sessions;
    const rpc::PageTokens& m_pages;
};

} // namespace pilothouse::access
