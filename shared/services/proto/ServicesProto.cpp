// SPDX-License-Identifier: Apache-2.0
#include "shared/services/proto/ServicesProto.h"

#include "shared/base/proto/TimeProto.h"

namespace pilothouse::services {

using pilothouse::fromProto;
using pilothouse::toProto;

namespace {

v1::HealthCheck checkToProto(const Check& check)
{
    v1::HealthCheck result;
    // The contract's values are ours, one further on: 0 is UNSPECIFIED.
    result.set_kind(static_cast<v1::HealthCheck::Kind>(static_cast<int>(check.kind) + 1));
    result.set_target(check.target);
    result.set_tls(check.isTls);
    if (check.kind != CheckKind::None) {
        *result.mutable_interval() = toProto(check.interval);
        *result.mutable_timeout() = toProto(check.timeout);
    }
    result.set_unhealthy_after(check.unhealthyAfter);
    result.set_healthy_after(check.healthyAfter);
    return result;
}

Check checkFromProto(const v1::HealthCheck& check)
{
    Check result;
    const int kind = static_cast<int>(check.kind()) - 1;
    result.kind = kind < 0 || kind > static_cast<int>(CheckKind::Grpc)
                      ? CheckKind::None
                      : static_cast<CheckKind>(kind);
    result.target = check.target();
    result.isTls = check.tls();
    result.interval = fromProto(check.interval());
    result.timeout = fromProto(check.timeout());
    result.unhealthyAfter = check.unhealthy_after();
    result.healthyAfter = check.healthy_after();
    return result;
}

InstanceState stateFromProto(v1::InstanceState state)
{
    switch (state) {
    case v1::INSTANCE_STATE_HEALTHY:
        return InstanceState::Healthy;
    case v1::INSTANCE_STATE_UNHEALTHY:
        return InstanceState::Unhealthy;
    default:
        return InstanceState::Unknown;
    }
}

v1::CheckResult resultToProto(const CheckResult& check)
{
    v1::CheckResult result;
    setTime(result, &v1::CheckResult::mutable_check_time, check.time);
    result.set_passed(check.hasPassed);
    *result.mutable_took() = toProto(check.took);
    result.set_message(check.message);
    return result;
}

v1::InstanceTraffic trafficToProto(const TrafficView& traffic)
{
    v1::InstanceTraffic result;
    result.set_in_flight(traffic.inFlight);
    if (traffic.responseTime > absl::ZeroDuration()) {
        *result.mutable_response_time() = toProto(traffic.responseTime);
    }
    result.set_error_ratio(traffic.errorRatio);
    result.set_resolved_per_second(traffic.resolvedPerSecond);
    result.set_score(traffic.score);
    return result;
}

template <typename Message>
absl::Time timeOf(
    const Message& message,
    bool (Message::*has)() const,
    const google::protobuf::Timestamp& (Message::*get)() const)
{
    return (message.*has)() ? fromProto((message.*get)()) : absl::InfinitePast();
}

} // namespace

v1::InstanceSpec toProto(const InstanceSpec& spec)
{
    v1::InstanceSpec result;
    result.set_service(spec.key.service);
    result.set_id(spec.key.id);
    result.set_address(spec.address);
    result.set_version(spec.version);
    result.set_colour(spec.colour);
    result.mutable_metadata()->insert(spec.metadata.begin(), spec.metadata.end());
    for (const std::string& tenant : spec.tenants) {
        result.add_tenants(tenant);
    }
    result.set_weight(spec.weight);
    result.set_metrics_path(spec.metricsPath);
    if (spec.ttl > absl::ZeroDuration()) {
        *result.mutable_ttl() = toProto(spec.ttl);
    }
    *result.mutable_check() = checkToProto(spec.check);
    return result;
}

InstanceSpec fromProto(const v1::InstanceSpec& spec)
{
    InstanceSpec result;
    result.key = {spec.service(), spec.id()};
    result.address = spec.address();
    result.version = spec.version();
    result.colour = spec.colour();
    result.metadata = {spec.metadata().begin(), spec.metadata().end()};
    result.tenants.assign(spec.tenants().begin(), spec.tenants().end());
    result.weight = spec.weight();
    result.metricsPath = spec.metrics_path();
    result.ttl = fromProto(spec.ttl());
    result.check = checkFromProto(spec.check());
    return result;
}

v1::InstanceLoad toProto(const Load& load)
{
    v1::InstanceLoad result;
    if (load.connections) {
        result.set_connections(*load.connections);
    }
    if (load.queue) {
        result.set_queue(*load.queue);
    }
    if (load.cpu) {
        result.set_cpu(*load.cpu);
    }
    if (load.memoryBytes) {
        result.set_memory_bytes(*load.memoryBytes);
    }
    return result;
}

Load fromProto(const v1::InstanceLoad& load)
{
    const auto said = [](bool has, double value) {
        return has ? std::optional(value) : std::nullopt;
    };
    return {
        said(load.has_connections(), load.connections()),
        said(load.has_queue(), load.queue()),
        said(load.has_cpu(), load.cpu()),
        said(load.has_memory_bytes(), load.memory_bytes())};
}

v1::Instance toProto(const Instance& instance)
{
    v1::Instance result;
    *result.mutable_spec() = toProto(instance.spec);
    result.set_state(static_cast<v1::InstanceState>(static_cast<int>(instance.state) + 1));
    result.set_problem(instance.problem);
    setTime(result, &v1::Instance::mutable_state_time, instance.stateTime);
    result.set_draining(instance.isDraining);
    result.set_registered_by(instance.registeredBy);
    setTime(result, &v1::Instance::mutable_register_time, instance.registerTime);
    setTime(result, &v1::Instance::mutable_heartbeat_time, instance.heartbeatTime);
    *result.mutable_load() = toProto(instance.load);
    for (const CheckResult& check : instance.checks) {
        *result.add_checks() = resultToProto(check);
    }
    *result.mutable_traffic() = trafficToProto(instance.traffic);
    return result;
}

Instance fromProto(const v1::Instance& instance)
{
    using Wire = v1::Instance;
    Instance result;
    result.spec = fromProto(instance.spec());
    result.state = stateFromProto(instance.state());
    result.problem = instance.problem();
    result.stateTime = timeOf(instance, &Wire::has_state_time, &Wire::state_time);
    result.isDraining = instance.draining();
    result.registeredBy = instance.registered_by();
    result.registerTime = timeOf(instance, &Wire::has_register_time, &Wire::register_time);
    result.heartbeatTime = timeOf(instance, &Wire::has_heartbeat_time, &Wire::heartbeat_time);
    result.load = fromProto(instance.load());
    for (const auto& check : instance.checks()) {
        result.checks.push_back(
            {timeOf(check, &v1::CheckResult::has_check_time, &v1::CheckResult::check_time),
             check.passed(),
             fromProto(check.took()),
             check.message()});
    }
    const auto& traffic = instance.traffic();
    result.traffic = {
        traffic.in_flight(),
        fromProto(traffic.response_time()),
        traffic.error_ratio(),
        traffic.resolved_per_second(),
        traffic.score()};
    return result;
}

v1::ServiceSummary toProto(const ServiceSummary& summary)
{
    v1::ServiceSummary result;
    result.set_name(summary.name);
    result.set_instances(summary.instances);
    result.set_healthy(summary.healthy);
    result.set_unhealthy(summary.unhealthy);
    result.set_draining(summary.draining);
    for (const std::string& version : summary.versions) {
        result.add_versions(version);
    }
    for (const std::string& colour : summary.colours) {
        result.add_colours(colour);
    }
    return result;
}

ServiceSummary fromProto(const v1::ServiceSummary& summary)
{
    ServiceSummary result;
    result.name = summary.name();
    result.instances = summary.instances();
    result.healthy = summary.healthy();
    result.unhealthy = summary.unhealthy();
    result.draining = summary.draining();
    result.versions.assign(summary.versions().begin(), summary.versions().end());
    result.colours.assign(summary.colours().begin(), summary.colours().end());
    return result;
}

v1::BalancingStrategy toProto(Strategy strategy)
{
    return static_cast<v1::BalancingStrategy>(static_cast<int>(strategy) + 1);
}

std::optional<Strategy> fromProto(v1::BalancingStrategy strategy)
{
    const int index = static_cast<int>(strategy) - 1;
    return index < 0 || index >= static_cast<int>(kStrategies.size())
               ? std::nullopt
               : std::optional(static_cast<Strategy>(index));
}

} // namespace pilothouse::services
