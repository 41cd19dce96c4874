// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/ScalingClient.h"
#include "tests/support/client/FakeMethod.h"
#include "tests/support/client/FakeStream.h"

namespace pilothouse::test {

/// A ScalingClient that a test answers through its public members.
class FakeScalingClient final : public client::ScalingClient
{
public:
    struct Action
    {
        std::string policy;
        plans::Request request;
    };

    FakeMethod<client::Nothing, std::vector<scaling::PolicyState>> policyLists;
    FakeStream<std::string, std::vector<scaling::PolicyState>> watches;
    FakeMethod<std::string, std::vector<scaling::Record>> decisions;
    FakeMethod<client::ScalingQuestion, client::ScalingSimulation> simulations;
    FakeMethod<Action, plans::Plan> pauses;
    FakeMethod<Action, plans::Plan> resumptions;

    client::CallPtr listPolicies(client::OnDone<std::vector<scaling::PolicyState>> onDone) override
    {
        return policyLists.start({}, std::move(onDone));
    }
    client::CallPtr watchPolicies(
        const std::string& policy,
        client::OnMessage<std::vector<scaling::PolicyState>> onMessage,
        client::OnEnd onEnd) override
    {
        return watches.start(policy, std::move(onMessage), std::move(onEnd));
    }
    client::CallPtr listDecisions(
        const std::string& policy,
        int /*limit*/,
        client::OnDone<std::vector<scaling::Record>> onDone) override
    {
        return decisions.start(policy, std::move(onDone));
    }
    client::CallPtr simulatePolicy(
        const client::ScalingQuestion& question,
        client::OnDone<client::ScalingSimulation> onDone) override
    {
        return simulations.start(question, std::move(onDone));
    }
    client::CallPtr pausePolicy(
        const std::string& policy,
        const plans::Request& request,
        client::OnDone<plans::Plan> onDone) override
    {
        return pauses.start({policy, request}, std::move(onDone));
    }
    client::CallPtr resumePolicy(
        const std::string& policy,
        const plans::Request& request,
        client::OnDone<plans::Plan> onDone) override
    {
        return resumptions.start({policy, request}, std::move(onDone));
    }
};

} // namespace pilothouse::test
