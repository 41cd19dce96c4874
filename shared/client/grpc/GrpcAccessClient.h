// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/AccessClient.h"
#include "shared/client/grpc/Link.h"

#include <memory>

namespace pilothouse::client {

class GrpcAccessClient final : public AccessClient
{
public:
    GrpcAccessClient(std::shared_ptr<Link> link, std::string clientName)
        : m_link(std::move(link)), m_clientName(std::move(clientName))
    {}

    CallPtr signIn(
        const std::string& name,
        const std::string& password,
        OnDone<access::SignedIn> onDone) override;
    CallPtr signOut(OnDone<Nothing> onDone) override;
    CallPtr whoAmI(OnDone<access::Identity> onDone) override;
    CallPtr changePassword(
        const std::string& current, const std::string& next, OnDone<Nothing> onDone) override;
    CallPtr listSessions(OnDone<std::vector<access::Session>> onDone) override;
    CallPtr revokeSession(const std::string& id, OnDone<Nothing> onDone) override;
    CallPtr createToken(const access::Token& token, OnDone<access::NewToken> onDone) override;
    CallPtr listTokens(OnDone<std::vector<access::Token>> onDone) override;
    CallPtr revokeToken(const std::string& id, OnDone<Nothing> onDone) override;

private:
    std::shared_ptr<Link> m_link;
    std::string m_clientName;
};

} // namespace pilothouse::client
