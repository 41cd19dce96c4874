// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/Call.h"
#include "shared/plans/Plan.h"
#include "shared/rollouts/Rollout.h"

#include <absl/time/time.h>

#include <optional>
#include <string>
#include <vector>

namespace pilothouse::client {

/// A rollout with its history.
struct RolloutReceipt
{
    rollouts::Rollout rollout;
    /// Oldest first.
    std::vector<rollouts::Event> events;
};

struct NewRollout
{
    std::string application;
    std::string revision;
    std::string description;
};

/// The open rollout of an application; `rolloutId` not empty: only when it is this one.
struct RolloutTarget
{
    std::string application;
    std::string rolloutId;
};

/// What an action answers: the plan, and after it was done the rollout.
struct RolloutOutcome
{
    plans::Plan plan;
    std::optional<rollouts::Rollout> rollout;
    /// Of a promotion.
    std::vector<rollouts::Gate> gates;
    /// Of a rollback: the database was away.
    bool isRecordedLocally = false;
};

/// pilothouse.v1.RolloutsService. Thread-safe.
class RolloutsClient
{
public:
    virtual ~RolloutsClient() = default;

    virtual CallPtr listApplications(OnDone<std::vector<rollouts::Application>> onDone) = 0;
    /// Everything at first, and again with every change; "" = all applications.
    virtual CallPtr watchApplications(
        const std::string& application,
        OnMessage<std::vector<rollouts::Application>> onMessage,
        OnEnd onEnd) = 0;
    virtual CallPtr getRollout(const std::string& id, OnDone<RolloutReceipt> onDone) = 0;
    /// Newest first, up to `limit`; "" = of all applications.
    virtual CallPtr listRollouts(
        const std::string& application,
        int limit,
        OnDone<std::vector<rollouts::Rollout>> onDone) = 0;

    virtual CallPtr startRollout(
        const NewRollout& rollout,
        const plans::Request& request,
        OnDone<RolloutOutcome> onDone) = 0;
    /// `overrideReason` not empty: also against the verdict and the change window.
    virtual CallPtr promoteRollout(
        const RolloutTarget& target,
        const std::string& overrideReason,
        const plans::Request& request,
        OnDone<RolloutOutcome> onDone) = 0;
    /// 0 to 99 % of the traffic for the candidate before its promotion; nothing: the next step.
    virtual CallPtr stepTraffic(
        const RolloutTarget& target,
        std::optional<int> percent,
        const plans::Request& request,
        OnDone<RolloutOutcome> onDone) = 0;
    virtual CallPtr pauseRollout(
        const RolloutTarget& target,
        const plans::Request& request,
        OnDone<RolloutOutcome> onDone) = 0;
    virtual CallPtr resumeRollout(
        const RolloutTarget& target,
        const plans::Request& request,
        OnDone<RolloutOutcome> onDone) = 0;
    virtual CallPtr keepWarm(
        const RolloutTarget& target,
        absl::Duration duration,
        const plans::Request& request,
        OnDone<RolloutOutcome> onDone) = 0;
    virtual CallPtr abortRollout(
        const RolloutTarget& target,
        const plans::Request& request,
        OnDone<RolloutOutcome> onDone) = 0;
    virtual CallPtr rollBack(
        const RolloutTarget& target,
        const plans::Request& request,
        OnDone<RolloutOutcome> onDone) = 0;
};

} // namespace pilothouse::client
