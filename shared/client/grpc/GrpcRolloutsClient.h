// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/RolloutsClient.h"
#include "shared/client/grpc/Link.h"

#include <memory>

namespace pilothouse::client {

class GrpcRolloutsClient final : public RolloutsClient
{
public:
    explicit GrpcRolloutsClient(std::shared_ptr<Link> link) : m_link(std::move(link)) {}

    CallPtr listApplications(OnDone<std::vector<rollouts::Application>> onDone) override;
    CallPtr watchApplications(
        const std::string& application,
        OnMessage<std::vector<rollouts::Application>> onMessage,
        OnEnd onEnd) override;
    CallPtr getRollout(const std::string& id, OnDone<RolloutReceipt> onDone) override;
    CallPtr listRollouts(
        const std::string& application,
        int limit,
        OnDone<std::vector<rollouts::Rollout>> onDone) override;

    CallPtr startRollout(
        const NewRollout& rollout,
        const plans::Request& request,
        OnDone<RolloutOutcome> onDone) override;
    CallPtr promoteRollout(
        const RolloutTarget& target,
        const std::string& overrideReason,
        const plans::Request& request,
        OnDone<RolloutOutcome> onDone) override;
    CallPtr stepTraffic(
        const RolloutTarget& target,
        std::optional<int> percent,
        const plans::Request& request,
        OnDone<RolloutOutcome> onDone) override;
    CallPtr pauseRollout(
        const RolloutTarget& target,
        const plans::Request& request,
        OnDone<RolloutOutcome> onDone) override;
    CallPtr resumeRollout(
        const RolloutTarget& target,
        const plans::Request& request,
        OnDone<RolloutOutcome> onDone) override;
    CallPtr keepWarm(
        const RolloutTarget& target,
        absl::Duration duration,
        const plans::Request& request,
        OnDone<RolloutOutcome> onDone) override;
    CallPtr abortRollout(
        const RolloutTarget& target,
        const plans::Request& request,
        OnDone<RolloutOutcome> onDone) override;
    CallPtr rollBack(
        const RolloutTarget& target,
        const plans::Request& request,
        OnDone<RolloutOutcome> onDone) override;

private:
    std::shared_ptr<Link> m_link;
};

} // namespace pilothouse::client
