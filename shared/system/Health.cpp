// SPDX-License-Identifier: Apache-2.0
#include "shared/system/Health.h"

#include <algorithm>

namespace pilothouse::system {

std::string_view healthStateName(HealthState state)
{
    switch (state) {
    case HealthState::Absent:
        return "absent";
    case HealthState::Healthy:
        return "healthy";
    case HealthState::Degraded:
        return "degraded";
    case HealthState::Unhealthy:
        return "unhealthy";
    }
    return "unknown";
}

HealthState worstOf(const std::vector<ComponentHealth>& components)
{
    HealthState worst = HealthState::Healthy;
    for (const auto& component : components) {
        worst = std::max(worst, component.state);
    }
    return worst;
}

std::string_view environmentName(Environment environment)
{
    switch (environment) {
    case Environment::Local:
        return "local";
    case Environment::Development:
        return "development";
    case Environment::Test:
        return "test";
    case Environment::Staging:
        return "staging";
    case Environment::Production:
        return "production";
    }
    return "local";
}

} // namespace pilothouse::system
