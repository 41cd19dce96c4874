// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/AccessClient.h"
#include "tests/support/client/FakeMethod.h"

namespace pilothouse::test {

/// An AccessClient that a test answers through its public members.
class FakeAccessClient final : public client::AccessClient
{
public:
    struct SignInRequest
    {
        std::string name;
        std::string password;
    };
    struct PasswordRequest
    {
        std::string current;
        std::string next;
    };

    FakeMethod<SignInRequest, access::SignedIn> signIns;
    FakeMethod<client::Nothing, client::Nothing> signOuts;
    FakeMethod<client::Nothing, access::Identity> identity;
    FakeMethod<PasswordRequest, client::Nothing> passwordChanges;
    FakeMethod<client::Nothing, std::vector<access::Session>> sessions;
    FakeMethod<std::string, client::Nothing> revocations;
    FakeMethod<access::Token, access::NewToken> newTokens;
    FakeMethod<client::Nothing, std::vector<access::Token>> tokens;
    FakeMethod<std::string, client::Nothing> tokenRevocations;

    client::CallPtr signIn(
        const std::string& name,
        const std::string& password,
        client::OnDone<access::SignedIn> onDone) override
    {
        return signIns.start({name, password}, std::move(onDone));
    }
    client::CallPtr signOut(client::OnDone<client::Nothing> onDone) override
    {
        return signOuts.start({}, std::move(onDone));
    }
    client::CallPtr whoAmI(client::OnDone<access::Identity> onDone) override
    {
        return identity.start({}, std::move(onDone));
    }
    client::CallPtr changePassword(
        const std::string& current,
        const std::string& next,
        client::OnDone<client::Nothing> onDone) override
    {
        return passwordChanges.start({current, next}, std::move(onDone));
    }
    client::CallPtr listSessions(client::OnDone<std::vector<access::Session>> onDone) override
    {
        return sessions.start({}, std::move(onDone));
    }
    client::CallPtr revokeSession(
        const std::string& id, client::OnDone<client::Nothing> onDone) override
    {
        return revocations.start(id, std::move(onDone));
    }
    client::CallPtr createToken(
        const access::Token& token, client::OnDone<access::NewToken> onDone) override
    {
        return newTokens.start(token, std::move(onDone));
    }
    client::CallPtr listTokens(client::OnDone<std::vector<access::Token>> onDone) override
    {
        return tokens.start({}, std::move(onDone));
    }
    client::CallPtr revokeToken(
        const std::string& id, client::OnDone<client::Nothing> onDone) override
    {
        return tokenRevocations.start(id, std::move(onDone));
    }
};

} // namespace pilothouse::test
