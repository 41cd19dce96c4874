// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/Call.h"
#include "shared/system/Health.h"

namespace pilothouse::client {

/// pilothouse.v1.SystemService. Thread-safe.
class SystemClient
{
public:
    virtual ~SystemClient() = default;
    virtual CallPtr getServerInfo(OnDone<system::ServerInfo> onDone) = 0;
    virtual CallPtr getHealth(OnDone<system::Health> onDone) = 0;
    virtual CallPtr watchHealth(OnMessage<system::Health> onMessage, OnEnd onEnd) = 0;
    virtual CallPtr listResources(OnDone<system::Resources> onDone) = 0;
};

} // namespace pilothouse::client
