// SPDX-License-Identifier: Apache-2.0
#include "shared/client/grpc/GrpcAccessAdminClient.h"

#include "shared/access/proto/AccessProto.h"
#include "shared/access/proto/AccountProto.h"
#include "shared/client/grpc/ClientCall.h"
#include "shared/client/grpc/PagedCall.h"
#include "shared/client/grpc/PlannedCall.h"

namespace pilothouse::client {

namespace {

using Async = v1::AccessAdminService::StubInterface::async_interface;

template <typename Response, typename Message>
CallPtr act(
    const std::shared_ptr<Link>& link,
    Message message,
    const plans::Request& request,
    UnaryMethod<Async, Message, Response> method,
    OnDone<plans::Plan> onDone)
{
    return callPlanned<Message, Response>(
        link,
        request,
        std::move(message),
        invoking(&Link::Stubs::accessAdmin, method),
        std::move(onDone),
        planIn<Response>);
}

} // namespace

CallPtr GrpcAccessAdminClient::listOperators(
    const std::string& search, int limit, OnDone<std::vector<access::Account>> onDone)
{
    v1::ListOperatorsRequest request;
    request.set_search(search);
    return PagedCall<v1::ListOperatorsRequest, v1::ListOperatorsResponse, access::Account>::start(
        m_link,
        std::move(request),
        limit,
        invoking(&Link::Stubs::accessAdmin, &Async::ListOperators),
        [](const v1::ListOperatorsResponse& page, std::vector<access::Account>& accounts) {
            for (const auto& account : page.operators()) {
                accounts.push_back(access::fromProto(account));
            }
        },
        std::move(onDone));
}

CallPtr GrpcAccessAdminClient::getOperator(const std::string& name, OnDone<access::Account> onDone)
{
    v1::GetOperatorRequest request;
    request.set_name(name);
    return callUnary<v1::GetOperatorRequest, v1::GetOperatorResponse>(
        m_link,
        read(*m_link),
        std::move(request),
        invoking(&Link::Stubs::accessAdmin, &Async::GetOperator),
        std::move(onDone),
        [](const v1::GetOperatorResponse& response) {
            return access::fromProto(response.operator_());
        });
}

CallPtr GrpcAccessAdminClient::createOperator(
    const access::Operator& who,
    const std::string& password,
    const plans::Request& request,
    OnDone<plans::Plan> onDone)
{
    v1::CreateOperatorRequest message;
    *message.mutable_operator_() = access::toProto(who);
    message.set_password(password);
    return act<v1::CreateOperatorResponse>(
        m_link, std::move(message), request, &Async::CreateOperator, std::move(onDone));
}

CallPtr GrpcAccessAdminClient::updateOperator(
    const access::Operator& who,
    const std::string& etag,
    const plans::Request& request,
    OnDone<plans::Plan> onDone)
{
    v1::UpdateOperatorRequest message;
    *message.mutable_operator_() = access::toProto(who);
    message.set_etag(etag);
    return act<v1::UpdateOperatorResponse>(
        m_link, std::move(message), request, &Async::UpdateOperator, std::move(onDone));
}

CallPtr GrpcAccessAdminClient::disableOperator(
    const std::string& name, const plans::Request& request, OnDone<plans::Plan> onDone)
{
    v1::DisableOperatorRequest message;
    message.set_name(name);
    return act<v1::DisableOperatorResponse>(
        m_link, std::move(message), request, &Async::DisableOperator, std::move(onDone));
}

CallPtr GrpcAccessAdminClient::enableOperator(
    const std::string& name, const plans::Request& request, OnDone<plans::Plan> onDone)
{
    v1::EnableOperatorRequest message;
    message.set_name(name);
    return act<v1::EnableOperatorResponse>(
        m_link, std::move(message), request, &Async::EnableOperator, std::move(onDone));
}

CallPtr GrpcAccessAdminClient::deleteOperator(
    const std::string& name, const plans::Request& request, OnDone<plans::Plan> onDone)
{
    v1::DeleteOperatorRequest message;
    message.set_name(name);
    return act<v1::DeleteOperatorResponse>(
        m_link, std::move(message), request, &Async::DeleteOperator, std::move(onDone));
}

CallPtr GrpcAccessAdminClient::resetPassword(
    const std::string& name,
    const std::string& password,
    const plans::Request& request,
    OnDone<plans::Plan> onDone)
{
    v1::ResetPasswordRequest message;
    message.set_name(name);
    message.set_new_password(password);
    return act<v1::ResetPasswordResponse>(
        m_link, std::move(message), request, &Async::ResetPassword, std::move(onDone));
}

CallPtr GrpcAccessAdminClient::unlockOperator(
    const std::string& name, const plans::Request& request, OnDone<plans::Plan> onDone)
{
    v1::UnlockOperatorRequest message;
    message.set_name(name);
    return act<v1::UnlockOperatorResponse>(
        m_link, std::move(message), request, &Async::UnlockOperator, std::move(onDone));
}

CallPtr GrpcAccessAdminClient::listRoles(OnDone<std::vector<access::Role>> onDone)
{
    return callUnary<v1::ListRolesRequest, v1::ListRolesResponse>(
        m_link,
        read(*m_link),
        {},
        invoking(&Link::Stubs::accessAdmin, &Async::ListRoles),
        std::move(onDone),
        [](const v1::ListRolesResponse& response) {
            std::vector<access::Role> roles;
            for (const auto& role : response.roles()) {
                roles.push_back(access::fromProto(role));
            }
            return roles;
        });
}

CallPtr GrpcAccessAdminClient::getRole(const std::string& name, OnDone<access::Role> onDone)
{
    v1::GetRoleRequest request;
    request.set_name(name);
    return callUnary<v1::GetRoleRequest, v1::GetRoleResponse>(
        m_link,
        read(*m_link),
        std::move(request),
        invoking(&Link::Stubs::accessAdmin, &Async::GetRole),
        std::move(onDone),
        [](const v1::GetRoleResponse& response) { return access::fromProto(response.role()); });
}

CallPtr GrpcAccessAdminClient::createRole(
    const access::Role& role, const plans::Request& request, OnDone<plans::Plan> onDone)
{
    v1::CreateRoleRequest message;
    *message.mutable_role() = access::toProto(role);
    return act<v1::CreateRoleResponse>(
        m_link, std::move(message), request, &Async::CreateRole, std::move(onDone));
}

CallPtr GrpcAccessAdminClient::updateRole(
    const access::Role& role, const plans::Request& request, OnDone<plans::Plan> onDone)
{
    v1::UpdateRoleRequest message;
    *message.mutable_role() = access::toProto(role);
    return act<v1::UpdateRoleResponse>(
        m_link, std::move(message), request, &Async::UpdateRole, std::move(onDone));
}

CallPtr GrpcAccessAdminClient::deleteRole(
    const std::string& name, const plans::Request& request, OnDone<plans::Plan> onDone)
{
    v1::DeleteRoleRequest message;
    message.set_name(name);
    return act<v1::DeleteRoleResponse>(
        m_link, std::move(message), request, &Async::DeleteRole, std::move(onDone));
}

CallPtr GrpcAccessAdminClient::listPermissions(OnDone<std::vector<access::Permission>> onDone)
{
    return callUnary<v1::ListPermissionsRequest, v1::ListPermissionsResponse>(
        m_link,
        read(*m_link),
        {},
        invoking(&Link::Stubs::accessAdmin, &Async::ListPermissions),
        std::move(onDone),
        [](const v1::ListPermissionsResponse& response) {
            std::vector<access::Permission> permissions;
            for (const auto& permission : response.permissions()) {
                permissions.push_back(access::fromProto(permission));
            }
            return permissions;
        });
}

CallPtr GrpcAccessAdminClient::listAllSessions(
    const std::string& operatorName, int limit, OnDone<std::vector<access::OperatorSession>> onDone)
{
    using Page = v1::ListAllSessionsResponse;
    v1::ListAllSessionsRequest request;
    request.set_operator_name(operatorName);
    return PagedCall<v1::ListAllSessionsRequest, Page, access::OperatorSession>::start(
        m_link,
        std::move(request),
        limit,
        invoking(&Link::Stubs::accessAdmin, &Async::ListAllSessions),
        [](const Page& page, std::vector<access::OperatorSession>& sessions) {
            for (const auto& session : page.sessions()) {
                sessions.push_back(access::fromProto(session));
            }
        },
        std::move(onDone));
}

CallPtr GrpcAccessAdminClient::endSessions(
    const access::SessionChoice& choice, const plans::Request& request, OnDone<plans::Plan> onDone)
{
    v1::EndSessionsRequest message;
    message.set_session_id(choice.sessionId);
    message.set_operator_name(choice.operatorName);
    message.set_include_tokens(choice.includeTokens);
    return act<v1::EndSessionsResponse>(
        m_link, std::move(message), request, &Async::EndSessions, std::move(onDone));
}

} // namespace pilothouse::client
