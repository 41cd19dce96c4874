// SPDX-License-Identifier: Apache-2.0
#include "server/services/RegistryCalls.h"

#include "shared/base/StatusHelpers.h"
#include "shared/base/proto/TimeProto.h"
#include "shared/services/SpecRules.h"
#include "shared/services/proto/ServicesProto.h"

#include <fmt/format.h>

namespace pilothouse::services {

namespace {

constexpr int kMostResolved = 16;
constexpr int kMostExcluded = 16;
constexpr int kMostOutcomes = 1000;
constexpr std::size_t kLongestProblem = 1000;

using Outcomes = google::protobuf::RepeatedPtrField<v1::CallOutcome>;

absl::Status report(Registry& registry, const std::string& service, const Outcomes& outcomes)
{
    if (outcomes.size() > kMostOutcomes) {
        return absl::InvalidArgumentError(
            fmt::format("outcomes: expected at most {}", kMostOutcomes));
    }
    std::vector<CallOutcome> calls;
    calls.reserve(static_cast<std::size_t>(outcomes.size()));
    for (const auto& outcome : outcomes) {
        calls.push_back(
            {outcome.instance_id(), pilothouse::fromProto(outcome.latency()), outcome.failed()});
    }
    if (!calls.empty()) {
        registry.report(service, calls);
    }
    return absl::OkStatus();
}

} // namespace

absl::Status answerRegister(
    Registrations& registrations,
    const RegistryFeed& feed,
    const v1::RegisterInstanceRequest& request,
    const audit::Actor& actor,
    absl::Time deadline,
    v1::RegisterInstanceResponse& response)
{
    PH_ASSIGN_OR_RETURN(
        const auto registered, registrations.add(fromProto(request.spec()), actor, deadline));
    response.set_registration(registered.registration);
    const absl::Duration interval = heartbeatInterval(registered.spec);
    if (interval > absl::ZeroDuration()) {
        *response.mutable_heartbeat_interval() = pilothouse::toProto(interval);
    }
    // Gone again already when an operator was faster.
    if (const auto shown = feed.find(registered.spec.key)) {
        *response.mutable_instance() = toProto(*shown);
    }
    return absl::OkStatus();
}

absl::Status answerHeartbeat(
    Registry& registry, const v1::HeartbeatRequest& request, v1::HeartbeatResponse& response)
{
    const InstanceKey key{request.service(), request.id()};
    const Load load = fromProto(request.load());
    PH_RETURN_IF_ERROR(checkKey(key));
    PH_RETURN_IF_ERROR(checkLoad(load));
    if (request.problem().size() > kLongestProblem) {
        return absl::InvalidArgumentError(
            fmt::format("problem: expected at most {} bytes", kLongestProblem));
    }
    PH_ASSIGN_OR_RETURN(
        const bool isDraining, registry.beat(key, request.registration(), load, request.problem()));
    response.set_draining(isDraining);
    return absl::OkStatus();
}

absl::Status answerResolve(
    Registry& registry,
    Strategy usual,
    const v1::ResolveRequest& request,
    v1::ResolveResponse& response)
{
    PH_RETURN_IF_ERROR(checkServiceName(request.service()));
    if (request.limit() < 0 || request.limit() > kMostResolved) {
        return absl::InvalidArgumentError(fmt::format("limit: expected 0 to {}", kMostResolved));
    }
    if (request.exclude_ids_size() > kMostExcluded) {
        return absl::InvalidArgumentError(
            fmt::format("exclude_ids: expected at most {}", kMostExcluded));
    }
    const auto strategy = fromProto(request.strategy());
    if (!strategy && request.strategy() != v1::BALANCING_STRATEGY_UNSPECIFIED) {
        return absl::InvalidArgumentError("strategy: this server does not know it");
    }
    PH_RETURN_IF_ERROR(report(registry, request.service(), request.outcomes()));
    ResolveWish wish;
    wish.service = request.service();
    wish.strategy = strategy.value_or(usual);
    wish.colour = request.colour();
    wish.version = request.version();
    wish.tenant = request.tenant();
    wish.excludedIds.assign(request.exclude_ids().begin(), request.exclude_ids().end());
    wish.limit = static_cast<std::size_t>(std::max(request.limit(), 1));
    PH_ASSIGN_OR_RETURN(const auto instances, registry.resolve(wish));
    for (const Resolved& instance : instances) {
        auto* answer = response.add_instances();
        answer->set_id(instance.id);
        answer->set_address(instance.address);
        answer->set_version(instance.version);
        answer->set_colour(instance.colour);
        answer->mutable_metadata()->insert(instance.metadata.begin(), instance.metadata.end());
    }
    response.set_strategy(toProto(wish.strategy));
    return absl::OkStatus();
}

absl::Status answerReport(Registry& registry, const v1::ReportOutcomesRequest& request)
{
    PH_RETURN_IF_ERROR(checkServiceName(request.service()));
    return report(registry, request.service(), request.outcomes());
}

} // namespace pilothouse::services
