// SPDX-License-Identifier: Apache-2.0
#include "server/access/AccessService.h"

#include "shared/access/proto/AccessProto.h"
#include "shared/base/StatusHelpers.h"

#include <absl/strings/numbers.h>

#include <algorithm>

namespace pilothouse::access {

namespace {

constexpr int kDefaultPage = 50;
constexpr int kLargestPage = 100;
constexpr const char* kSessionsPages = "sessions";

/// "ipv4:127.0.0.1:40312" → "127.0.0.1"; the port says nothing to whoever reads the list.
std::string addressOf(const std::string& peer)
{
    if (peer.starts_with("unix:")) {
        return "unix socket";
    }
    const auto begin = peer.find(':') + 1;
    return peer.substr(begin, peer.rfind(':') - begin);
}

} // namespace

AccessService::AccessService(
    rpc::Guard& guard,
    Accounts& accounts,
    const rpc::PageTokens& pages,
    platform::Executor& db,
    platform::Executor& hashing)
    : rpc::Service(guard, v1::SignInRequest::descriptor()->file()->service(0)),
      m_accounts(accounts),
      m_pages(pages)
{
    unaryOn(hashing, "SignIn", &AccessService::signIn);
    unaryOn(db, "SignOut", &AccessService::signOut);
    unary("WhoAmI", &AccessService::whoAmI);
    unaryOn(hashing, "ChangePassword", &AccessService::changePassword);
    unaryOn(db, "ListSessions", &AccessService::listSessions);
    unaryOn(db, "RevokeSession", &AccessService::revokeSession);
}

absl::Status AccessService::signIn(
    const rpc::Call& call, const v1::SignInRequest& request, v1::SignInResponse& response)
{
    PH_ASSIGN_OR_RETURN(
        const SignedIn signedIn,
        m_accounts.signIn(
            {request.name(),
             request.password(),
             request.client(),
             addressOf(call.peer()),
             audit::actorOf(call)},
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
    if (request.page_size() < 0) {
        return absl::InvalidArgumentError("page_size is negative");
    }
    const int size =
        request.page_size() == 0 ? kDefaultPage : std::min(request.page_size(), kLargestPage);
    absl::Time before = absl::InfiniteFuture();
    std::string beforeId;
    if (!request.page_token().empty()) {
        PH_ASSIGN_OR_RETURN(const auto place, m_pages.open(kSessionsPages, request.page_token()));
        std::int64_t micros = 0;
        if (place.size() != 2 || !absl::SimpleAtoi(place[0], &micros)) {
            return rpc::PageTokens::invalid();
        }
        before = absl::FromUnixMicros(micros);
        beforeId = place[1];
    }
    PH_ASSIGN_OR_RETURN(
        const auto page,
        m_accounts.sessions(call.caller(), before, beforeId, size, call.deadline()));
    for (const Session& session : page.sessions) {
        *response.add_sessions() = toProto(session);
    }
    if (!page.beforeId.empty()) {
        response.set_next_page_token(m_pages.make(
            kSessionsPages, {std::to_string(absl::ToUnixMicros(page.before)), page.beforeId}));
    }
    return absl::OkStatus();
}

absl::Status AccessService::revokeSession(
    const rpc::Call& call, const v1::RevokeSessionRequest& request, v1::RevokeSessionResponse&)
{
    return m_accounts.revokeSession(
        call.caller(), audit::actorOf(call), request.id(), call.deadline());
}

} // namespace pilothouse::access
