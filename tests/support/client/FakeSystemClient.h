// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/SystemClient.h"
#include "tests/support/client/FakeMethod.h"
#include "tests/support/client/FakeStream.h"

namespace pilothouse::test {

/// A SystemClient that a test answers through its public members.
class FakeSystemClient final : public client::SystemClient
{
public:
    FakeMethod<client::Nothing, system::ServerInfo> serverInfo;
    FakeMethod<client::Nothing, system::Health> health;
    FakeStream<client::Nothing, system::Health> healthStream;
    FakeMethod<client::Nothing, system::Resources> resources;

    client::CallPtr getServerInfo(client::OnDone<system::ServerInfo> onDone) override
    {
        return serverInfo.start({}, std::move(onDone));
    }
    client::CallPtr getHealth(client::OnDone<system::Health> onDone) override
    {
        return health.start({}, std::move(onDone));
    }
    client::CallPtr watchHealth(
        client::OnMessage<system::Health> onMessage, client::OnEnd onEnd) override
    {
        return healthStream.start({}, std::move(onMessage), std::move(onEnd));
    }
    client::CallPtr listResources(client::OnDone<system::Resources> onDone) override
    {
        return resources.start({}, std::move(onDone));
    }
};

} // namespace pilothouse::test
