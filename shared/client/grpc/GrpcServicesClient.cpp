// SPDX-License-Identifier: Apache-2.0
#include "shared/client/grpc/GrpcServicesClient.h"

#include "shared/base/proto/TimeProto.h"
#include "shared/client/grpc/ClientCall.h"
#include "shared/client/grpc/PagedCall.h"
#include "shared/client/grpc/PlannedCall.h"
#include "shared/client/grpc/StreamCall.h"
#include "shared/services/proto/ServicesProto.h"

namespace pilothouse::client {

namespace {

using Async = v1::RegistryService::StubInterface::async_interface;

/// The registry is bounded; this only keeps a broken server from filling the memory.
constexpr int kMostInstances = 200000;

template <typename Message>
Message keyed(const services::InstanceKey& key)
{
    Message message;
    message.set_service(key.service);
    message.set_id(key.id);
    return message;
}

template <typename Response, typename Message>
CallPtr act(
    const std::shared_ptr<Link>& link,
    Message message,
    const plans::Request& request,
    UnaryMethod<Async, Message, Response> method,
    OnDone<plans::Plan> onDone)
{
    return callPlanned<Message, Response>(
        link,
        request,
        std::move(message),
        invoking(&Link::Stubs::services, method),
        std::move(onDone),
        planIn<Response>);
}

template <typename Message>
void addOutcomes(Message& message, const std::vector<InstanceOutcome>& outcomes)
{
    for (const InstanceOutcome& outcome : outcomes) {
        auto* added = message.add_outcomes();
        added->set_instance_id(outcome.instanceId);
        *added->mutable_latency() = toProto(outcome.latency);
        added->set_failed(outcome.hasFailed);
    }
}

v1::ResolveRequest requestOf(const ResolveQuery& query)
{
    v1::ResolveRequest request;
    request.set_service(query.service);
    if (query.strategy) {
        request.set_strategy(services::toProto(*query.strategy));
    }
    request.set_colour(query.colour);
    request.set_version(query.version);
    request.set_tenant(query.tenant);
    for (const std::string& id : query.excludedIds) {
        request.add_exclude_ids(id);
    }
    request.set_limit(query.limit);
    addOutcomes(request, query.outcomes);
    return request;
}

Resolution resolutionOf(const v1::ResolveResponse& response)
{
    Resolution resolution;
    for (const auto& instance : response.instances()) {
        resolution.instances.push_back(
            {instance.id(),
             instance.address(),
             instance.version(),
             instance.colour(),
             {instance.metadata().begin(), instance.metadata().end()}});
    }
    resolution.strategy =
        services::fromProto(response.strategy()).value_or(services::Strategy::PowerOfTwo);
    return resolution;
}

} // namespace

CallPtr GrpcServicesClient::registerInstance(
    const services::InstanceSpec& spec, OnDone<RegisteredInstance> onDone)
{
    v1::RegisterInstanceRequest request;
    *request.mutable_spec() = services::toProto(spec);
    // Repeated it registers again, with another secret: nothing is left of the first.
    return callUnary<v1::RegisterInstanceRequest, v1::RegisterInstanceResponse>(
        m_link,
        read(*m_link),
        std::move(request),
        invoking(&Link::Stubs::services, &Async::RegisterInstance),
        std::move(onDone),
        [](const v1::RegisterInstanceResponse& response) {
            return RegisteredInstance{
                services::fromProto(response.instance()),
                response.registration(),
                fromProto(response.heartbeat_interval())};
        });
}

CallPtr GrpcServicesClient::heartbeat(const NewHeartbeat& heartbeat, OnDone<bool> onDone)
{
    auto request = keyed<v1::HeartbeatRequest>(heartbeat.key);
    request.set_registration(heartbeat.registration);
    *request.mutable_load() = services::toProto(heartbeat.load);
    request.set_problem(heartbeat.problem);
    return callUnary<v1::HeartbeatRequest, v1::HeartbeatResponse>(
        m_link,
        read(*m_link),
        std::move(request),
        invoking(&Link::Stubs::services, &Async::Heartbeat),
        std::move(onDone),
        [](const v1::HeartbeatResponse& response) { return response.draining(); });
}

CallPtr GrpcServicesClient::deregisterInstance(
    const services::InstanceKey& key, const std::string& registration, OnDone<Nothing> onDone)
{
    auto request = keyed<v1::DeregisterInstanceRequest>(key);
    request.set_registration(registration);
    return callUnary<v1::DeregisterInstanceRequest, v1::DeregisterInstanceResponse>(
        m_link,
        change(*m_link),
        std::move(request),
        invoking(&Link::Stubs::services, &Async::DeregisterInstance),
        std::move(onDone),
        [](const v1::DeregisterInstanceResponse&) { return Nothing(); });
}

CallPtr GrpcServicesClient::removeInstance(
    const services::InstanceKey& key, const plans::Request& request, OnDone<plans::Plan> onDone)
{
    return act<v1::RemoveInstanceResponse>(
        m_link,
        keyed<v1::RemoveInstanceRequest>(key),
        request,
        &Async::RemoveInstance,
        std::move(onDone));
}

CallPtr GrpcServicesClient::setInstanceDraining(
    const services::InstanceKey& key,
    bool isDraining,
    const plans::Request& request,
    OnDone<plans::Plan> onDone)
{
    auto message = keyed<v1::SetInstanceDrainingRequest>(key);
    message.set_draining(isDraining);
    return act<v1::SetInstanceDrainingResponse>(
        m_link, std::move(message), request, &Async::SetInstanceDraining, std::move(onDone));
}

CallPtr GrpcServicesClient::getInstance(
    const services::InstanceKey& key, OnDone<services::Instance> onDone)
{
    return callUnary<v1::GetInstanceRequest, v1::GetInstanceResponse>(
        m_link,
        read(*m_link),
        keyed<v1::GetInstanceRequest>(key),
        invoking(&Link::Stubs::services, &Async::GetInstance),
        std::move(onDone),
        [](const v1::GetInstanceResponse& response) {
            return services::fromProto(response.instance());
        });
}

CallPtr GrpcServicesClient::listInstances(
    const std::string& service, OnDone<std::vector<services::Instance>> onDone)
{
    v1::ListInstancesRequest request;
    request.set_service(service);
    return PagedCall<v1::ListInstancesRequest, v1::ListInstancesResponse, services::Instance>::
        start(
            m_link,
            std::move(request),
            kMostInstances,
            invoking(&Link::Stubs::services, &Async::ListInstances),
            [](const v1::ListInstancesResponse& page, std::vector<services::Instance>& instances) {
                for (const auto& instance : page.instances()) {
                    instances.push_back(services::fromProto(instance));
                }
            },
            std::move(onDone));
}

CallPtr GrpcServicesClient::listServices(OnDone<std::vector<services::ServiceSummary>> onDone)
{
    return PagedCall<v1::ListServicesRequest, v1::ListServicesResponse, services::ServiceSummary>::
        start(
            m_link,
            v1::ListServicesRequest(),
            kMostInstances,
            invoking(&Link::Stubs::services, &Async::ListServices),
            [](const v1::ListServicesResponse& page,
               std::vector<services::ServiceSummary>& summaries) {
                for (const auto& service : page.services()) {
                    summaries.push_back(services::fromProto(service));
                }
            },
            std::move(onDone));
}

CallPtr GrpcServicesClient::resolve(const ResolveQuery& query, OnDone<Resolution> onDone)
{
    // Not repeated by itself: outcomes would count twice. Whoever asks asks again.
    return callUnary<v1::ResolveRequest, v1::ResolveResponse>(
        m_link,
        query.outcomes.empty() ? read(*m_link) : change(*m_link),
        requestOf(query),
        invoking(&Link::Stubs::services, &Async::Resolve),
        std::move(onDone),
        resolutionOf);
}

CallPtr GrpcServicesClient::reportOutcomes(
    const std::string& service,
    const std::vector<InstanceOutcome>& outcomes,
    OnDone<Nothing> onDone)
{
    v1::ReportOutcomesRequest request;
    request.set_service(service);
    addOutcomes(request, outcomes);
    return callUnary<v1::ReportOutcomesRequest, v1::ReportOutcomesResponse>(
        m_link,
        change(*m_link),
        std::move(request),
        invoking(&Link::Stubs::services, &Async::ReportOutcomes),
        std::move(onDone),
        [](const v1::ReportOutcomesResponse&) { return Nothing(); });
}

CallPtr GrpcServicesClient::watchInstances(
    const std::string& service, OnMessage<InstancesUpdate> onUpdate, OnEnd onEnd)
{
    v1::WatchInstancesRequest request;
    request.set_service(service);
    return StreamCall<v1::WatchInstancesRequest, v1::WatchInstancesResponse>::start(
        m_link,
        std::move(request),
        opening(&Link::Stubs::services, &Async::WatchInstances),
        [receive = std::move(onUpdate)](
            v1::WatchInstancesResponse& response, v1::WatchInstancesRequest& next) {
            next.set_resume_token(response.resume_token());
            InstancesUpdate update;
            update.snapshot = response.snapshot();
            for (const auto& instance : response.instances()) {
                update.instances.push_back(services::fromProto(instance));
            }
            for (const auto& key : response.removed()) {
                update.removed.push_back({key.service(), key.id()});
            }
            update.serverTime = fromProto(response.server_time());
            receive(std::move(update));
        },
        std::move(onEnd));
}

} // namespace pilothouse::client
