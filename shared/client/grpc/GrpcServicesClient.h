// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/ServicesClient.h"
#include "shared/client/grpc/Link.h"

#include <memory>

namespace pilothouse::client {

class GrpcServicesClient final : public ServicesClient
{
public:
    explicit GrpcServicesClient(std::shared_ptr<Link> link) : m_link(std::move(link)) {}

    CallPtr registerInstance(
        const services::InstanceSpec& spec, OnDone<RegisteredInstance> onDone) override;
    CallPtr heartbeat(const NewHeartbeat& heartbeat, OnDone<bool> onDone) override;
    CallPtr deregisterInstance(
        const services::InstanceKey& key,
        const std::string& registration,
        OnDone<Nothing> onDone) override;
    CallPtr removeInstance(
        const services::InstanceKey& key,
        const plans::Request& request,
        OnDone<plans::Plan> onDone) override;
    CallPtr setInstanceDraining(
        const services::InstanceKey& key,
        bool isDraining,
        const plans::Request& request,
        OnDone<plans::Plan> onDone) override;
    CallPtr getInstance(
        const services::InstanceKey& key, OnDone<services::Instance> onDone) override;
    CallPtr listInstances(
        const std::string& service, OnDone<std::vector<services::Instance>> onDone) override;
    CallPtr listServices(OnDone<std::vector<services::ServiceSummary>> onDone) override;
    CallPtr resolve(const ResolveQuery& query, OnDone<Resolution> onDone) override;
    CallPtr reportOutcomes(
        const std::string& service,
        const std::vector<InstanceOutcome>& outcomes,
        OnDone<Nothing> onDone) override;
    CallPtr watchInstances(
        const std::string& service, OnMessage<InstancesUpdate> onUpdate, OnEnd onEnd) override;

private:
    std::shared_ptr<Link> m_link;
};

} // namespace pilothouse::client
