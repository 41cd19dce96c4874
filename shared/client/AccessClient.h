// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/access/Account.h"
#include "shared/access/Operator.h"
#include "shared/client/Call.h"

#include <string>
#include <vector>

namespace pilothouse::client {

/// pilothouse.v1.AccessService: the operator's own account. Thread-safe.
class AccessClient
{
public:
    virtual ~AccessClient() = default;
    virtual CallPtr signIn(
        const std::string& name, const std::string& password, OnDone<access::SignedIn> onDone) = 0;
    virtual CallPtr signOut(OnDone<Nothing> onDone) = 0;
    virtual CallPtr whoAmI(OnDone<access::Identity> onDone) = 0;
    virtual CallPtr changePassword(
        const std::string& current, const std::string& next, OnDone<Nothing> onDone) = 0;
    virtual CallPtr listSessions(OnDone<std::vector<access::Session>> onDone) = 0;
    virtual CallPtr revokeSession(const std::string& id, OnDone<Nothing> onDone) = 0;
    /// `name`, `scopes` and `expireTime` of the token count. The secret comes only this once.
    virtual CallPtr createToken(const access::Token& token, OnDone<access::NewToken> onDone) = 0;
    virtual CallPtr listTokens(OnDone<std::vector<access::Token>> onDone) = 0;
    virtual CallPtr revokeToken(const std::string& id, OnDone<Nothing> onDone) = 0;
};

} // namespace pilothouse::client
