// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/Call.h"
#include "shared/plans/Plan.h"
#include "shared/scaling/Simulation.h"
#include "shared/scaling/State.h"

#include <absl/time/time.h>

#include <optional>
#include <string>
#include <vector>

namespace pilothouse::client {

struct ScalingQuestion
{
    std::string policy;
    /// Default: the last hour.
    std::optional<absl::Time> start;
    std::optional<absl::Time> end;
    scaling::Overrides overrides;
};

struct ScalingSimulation
{
    /// What was simulated: the policy with the overrides.
    scaling::Policy policy;
    scaling::Simulation simulation;
    absl::Duration step;
};

/// pilothouse.v1.ScalingService. Thread-safe.
class ScalingClient
{
public:
    virtual ~ScalingClient() = default;

    virtual CallPtr listPolicies(OnDone<std::vector<scaling::PolicyState>> onDone) = 0;
    /// Everything at first, and again after every look; "" = all policies.
    virtual CallPtr watchPolicies(
        const std::string& policy,
        OnMessage<std::vector<scaling::PolicyState>> onMessage,
        OnEnd onEnd) = 0;
    /// Newest first, up to `limit`; "" = of all policies.
    virtual CallPtr listDecisions(
        const std::string& policy, int limit, OnDone<std::vector<scaling::Record>> onDone) = 0;
    virtual CallPtr simulatePolicy(
        const ScalingQuestion& question, OnDone<ScalingSimulation> onDone) = 0;

    virtual CallPtr pausePolicy(
        const std::string& policy, const plans::Request& request, OnDone<plans::Plan> onDone) = 0;
    virtual CallPtr resumePolicy(
        const std::string& policy, const plans::Request& request, OnDone<plans::Plan> onDone) = 0;
};

} // namespace pilothouse::client
