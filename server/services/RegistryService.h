// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/executor/Executor.h"
#include "server/platform/rpc/PageTokens.h"
#include "server/platform/rpc/Service.h"
#include "server/services/Registrations.h"
#include "server/services/Registry.h"
#include "server/services/RegistryFeed.h"

#include <pilothouse/v1/services.pb.h>

namespace pilothouse::services {

/// The registry over gRPC. Heartbeats, Resolve and everything that only reads are answered from
/// memory.
class RegistryService final : public rpc::Service
{
public:
    struct Parts
    {
        Registry& registry;
        Registrations& registrations;
        RegistryFeed& feed;
        const rpc::PageTokens& pages;
        platform::Executor& db;
        Strategy strategy;
    };

    /// All of it outlives the service.
    RegistryService(rpc::Guard& guard, const Parts& parts);

private:
    using Call = rpc::Call;

    absl::Status registerInstance(
        const Call&, const v1::RegisterInstanceRequest&, v1::RegisterInstanceResponse&);
    absl::Status heartbeat(const Call&, const v1::HeartbeatRequest&, v1::HeartbeatResponse&);
    absl::Status deregisterInstance(
        const Call&, const v1::DeregisterInstanceRequest&, v1::DeregisterInstanceResponse&);
    absl::Status removeInstance(
        const Call&, const v1::RemoveInstanceRequest&, v1::RemoveInstanceResponse&);
    absl::Status setInstanceDraining(
        const Call&, const v1::SetInstanceDrainingRequest&, v1::SetInstanceDrainingResponse&);
    absl::Status getInstance(const Call&, const v1::GetInstanceRequest&, v1::GetInstanceResponse&);
    absl::Status listInstances(
        const Call&, const v1::ListInstancesRequest&, v1::ListInstancesResponse&);
    absl::Status listServices(
        const Call&, const v1::ListServicesRequest&, v1::ListServicesResponse&);
    absl::StatusOr<std::unique_ptr<rpc::Source<v1::WatchInstancesResponse>>> watchInstances(
        const Call&, const v1::WatchInstancesRequest&, rpc::Waker);
    absl::Status resolve(const Call&, const v1::ResolveRequest&, v1::ResolveResponse&);
    absl::Status reportOutcomes(
        const Call&, const v1::ReportOutcomesRequest&, v1::ReportOutcomesResponse&);

    const Parts m_parts;
};

} // namespace pilothouse::services
