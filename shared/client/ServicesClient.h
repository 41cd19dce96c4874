// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/Call.h"
#include "shared/plans/Plan.h"
#include "shared/services/Balancing.h"
#include "shared/services/Instance.h"

#include <absl/time/time.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pilothouse::client {

struct RegisteredInstance
{
    services::Instance instance;
    /// A secret that heartbeats and deregistration show.
    std::string registration;
    /// How often to send a heartbeat; zero: none is needed.
    absl::Duration heartbeatInterval;
};

struct NewHeartbeat
{
    services::InstanceKey key;
    std::string registration;
    services::Load load;
    /// Not empty: the program cannot work, and why.
    std::string problem;
};

/// How a call to an instance ended.
struct InstanceOutcome
{
    std::string instanceId;
    absl::Duration latency;
    bool hasFailed = false;
};

struct ResolveQuery
{
    std::string service;
    /// None: as the server is configured.
    std::optional<services::Strategy> strategy;
    std::string colour;
    std::string version;
    std::string tenant;
    std::vector<std::string> excludedIds;
    /// How many different instances, the best first.
    int limit = 1;
    std::vector<InstanceOutcome> outcomes;
};

struct ResolvedInstance
{
    std::string id;
    std::string address;
    std::string version;
    std::string colour;
    std::map<std::string, std::string> metadata;
};

struct Resolution
{
    std::vector<ResolvedInstance> instances;
    services::Strategy strategy = services::Strategy::PowerOfTwo;
};

/// One message of watchInstances. A snapshot says to forget what came before; the rest of a large
/// one follows in messages that are none.
struct InstancesUpdate
{
    bool snapshot = false;
    std::vector<services::Instance> instances;
    std::vector<services::InstanceKey> removed;
    absl::Time serverTime = absl::InfinitePast();
};

/// pilothouse.v1.RegistryService. Thread-safe.
class ServicesClient
{
public:
    virtual ~ServicesClient() = default;
    virtual CallPtr registerInstance(
        const services::InstanceSpec& spec, OnDone<RegisteredInstance> onDone) = 0;
    /// Whether the instance is draining.
    virtual CallPtr heartbeat(const NewHeartbeat& heartbeat, OnDone<bool> onDone) = 0;
    virtual CallPtr deregisterInstance(
        const services::InstanceKey& key,
        const std::string& registration,
        OnDone<Nothing> onDone) = 0;
    virtual CallPtr removeInstance(
        const services::InstanceKey& key,
        const plans::Request& request,
        OnDone<plans::Plan> onDone) = 0;
    virtual CallPtr setInstanceDraining(
        const services::InstanceKey& key,
        bool isDraining,
        const plans::Request& request,
        OnDone<plans::Plan> onDone) = 0;
    virtual CallPtr getInstance(
        const services::InstanceKey& key, OnDone<services::Instance> onDone) = 0;
    /// Of one service, or of all when it is empty.
    virtual CallPtr listInstances(
        const std::string& service, OnDone<std::vector<services::Instance>> onDone) = 0;
    virtual CallPtr listServices(OnDone<std::vector<services::ServiceSummary>> onDone) = 0;
    virtual CallPtr resolve(const ResolveQuery& query, OnDone<Resolution> onDone) = 0;
    virtual CallPtr reportOutcomes(
        const std::string& service,
        const std::vector<InstanceOutcome>& outcomes,
        OnDone<Nothing> onDone) = 0;
    virtual CallPtr watchInstances(
        const std::string& service, OnMessage<InstancesUpdate> onUpdate, OnEnd onEnd) = 0;
};

} // namespace pilothouse::client
