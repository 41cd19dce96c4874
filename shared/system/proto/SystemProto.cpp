// SPDX-License-Identifier: Apache-2.0
#include "shared/system/proto/SystemProto.h"

#include "shared/base/proto/TimeProto.h"

namespace pilothouse::system {

using pilothouse::fromProto;
using pilothouse::toProto;

namespace {

v1::PoolStatus poolToProto(const PoolStatus& pool)
{
    v1::PoolStatus result;
    result.set_name(pool.name);
    result.set_minimum(pool.minimum);
    result.set_maximum(pool.maximum);
    result.set_idle(pool.idle);
    result.set_in_use(pool.inUse);
    result.set_waiting(pool.waiting);
    *result.mutable_acquire_p95() = toProto(pool.acquireP95);
    result.set_acquired_total(pool.acquired);
    result.set_timeouts_total(pool.timeouts);
    return result;
}

PoolStatus poolFromProto(const v1::PoolStatus& pool)
{
    return {
        .name = pool.name(),
        .minimum = pool.minimum(),
        .maximum = pool.maximum(),
        .idle = pool.idle(),
        .inUse = pool.in_use(),
        .waiting = pool.waiting(),
        .acquireP95 = fromProto(pool.acquire_p95()),
        .acquired = pool.acquired_total(),
        .timeouts = pool.timeouts_total(),
    };
}

v1::ExecutorStatus executorToProto(const ExecutorStatus& executor)
{
    v1::ExecutorStatus result;
    result.set_name(executor.name);
    result.set_threads(executor.threads);
    result.set_active(executor.active);
    result.set_queued(executor.queued);
    result.set_capacity(executor.capacity);
    result.set_completed_total(executor.completed);
    result.set_rejected_total(executor.rejected);
    return result;
}

ExecutorStatus executorFromProto(const v1::ExecutorStatus& executor)
{
    return {
        .name = executor.name(),
        .threads = executor.threads(),
        .active = executor.active(),
        .queued = executor.queued(),
        .capacity = executor.capacity(),
        .completed = executor.completed_total(),
        .rejected = executor.rejected_total(),
    };
}

v1::BreakerStatus breakerToProto(const BreakerStatus& breaker)
{
    v1::BreakerStatus result;
    result.set_name(breaker.name);
    switch (breaker.state) {
    case BreakerState::Closed:
        result.set_state(v1::BreakerStatus::STATE_CLOSED);
        break;
    case BreakerState::Open:
        result.set_state(v1::BreakerStatus::STATE_OPEN);
        break;
    case BreakerState::HalfOpen:
        result.set_state(v1::BreakerStatus::STATE_HALF_OPEN);
        break;
    }
    result.set_failure_ratio(breaker.failureRatio);
    result.set_calls_in_window(breaker.callsInWindow);
    setTime(result, &v1::BreakerStatus::mutable_opened_at, breaker.openedAt);
    return result;
}

BreakerStatus breakerFromProto(const v1::BreakerStatus& breaker)
{
    BreakerStatus result;
    result.name = breaker.name();
    if (breaker.state() == v1::BreakerStatus::STATE_OPEN) {
        result.state = BreakerState::Open;
    } else if (breaker.state() == v1::BreakerStatus::STATE_HALF_OPEN) {
        result.state = BreakerState::HalfOpen;
    }
    result.failureRatio = breaker.failure_ratio();
    result.callsInWindow = breaker.calls_in_window();
    if (breaker.has_opened_at()) {
        result.openedAt = fromProto(breaker.opened_at());
    }
    return result;
}

} // namespace

v1::HealthState toProto(HealthState state)
{
    switch (state) {
    case HealthState::Absent:
        return v1::HEALTH_STATE_ABSENT;
    case HealthState::Healthy:
        return v1::HEALTH_STATE_HEALTHY;
    case HealthState::Degraded:
        return v1::HEALTH_STATE_DEGRADED;
    case HealthState::Unhealthy:
        return v1::HEALTH_STATE_UNHEALTHY;
    }
    return v1::HEALTH_STATE_UNSPECIFIED;
}

HealthState fromProto(v1::HealthState state)
{
    switch (state) {
    case v1::HEALTH_STATE_ABSENT:
        return HealthState::Absent;
    case v1::HEALTH_STATE_HEALTHY:
        return HealthState::Healthy;
    case v1::HEALTH_STATE_DEGRADED:
        return HealthState::Degraded;
    default:
        return HealthState::Unhealthy;
    }
}

v1::Environment toProto(Environment environment)
{
    switch (environment) {
    case Environment::Local:
        return v1::ENVIRONMENT_LOCAL;
    case Environment::Development:
        return v1::ENVIRONMENT_DEVELOPMENT;
    case Environment::Test:
        return v1::ENVIRONMENT_TEST;
    case Environment::Staging:
        return v1::ENVIRONMENT_STAGING;
    case Environment::Production:
        return v1::ENVIRONMENT_PRODUCTION;
    }
    return v1::ENVIRONMENT_UNSPECIFIED;
}

Environment fromProto(v1::Environment environment)
{
    switch (environment) {
    case v1::ENVIRONMENT_LOCAL:
        return Environment::Local;
    case v1::ENVIRONMENT_DEVELOPMENT:
        return Environment::Development;
    case v1::ENVIRONMENT_TEST:
        return Environment::Test;
    case v1::ENVIRONMENT_STAGING:
        return Environment::Staging;
    default:
        return Environment::Production;
    }
}

v1::GetServerInfoResponse toProto(const ServerInfo& info)
{
    using Response = v1::GetServerInfoResponse;
    Response result;
    result.set_version(info.version);
    result.set_api_major(info.apiMajor);
    result.set_api_minor(info.apiMinor);
    result.set_minimum_console_version(info.minimumConsoleVersion);
    result.set_server_id(info.serverId);
    result.set_display_name(info.displayName);
    result.set_environment(toProto(info.environment));
    setTime(result, &Response::mutable_start_time, info.startTime);
    setTime(result, &Response::mutable_server_time, info.serverTime);
    result.set_needs_init(info.needsInit);
    return result;
}

ServerInfo fromProto(const v1::GetServerInfoResponse& info)
{
    ServerInfo result;
    result.version = info.version();
    result.apiMajor = info.api_major();
    result.apiMinor = info.api_minor();
    result.minimumConsoleVersion = info.minimum_console_version();
    result.serverId = info.server_id();
    result.displayName = info.display_name();
    result.environment = fromProto(info.environment());
    if (info.has_start_time()) {
        result.startTime = fromProto(info.start_time());
    }
    if (info.has_server_time()) {
        result.serverTime = fromProto(info.server_time());
    }
    result.needsInit = info.needs_init();
    return result;
}

v1::ComponentHealth toProto(const ComponentHealth& component)
{
    v1::ComponentHealth result;
    result.set_name(component.name);
    result.set_state(toProto(component.state));
    *result.mutable_response_time() = toProto(component.responseTime);
    setTime(result, &v1::ComponentHealth::mutable_last_check, component.lastCheck);
    result.set_message(component.message);
    setTime(result, &v1::ComponentHealth::mutable_since, component.since);
    return result;
}

ComponentHealth fromProto(const v1::ComponentHealth& component)
{
    ComponentHealth result;
    result.name = component.name();
    result.state = fromProto(component.state());
    result.responseTime = fromProto(component.response_time());
    if (component.has_last_check()) {
        result.lastCheck = fromProto(component.last_check());
    }
    result.message = component.message();
    if (component.has_since()) {
        result.since = fromProto(component.since());
    }
    return result;
}

v1::Health toProto(const Health& health)
{
    v1::Health result;
    result.set_overall(toProto(health.overall));
    for (const auto& component : health.components) {
        *result.add_components() = toProto(component);
    }
    setTime(result, &v1::Health::mutable_time, health.time);
    return result;
}

Health fromProto(const v1::Health& health)
{
    Health result;
    result.overall = fromProto(health.overall());
    result.components.reserve(static_cast<std::size_t>(health.components_size()));
    for (const auto& component : health.components()) {
        result.components.push_back(fromProto(component));
    }
    if (health.has_time()) {
        result.time = fromProto(health.time());
    }
    return result;
}

v1::ListResourcesResponse toProto(const Resources& resources)
{
    v1::ListResourcesResponse result;
    for (const auto& pool : resources.pools) {
        *result.add_pools() = poolToProto(pool);
    }
    for (const auto& executor : resources.executors) {
        *result.add_executors() = executorToProto(executor);
    }
    for (const auto& breaker : resources.breakers) {
        *result.add_breakers() = breakerToProto(breaker);
    }
    result.mutable_leader()->set_host(resources.leader.host);
    result.mutable_leader()->set_server_id(resources.leader.serverId);
    result.mutable_leader()->set_fence(resources.leader.fence);
    result.mutable_leader()->set_this_server(resources.leader.isThisServer);
    return result;
}

Resources fromProto(const v1::ListResourcesResponse& resources)
{
    Resources result;
    for (const auto& pool : resources.pools()) {
        result.pools.push_back(poolFromProto(pool));
    }
    for (const auto& executor : resources.executors()) {
        result.executors.push_back(executorFromProto(executor));
    }
    for (const auto& breaker : resources.breakers()) {
        result.breakers.push_back(breakerFromProto(breaker));
    }
    const v1::LeaderStatus& leader = resources.leader();
    result.leader = {leader.host(), leader.server_id(), leader.fence(), leader.this_server()};
    return result;
}

} // namespace pilothouse::system
