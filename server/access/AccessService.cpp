// SPDX-License-Identifier: Apache-2.0
#include "server/access/AccessService.h"

#include "server/platform/rpc/TimePages.h"
#include "shared/access/proto/AccessProto.h"
#include "shared/access/proto/AccountProto.h"
#include "shared/base/StatusHelpers.h"
#include "shared/base/proto/TimeProto.h"

namespace pilothouse::access {

namespace {

constexpr const char* kSessionsPages = "sessions";
constexpr const char* kTokenPages = "tokens";

} // namespace

AccessService::AccessService(
    rpc::Guard& guard,
    Accounts& accounts,
    Tokens& tokens,
    const rpc::PageTokens& pages,
    platform::Executor& db,
    platform::Executor& hashing)
    : rpc::Service(guard, v1::SignInRequest::descriptor()->file()->service(0)),
      m_accounts(accounts),
      m_tokens(tokens),
      m_pages(pages)
{
    unaryOn(hashing, "SignIn", &AccessService::signIn);
    unaryOn(db, "SignOut", &AccessService::signOut);
    unary("WhoAmI", &AccessService::whoAmI);
    unaryOn(hashing, "ChangePassword", &AccessService::changePassword);
    unaryOn(db, "ListSessions", &AccessService::listSessions);
    unaryOn(db, "RevokeSession", &AccessService::revokeSession);
    unaryOn(db, "CreateToken", &AccessService::createToken);
    unaryOn(db, "ListTokens", &AccessService::listTokens);
    unaryOn(db, "RevokeToken", &AccessService::revokeToken);
}

absl::Status AccessService::signIn(
    const rpc::Call& call, const v1::SignInRequest& request, v1::SignInResponse& response)
{
    PH_ASSIGN_OR_RETURN(
        const SignedIn signedIn,
        m_accounts.signIn(
            {request.name(), request.password(), request.client(), audit::actorOf(call)},
            call.deadline()));
    response = toProto(signedIn);
    return absl::OkStatus();
}

absl::Status AccessService::signOut(
    const rpc::Call& call, const v1::SignOutRequest&, v1::SignOutResponse&)
{
    return m_accounts.signOut(call.caller(), audit::actorOf(call), call.deadline());
}

absl::Status AccessService::whoAmI(
    const rpc::Call& call, const v1::WhoAmIRequest&, v1::WhoAmIResponse& response)
{
    response = toProto(call.caller().identity);
    return absl::OkStatus();
}

absl::Status AccessService::changePassword(
    const rpc::Call& call, const v1::ChangePasswordRequest& request, v1::ChangePasswordResponse&)
{
    return m_accounts.changePassword(
        call.caller(),
        audit::actorOf(call),
        request.current_password(),
        request.new_password(),
        call.deadline());
}

absl::Status AccessService::listSessions(
    const rpc::Call& call,
    const v1::ListSessionsRequest& request,
    v1::ListSessionsResponse& response)
{
    PH_ASSIGN_OR_RETURN(
        const rpc::TimePlace place,
        rpc::openTimePlace(m_pages, kSessionsPages, request.page_token()));
    PH_ASSIGN_OR_RETURN(const int size, rpc::pageSize(request.page_size()));
    PH_ASSIGN_OR_RETURN(
        const auto page,
        m_accounts.sessions(call.caller(), place.before, place.beforeId, size, call.deadline()));
    for (const Session& session : page.sessions) {
        *response.add_sessions() = toProto(session);
    }
    response.set_next_page_token(
        rpc::makeTimePlace(m_pages, kSessionsPages, {page.before, page.beforeId}));
    return absl::OkStatus();
}

absl::Status AccessService::revokeSession(
    const rpc::Call& call, const v1::RevokeSessionRequest& request, v1::RevokeSessionResponse&)
{
    return m_accounts.revokeSession(
        call.caller(), audit::actorOf(call), request.id(), call.deadline());
}

absl::Status AccessService::createToken(
    const rpc::Call& call, const v1::CreateTokenRequest& request, v1::CreateTokenResponse& response)
{
    Token wanted;
    wanted.name = request.name();
    wanted.scopes.assign(request.scopes().begin(), request.scopes().end());
    if (request.has_expire_time()) {
        wanted.expireTime = pilothouse::fromProto(request.expire_time());
    }
    PH_ASSIGN_OR_RETURN(
        const NewToken made,
        m_tokens.create(call.caller(), audit::actorOf(call), wanted, call.deadline()));
    response.set_secret(made.secret);
    *response.mutable_token() = toProto(made.token);
    return absl::OkStatus();
}

absl::Status AccessService::listTokens(
    const rpc::Call& call, const v1::ListTokensRequest& request, v1::ListTokensResponse& response)
{
    PH_ASSIGN_OR_RETURN(
        const rpc::TimePlace place, rpc::openTimePlace(m_pages, kTokenPages, request.page_token()));
    PH_ASSIGN_OR_RETURN(const int size, rpc::pageSize(request.page_size()));
    PH_ASSIGN_OR_RETURN(
        const auto page,
        m_tokens.list(call.caller(), place.before, place.beforeId, size, call.deadline()));
    for (const Token& token : page.tokens) {
        *response.add_tokens() = toProto(token);
    }
    response.set_next_page_token(
        rpc::makeTimePlace(m_pages, kTokenPages, {page.before, page.beforeId}));
    return absl::OkStatus();
}

absl::Status AccessService::revokeToken(
    const rpc::Call& call, const v1::RevokeTokenRequest& request, v1::RevokeTokenResponse&)
{
    return m_tokens.revoke(call.caller(), audit::actorOf(call), request.id(), call.deadline());
}

} // namespace pilothouse::access
