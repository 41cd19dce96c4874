// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/ServicesClient.h"
#include "tests/support/client/FakeMethod.h"
#include "tests/support/client/FakeStream.h"

namespace pilothouse::test {

/// A ServicesClient that a test answers through its public members.
class FakeServicesClient final : public client::ServicesClient
{
public:
    struct Removal
    {
        services::InstanceKey key;
        plans::Request request;
    };
    struct Draining
    {
        services::InstanceKey key;
        bool isDraining = false;
        plans::Request request;
    };

    FakeMethod<services::InstanceSpec, client::RegisteredInstance> registrations;
    FakeMethod<client::NewHeartbeat, bool> heartbeats;
    FakeMethod<services::InstanceKey, client::Nothing> deregistrations;
    FakeMethod<Removal, plans::Plan> removals;
    FakeMethod<Draining, plans::Plan> drainings;
    FakeMethod<services::InstanceKey, services::Instance> instances;
    FakeMethod<std::string, std::vector<services::Instance>> instanceLists;
    FakeMethod<client::Nothing, std::vector<services::ServiceSummary>> serviceLists;
    FakeMethod<client::ResolveQuery, client::Resolution> resolutions;
    FakeMethod<std::string, client::Nothing> reports;
    FakeStream<std::string, client::InstancesUpdate> watches;

    client::CallPtr registerInstance(
        const services::InstanceSpec& spec,
        client::OnDone<client::RegisteredInstance> onDone) override
    {
        return registrations.start(spec, std::move(onDone));
    }
    client::CallPtr heartbeat(
        const client::NewHeartbeat& heartbeat, client::OnDone<bool> onDone) override
    {
        return heartbeats.start(heartbeat, std::move(onDone));
    }
    client::CallPtr deregisterInstance(
        const services::InstanceKey& key,
        const std::string& /*registration*/,
        client::OnDone<client::Nothing> onDone) override
    {
        return deregistrations.start(key, std::move(onDone));
    }
    client::CallPtr removeInstance(
        const services::InstanceKey& key,
        const plans::Request& request,
        client::OnDone<plans::Plan> onDone) override
    {
        return removals.start({key, request}, std::move(onDone));
    }
    client::CallPtr setInstanceDraining(
        const services::InstanceKey& key,
        bool isDraining,
        const plans::Request& request,
        client::OnDone<plans::Plan> onDone) override
    {
        return drainings.start({key, isDraining, request}, std::move(onDone));
    }
    client::CallPtr getInstance(
        const services::InstanceKey& key, client::OnDone<services::Instance> onDone) override
    {
        return instances.start(key, std::move(onDone));
    }
    client::CallPtr listInstances(
        const std::string& service, client::OnDone<std::vector<services::Instance>> onDone) override
    {
        return instanceLists.start(service, std::move(onDone));
    }
    client::CallPtr listServices(
        client::OnDone<std::vector<services::ServiceSummary>> onDone) override
    {
        return serviceLists.start({}, std::move(onDone));
    }
    client::CallPtr resolve(
        const client::ResolveQuery& query, client::OnDone<client::Resolution> onDone) override
    {
        return resolutions.start(query, std::move(onDone));
    }
    client::CallPtr reportOutcomes(
        const std::string& service,
        const std::vector<client::InstanceOutcome>& /*outcomes*/,
        client::OnDone<client::Nothing> onDone) override
    {
        return reports.start(service, std::move(onDone));
    }
    client::CallPtr watchInstances(
        const std::string& service,
        client::OnMessage<client::InstancesUpdate> onUpdate,
        client::OnEnd onEnd) override
    {
        return watches.start(service, std::move(onUpdate), std::move(onEnd));
    }
};

} // namespace pilothouse::test
