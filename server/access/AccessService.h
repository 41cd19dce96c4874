// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/access/Accounts.h"
#include "server/access/Tokens.h"
#include "server/platform/executor/Executor.h"
#include "server/platform/rpc/PageTokens.h"
#include "server/platform/rpc/Service.h"

#include <pilothouse/v1/access.pb.h>

namespace pilothouse::access {

/// The operator's own account: sign-in, sessions, personal tokens.
class AccessService final : public rpc::Service
{
public:
    /// `hashing` runs what hashes passwords: few threads, because each takes 19 MiB and a core for
    /// a while.
    AccessService(
        rpc::Guard& guard,
        Accounts& accounts,
        Tokens& tokens,
        const rpc::PageTokens& pages,
        platform::Executor& db,
        platform::Executor& hashing);

private:
    absl::Status signIn(
        const rpc::Call& call, const v1::SignInRequest& request, v1::SignInResponse& response);
    absl::Status signOut(
        const rpc::Call& call, const v1::SignOutRequest& request, v1::SignOutResponse& response);
    absl::Status whoAmI(
        const rpc::Call& call, const v1::WhoAmIRequest& request, v1::WhoAmIResponse& response);
    absl::Status changePassword(
        const rpc::Call& call,
        const v1::ChangePasswordRequest& request,
        v1::ChangePasswordResponse& response);
    absl::Status listSessions(
        const rpc::Call& call,
        const v1::ListSessionsRequest& request,
        v1::ListSessionsResponse& response);
    absl::Status revokeSession(
        const rpc::Call& call,
        const v1::RevokeSessionRequest& request,
        v1::RevokeSessionResponse& response);
    absl::Status createToken(
        const rpc::Call& call,
        const v1::CreateTokenRequest& request,
        v1::CreateTokenResponse& response);
    absl::Status listTokens(
        const rpc::Call& call,
        const v1::ListTokensRequest& request,
        v1::ListTokensResponse& response);
    absl::Status revokeToken(
        const rpc::Call& call,
        const v1::RevokeTokenRequest& request,
        v1::RevokeTokenResponse& response);

    Accounts& m_accounts;
    Tokens& m_tokens;
    const rpc::PageTokens& m_pages;
};

} // namespace pilothouse::access
