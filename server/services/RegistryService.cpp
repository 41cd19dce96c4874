// SPDX-License-Identifier: Apache-2.0
#include "server/services/RegistryService.h"

#include "server/platform/rpc/TimePages.h"
#include "server/services/RegistryCalls.h"
#include "shared/base/StatusHelpers.h"
#include "shared/plans/proto/PlansProto.h"
#include "shared/services/SpecRules.h"
#include "shared/services/proto/ServicesProto.h"

#include <fmt/format.h>

namespace pilothouse::services {

namespace {

constexpr const char* kInstancePages = "services.instances";
constexpr const char* kServicePages = "services.services";

} // namespace

RegistryService::RegistryService(rpc::Guard& guard, const Parts& parts)
    : rpc::Service(guard, v1::RegisterInstanceRequest::descriptor()->file()->service(0)),
      m_parts(parts)
{
    unaryOn(parts.db, "RegisterInstance", &RegistryService::registerInstance);
    unary("Heartbeat", &RegistryService::heartbeat);
    unaryOn(parts.db, "DeregisterInstance", &RegistryService::deregisterInstance);
    unaryOn(parts.db, "RemoveInstance", &RegistryService::removeInstance);
    unaryOn(parts.db, "SetInstanceDraining", &RegistryService::setInstanceDraining);
    unary("GetInstance", &RegistryService::getInstance);
    unary("ListInstances", &RegistryService::listInstances);
    unary("ListServices", &RegistryService::listServices);
    watch("WatchInstances", &RegistryService::watchInstances);
    unary("Resolve", &RegistryService::resolve);
    unary("ReportOutcomes", &RegistryService::reportOutcomes);
}

absl::Status RegistryService::registerInstance(
    const Call& call,
    const v1::RegisterInstanceRequest& request,
    v1::RegisterInstanceResponse& response)
{
    return answerRegister(
        m_parts.registrations,
        m_parts.feed,
        request,
        audit::actorOf(call),
        call.deadline(),
        response);
}

absl::Status RegistryService::heartbeat(
    const Call&, const v1::HeartbeatRequest& request, v1::HeartbeatResponse& response)
{
    return answerHeartbeat(m_parts.registry, request, response);
}

absl::Status RegistryService::deregisterInstance(
    const Call& call, const v1::DeregisterInstanceRequest& request, v1::DeregisterInstanceResponse&)
{
    return m_parts.registrations.leave(
        {request.service(), request.id()},
        request.registration(),
        audit::actorOf(call),
        call.deadline());
}

absl::Status RegistryService::removeInstance(
    const Call& call,
    const v1::RemoveInstanceRequest& request,
    v1::RemoveInstanceResponse& response)
{
    PH_ASSIGN_OR_RETURN(
        const plans::Plan plan,
        m_parts.registrations.remove(
            plans::requesterOf(call),
            plans::requestOf(request),
            {request.service(), request.id()}));
    *response.mutable_plan() = plans::toProto(plan);
    return absl::OkStatus();
}

absl::Status RegistryService::setInstanceDraining(
    const Call& call,
    const v1::SetInstanceDrainingRequest& request,
    v1::SetInstanceDrainingResponse& response)
{
    PH_ASSIGN_OR_RETURN(
        const plans::Plan plan,
        m_parts.registrations.setDraining(
            plans::requesterOf(call),
            plans::requestOf(request),
            {request.service(), request.id()},
            request.draining()));
    *response.mutable_plan() = plans::toProto(plan);
    return absl::OkStatus();
}

absl::Status RegistryService::getInstance(
    const Call&, const v1::GetInstanceRequest& request, v1::GetInstanceResponse& response)
{
    const InstanceKey key{request.service(), request.id()};
    PH_RETURN_IF_ERROR(checkKey(key));
    const auto shown = m_parts.feed.find(key);
    if (shown == nullptr) {
        return absl::NotFoundError(fmt::format("there is no instance '{}'", key.text()));
    }
    *response.mutable_instance() = toProto(*shown);
    return absl::OkStatus();
}

absl::Status RegistryService::listInstances(
    const Call&, const v1::ListInstancesRequest& request, v1::ListInstancesResponse& response)
{
    if (!request.service().empty()) {
        PH_RETURN_IF_ERROR(checkServiceName(request.service()));
    }
    PH_ASSIGN_OR_RETURN(const int size, rpc::pageSize(request.page_size()));
    InstanceKey after;
    if (!request.page_token().empty()) {
        PH_ASSIGN_OR_RETURN(
            const auto place, m_parts.pages.open(kInstancePages, request.page_token()));
        if (place.size() != 2) {
            return rpc::PageTokens::invalid();
        }
        after = {place[0], place[1]};
    }
    // One more than asked for tells whether there is another page.
    auto shown = m_parts.feed.list(request.service(), after, static_cast<std::size_t>(size) + 1);
    const bool hasMore = shown.size() > static_cast<std::size_t>(size);
    shown.resize(std::min(shown.size(), static_cast<std::size_t>(size)));
    for (const auto& instance : shown) {
        *response.add_instances() = toProto(*instance);
    }
    if (hasMore) {
        const InstanceKey& last = shown.back()->spec.key;
        response.set_next_page_token(m_parts.pages.make(kInstancePages, {last.service, last.id}));
    }
    return absl::OkStatus();
}

absl::Status RegistryService::listServices(
    const Call&, const v1::ListServicesRequest& request, v1::ListServicesResponse& response)
{
    PH_ASSIGN_OR_RETURN(const int size, rpc::pageSize(request.page_size()));
    std::string after;
    if (!request.page_token().empty()) {
        PH_ASSIGN_OR_RETURN(
            const auto place, m_parts.pages.open(kServicePages, request.page_token()));
        if (place.size() != 1) {
            return rpc::PageTokens::invalid();
        }
        after = place[0];
    }
    auto services = m_parts.feed.services(after, static_cast<std::size_t>(size) + 1);
    const bool hasMore = services.size() > static_cast<std::size_t>(size);
    services.resize(std::min(services.size(), static_cast<std::size_t>(size)));
    for (const ServiceSummary& service : services) {
        *response.add_services() = toProto(service);
    }
    if (hasMore) {
        response.set_next_page_token(m_parts.pages.make(kServicePages, {services.back().name}));
    }
    return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<rpc::Source<v1::WatchInstancesResponse>>> RegistryService::
    watchInstances(const Call&, const v1::WatchInstancesRequest& request, rpc::Waker waker)
{
    if (!request.service().empty()) {
        PH_RETURN_IF_ERROR(checkServiceName(request.service()));
    }
    return m_parts.feed.watch(request, std::move(waker));
}

absl::Status RegistryService::resolve(
    const Call&, const v1::ResolveRequest& request, v1::ResolveResponse& response)
{
    return answerResolve(m_parts.registry, m_parts.strategy, request, response);
}

absl::Status RegistryService::reportOutcomes(
    const Call&, const v1::ReportOutcomesRequest& request, v1::ReportOutcomesResponse&)
{
    return answerReport(m_parts.registry, request);
}

} // namespace pilothouse::services
