// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Config.h"
#include "shared/scaling/Policy.h"

#include <string>
#include <vector>

namespace pilothouse::scaling {

/// The policies that are configured; the configuration was checked.
std::vector<Policy> makePolicies(const config::Scaling& scaling);

/// PromQL for how many of a policy's instances were ready, also in the past.
std::string readyExpression(const config::ScalingPolicy& policy);

/// The server's own gauges of what it counted and recommended, with the label "policy".
inline constexpr const char* kReadyGauge = "pilothouse_scaling_ready_instances";
inline constexpr const char* kCurrentGauge = "pilothouse_scaling_current_instances";
inline constexpr const char* kRecommendedGauge = "pilothouse_scaling_recommended_instances";

} // namespace pilothouse::scaling
