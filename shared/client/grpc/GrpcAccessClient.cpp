// SPDX-License-Identifier: Apache-2.0
#include "shared/client/grpc/GrpcAccessClient.h"

#include "shared/access/proto/AccessProto.h"
#include "shared/access/proto/AccountProto.h"
#include "shared/client/grpc/ClientCall.h"
#include "shared/client/grpc/PagedCall.h"

namespace pilothouse::client {

namespace {

using Async = v1::AccessService::StubInterface::async_interface;

// An operator has a handful; the bound is for a server gone wrong.
constexpr int kMaxSessions = 10000;

template <typename Response>
Nothing nothing(const Response& /*response*/)
{
    return {};
}

} // namespace

CallPtr GrpcAccessClient::signIn(
    const std::string& name, const std::string& password, OnDone<access::SignedIn> onDone)
{
    v1::SignInRequest request;
    request.set_name(name);
    request.set_password(password);
    request.set_client(m_clientName);
    return callUnary<v1::SignInRequest, v1::SignInResponse>(
        m_link,
        {.isIdempotent = false, .needsSession = false, .timeout = m_link->callTimeout()},
        std::move(request),
        invoking(&Link::Stubs::access, &Async::SignIn),
        std::move(onDone),
        [](const v1::SignInResponse& response) { return access::fromProto(response); });
}

CallPtr GrpcAccessClient::signOut(OnDone<Nothing> onDone)
{
    return callUnary<v1::SignOutRequest, v1::SignOutResponse>(
        m_link,
        change(*m_link),
        {},
        invoking(&Link::Stubs::access, &Async::SignOut),
        std::move(onDone),
        nothing<v1::SignOutResponse>);
}

CallPtr GrpcAccessClient::whoAmI(OnDone<access::Identity> onDone)
{
    return callUnary<v1::WhoAmIRequest, v1::WhoAmIResponse>(
        m_link,
        read(*m_link),
        {},
        invoking(&Link::Stubs::access, &Async::WhoAmI),
        std::move(onDone),
        [](const v1::WhoAmIResponse& response) { return access::fromProto(response); });
}

CallPtr GrpcAccessClient::changePassword(
    const std::string& current, const std::string& next, OnDone<Nothing> onDone)
{
    v1::ChangePasswordRequest request;
    request.set_current_password(current);
    request.set_new_password(next);
    return callUnary<v1::ChangePasswordRequest, v1::ChangePasswordResponse>(
        m_link,
        change(*m_link),
        std::move(request),
        invoking(&Link::Stubs::access, &Async::ChangePassword),
        std::move(onDone),
        nothing<v1::ChangePasswordResponse>);
}

CallPtr GrpcAccessClient::listSessions(OnDone<std::vector<access::Session>> onDone)
{
    return PagedCall<v1::ListSessionsRequest, v1::ListSessionsResponse, access::Session>::start(
        m_link,
        {},
        kMaxSessions,
        invoking(&Link::Stubs::access, &Async::ListSessions),
        [](const v1::ListSessionsResponse& page, std::vector<access::Session>& sessions) {
            for (const auto& session : page.sessions()) {
                sessions.push_back(access::fromProto(session));
            }
        },
        std::move(onDone));
}

CallPtr GrpcAccessClient::revokeSession(const std::string& id, OnDone<Nothing> onDone)
{
    v1::RevokeSessionRequest request;
    request.set_id(id);
    return callUnary<v1::RevokeSessionRequest, v1::RevokeSessionResponse>(
        m_link,
        change(*m_link),
        std::move(request),
        invoking(&Link::Stubs::access, &Async::RevokeSession),
        std::move(onDone),
        nothing<v1::RevokeSessionResponse>);
}

CallPtr GrpcAccessClient::createToken(const access::Token& token, OnDone<access::NewToken> onDone)
{
    const v1::Token wanted = access::toProto(token);
    v1::CreateTokenRequest request;
    request.set_name(wanted.name());
    *request.mutable_scopes() = wanted.scopes();
    if (wanted.has_expire_time()) {
        *request.mutable_expire_time() = wanted.expire_time();
    }
    return callUnary<v1::CreateTokenRequest, v1::CreateTokenResponse>(
        m_link,
        change(*m_link),
        std::move(request),
        invoking(&Link::Stubs::access, &Async::CreateToken),
        std::move(onDone),
        [](const v1::CreateTokenResponse& response) {
            return access::NewToken{response.secret(), access::fromProto(response.token())};
        });
}

CallPtr GrpcAccessClient::listTokens(OnDone<std::vector<access::Token>> onDone)
{
    return PagedCall<v1::ListTokensRequest, v1::ListTokensResponse, access::Token>::start(
        m_link,
        {},
        kMaxSessions,
        invoking(&Link::Stubs::access, &Async::ListTokens),
        [](const v1::ListTokensResponse& page, std::vector<access::Token>& tokens) {
            for (const auto& token : page.tokens()) {
                tokens.push_back(access::fromProto(token));
            }
        },
        std::move(onDone));
}

CallPtr GrpcAccessClient::revokeToken(const std::string& id, OnDone<Nothing> onDone)
{
    v1::RevokeTokenRequest request;
    request.set_id(id);
    return callUnary<v1::RevokeTokenRequest, v1::RevokeTokenResponse>(
        m_link,
        change(*m_link),
        std::move(request),
        invoking(&Link::Stubs::access, &Async::RevokeToken),
        std::move(onDone),
        nothing<v1::RevokeTokenResponse>);
}

} // namespace pilothouse::client
