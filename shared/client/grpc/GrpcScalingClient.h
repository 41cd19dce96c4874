// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/ScalingClient.h"
#include "shared/client/grpc/Link.h"

#include <memory>

namespace pilothouse::client {

class GrpcScalingClient final : public ScalingClient
{
public:
    explicit GrpcScalingClient(std::shared_ptr<Link> link) : m_link(std::move(link)) {}

    CallPtr listPolicies(OnDone<std::vector<scaling::PolicyState>> onDone) override;
    CallPtr watchPolicies(
        const std::string& policy,
        OnMessage<std::vector<scaling::PolicyState>> onMessage,
        OnEnd onEnd) override;
    CallPtr listDecisions(
        const std::string& policy, int limit, OnDone<std::vector<scaling::Record>> onDone) override;
    CallPtr simulatePolicy(
        const ScalingQuestion& question, OnDone<ScalingSimulation> onDone) override;
    CallPtr pausePolicy(
        const std::string& policy,
        const plans::Request& request,
        OnDone<plans::Plan> onDone) override;
    CallPtr resumePolicy(
        const std::string& policy,
        const plans::Request& request,
        OnDone<plans::Plan> onDone) override;

private:
    std::shared_ptr<Link> m_link;
};

} // namespace pilothouse::client
