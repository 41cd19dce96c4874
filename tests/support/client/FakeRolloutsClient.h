// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/RolloutsClient.h"
#include "tests/support/client/FakeMethod.h"
#include "tests/support/client/FakeStream.h"

namespace pilothouse::test {

/// A RolloutsClient that a test answers through its public members.
class FakeRolloutsClient final : public client::RolloutsClient
{
public:
    using Outcome = client::RolloutOutcome;
    using Target = client::RolloutTarget;
    struct ListRequest
    {
        std::string application;
        int limit = 0;
    };
    struct Start
    {
        client::NewRollout rollout;
        plans::Request request;
    };
    struct Action
    {
        Target target;
        plans::Request request;
        std::string overrideReason = {};
        absl::Duration duration = absl::ZeroDuration();
        std::optional<int> percent = {};
    };

    FakeMethod<client::Nothing, std::vector<rollouts::Application>> applications;
    FakeStream<std::string, std::vector<rollouts::Application>> applicationStream;
    FakeMethod<std::string, client::RolloutReceipt> receipts;
    FakeMethod<ListRequest, std::vector<rollouts::Rollout>> lists;
    FakeMethod<Start, Outcome> starts;
    FakeMethod<Action, Outcome> promotions;
    FakeMethod<Action, Outcome> trafficSteps;
    FakeMethod<Action, Outcome> pauses;
    FakeMethod<Action, Outcome> resumptions;
    FakeMethod<Action, Outcome> keptWarm;
    FakeMethod<Action, Outcome> abortions;
    FakeMethod<Action, Outcome> rollbacks;

    client::CallPtr listApplications(
        client::OnDone<std::vector<rollouts::Application>> onDone) override
    {
        return applications.start({}, std::move(onDone));
    }
    client::CallPtr watchApplications(
        const std::string& application,
        client::OnMessage<std::vector<rollouts::Application>> onMessage,
        client::OnEnd onEnd) override
    {
        return applicationStream.start(application, std::move(onMessage), std::move(onEnd));
    }
    client::CallPtr getRollout(
        const std::string& id, client::OnDone<client::RolloutReceipt> onDone) override
    {
        return receipts.start(id, std::move(onDone));
    }
    client::CallPtr listRollouts(
        const std::string& application,
        int limit,
        client::OnDone<std::vector<rollouts::Rollout>> onDone) override
    {
        return lists.start({application, limit}, std::move(onDone));
    }
    client::CallPtr startRollout(
        const client::NewRollout& rollout,
        const plans::Request& request,
        client::OnDone<Outcome> onDone) override
    {
        return starts.start({rollout, request}, std::move(onDone));
    }
    client::CallPtr promoteRollout(
        const Target& target,
        const std::string& overrideReason,
        const plans::Request& request,
        client::OnDone<Outcome> onDone) override
    {
        return promotions.start({target, request, overrideReason}, std::move(onDone));
    }
    client::CallPtr stepTraffic(
        const Target& target,
        std::optional<int> percent,
        const plans::Request& request,
        client::OnDone<Outcome> onDone) override
    {
        return trafficSteps.start({target, request, {}, {}, percent}, std::move(onDone));
    }
    client::CallPtr pauseRollout(
        const Target& target,
        const plans::Request& request,
        client::OnDone<Outcome> onDone) override
    {
        return pauses.start({target, request}, std::move(onDone));
    }
    client::CallPtr resumeRollout(
        const Target& target,
        const plans::Request& request,
        client::OnDone<Outcome> onDone) override
    {
        return resumptions.start({target, request}, std::move(onDone));
    }
    client::CallPtr keepWarm(
        const Target& target,
        absl::Duration duration,
        const plans::Request& request,
        client::OnDone<Outcome> onDone) override
    {
        return keptWarm.start({target, request, {}, duration}, std::move(onDone));
    }
    client::CallPtr abortRollout(
        const Target& target,
        const plans::Request& request,
        client::OnDone<Outcome> onDone) override
    {
        return abortions.start({target, request}, std::move(onDone));
    }
    client::CallPtr rollBack(
        const Target& target,
        const plans::Request& request,
        client::OnDone<Outcome> onDone) override
    {
        return rollbacks.start({target, request}, std::move(onDone));
    }
};

} // namespace pilothouse::test
