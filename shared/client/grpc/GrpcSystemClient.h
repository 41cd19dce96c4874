// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/SystemClient.h"
#include "shared/client/grpc/Link.h"

#include <memory>

namespace pilothouse::client {

class GrpcSystemClient final : public SystemClient
{
public:
    explicit GrpcSystemClient(std::shared_ptr<Link> link) : m_link(std::move(link)) {}

    CallPtr getServerInfo(OnDone<system::ServerInfo> onDone) override;
    CallPtr getHealth(OnDone<system::Health> onDone) override;
    CallPtr watchHealth(OnMessage<system::Health> onMessage, OnEnd onEnd) override;
    CallPtr listResources(OnDone<system::Resources> onDone) override;

private:
    std::shared_ptr<Link> m_link;
};

} // namespace pilothouse::client
