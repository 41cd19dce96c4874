// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/rpc/Service.h"
#include "server/platform/rpc/Watchers.h"
#include "server/system/HealthRegistry.h"
#include "shared/base/Clock.h"
#include "shared/system/Health.h"

#include <pilothouse/v1/system.pb.h>

#include <functional>
#include <memory>

namespace pilothouse::system {

/// Who the server is and how its parts are.
class SystemService final : public rpc::Service
{
public:
    struct Ports
    {
        /// Everything but serverTime.
        std::function<ServerInfo()> info;
        std::function<Resources()> resources;
    };

    SystemService(rpc::Guard& guard, HealthRegistry& health, const Clock& clock, Ports ports);

    /// To be called each second: whoever watches gets a message even when nothing has changed.
    void tick();

private:
    absl::Status getServerInfo(
        const rpc::Call& call,
        const v1::GetServerInfoRequest& request,
        v1::GetServerInfoResponse& response);
    absl::Status getHealth(
        const rpc::Call& call,
        const v1::GetHealthRequest& request,
        v1::GetHealthResponse& response);
    absl::Status listResources(
        const rpc::Call& call,
        const v1::ListResourcesRequest& request,
        v1::ListResourcesResponse& response);
    absl::StatusOr<std::unique_ptr<rpc::Source<v1::WatchHealthResponse>>> watchHealth(
        const rpc::Call& call, const v1::WatchHealthRequest& request, rpc::Waker waker);

    void wakeWatchers();

    HealthRegistry& m_health;
    const Clock& m_clock;
    const Ports m_ports;
    rpc::Watchers m_watchers;
    /// Counts what there is to tell; a watcher that has told the newest waits.
    std::shared_ptr<std::atomic<std::uint64_t>> m_news;
    std::shared_ptr<void> m_listening;
};

} // namespace pilothouse::system
