// SPDX-License-Identifier: Apache-2.0
#include "shared/client/grpc/GrpcRolloutsClient.h"

#include "shared/base/proto/TimeProto.h"
#include "shared/client/grpc/ClientCall.h"
#include "shared/client/grpc/PagedCall.h"
#include "shared/client/grpc/PlannedCall.h"
#include "shared/client/grpc/StreamCall.h"
#include "shared/plans/proto/PlansProto.h"
#include "shared/rollouts/proto/RolloutsProto.h"

namespace pilothouse::client {

namespace {

using Async = v1::RolloutsService::StubInterface::async_interface;

template <typename Response>
RolloutOutcome outcomeIn(const Response& response)
{
    RolloutOutcome outcome;
    outcome.plan = plans::fromProto(response.plan());
    if (response.has_rollout()) {
        outcome.rollout = rollouts::fromProto(response.rollout());
    }
    if constexpr (requires { response.gates(); }) {
        for (const v1::RolloutGate& gate : response.gates()) {
            outcome.gates.push_back(rollouts::fromProto(gate));
        }
    }
    if constexpr (requires { response.recorded_locally(); }) {
        outcome.isRecordedLocally = response.recorded_locally();
    }
    return outcome;
}

template <typename Response, typename Message>
CallPtr act(
    const std::shared_ptr<Link>& link,
    Message message,
    const plans::Request& request,
    UnaryMethod<Async, Message, Response> method,
    OnDone<RolloutOutcome> onDone)
{
    return callPlanned<Message, Response>(
        link,
        request,
        std::move(message),
        invoking(&Link::Stubs::rollouts, method),
        std::move(onDone),
        outcomeIn<Response>);
}

template <typename Message>
Message about(const RolloutTarget& target)
{
    Message message;
    message.set_application(target.application);
    message.set_rollout_id(target.rolloutId);
    return message;
}

template <typename Response>
std::vector<rollouts::Application> applicationsIn(const Response& response)
{
    std::vector<rollouts::Application> applications;
    for (const v1::RolloutApplication& application : response.applications()) {
        applications.push_back(rollouts::fromProto(application));
    }
    return applications;
}

} // namespace

CallPtr GrpcRolloutsClient::listApplications(OnDone<std::vector<rollouts::Application>> onDone)
{
    return callUnary<v1::ListApplicationsRequest, v1::ListApplicationsResponse>(
        m_link,
        read(*m_link),
        {},
        invoking(&Link::Stubs::rollouts, &Async::ListApplications),
        std::move(onDone),
        applicationsIn<v1::ListApplicationsResponse>);
}

CallPtr GrpcRolloutsClient::watchApplications(
    const std::string& application,
    OnMessage<std::vector<rollouts::Application>> onMessage,
    OnEnd onEnd)
{
    v1::WatchApplicationsRequest request;
    request.set_application(application);
    return StreamCall<v1::WatchApplicationsRequest, v1::WatchApplicationsResponse>::start(
        m_link,
        std::move(request),
        opening(&Link::Stubs::rollouts, &Async::WatchApplications),
        [receive = std::move(onMessage)](
            v1::WatchApplicationsResponse& response, v1::WatchApplicationsRequest&) {
            receive(applicationsIn(response));
        },
        std::move(onEnd));
}

CallPtr GrpcRolloutsClient::getRollout(const std::string& id, OnDone<RolloutReceipt> onDone)
{
    v1::GetRolloutRequest request;
    request.set_id(id);
    return callUnary<v1::GetRolloutRequest, v1::GetRolloutResponse>(
        m_link,
        read(*m_link),
        std::move(request),
        invoking(&Link::Stubs::rollouts, &Async::GetRollout),
        std::move(onDone),
        [](const v1::GetRolloutResponse& response) {
            RolloutReceipt receipt;
            receipt.rollout = rollouts::fromProto(response.rollout());
            for (const v1::RolloutEvent& event : response.events()) {
                receipt.events.push_back(rollouts::fromProto(event));
            }
            return receipt;
        });
}

CallPtr GrpcRolloutsClient::listRollouts(
    const std::string& application, int limit, OnDone<std::vector<rollouts::Rollout>> onDone)
{
    v1::ListRolloutsRequest request;
    request.set_application(application);
    return PagedCall<v1::ListRolloutsRequest, v1::ListRolloutsResponse, rollouts::Rollout>::start(
        m_link,
        std::move(request),
        limit,
        invoking(&Link::Stubs::rollouts, &Async::ListRollouts),
        [](const v1::ListRolloutsResponse& page, std::vector<rollouts::Rollout>& list) {
            for (const v1::Rollout& rollout : page.rollouts()) {
                list.push_back(rollouts::fromProto(rollout));
            }
        },
        std::move(onDone));
}

CallPtr GrpcRolloutsClient::startRollout(
    const NewRollout& rollout, const plans::Request& request, OnDone<RolloutOutcome> onDone)
{
    v1::StartRolloutRequest message;
    message.set_application(rollout.application);
    message.set_revision(rollout.revision);
    message.set_description(rollout.description);
    return act<v1::StartRolloutResponse>(
        m_link, std::move(message), request, &Async::StartRollout, std::move(onDone));
}

CallPtr GrpcRolloutsClient::promoteRollout(
    const RolloutTarget& target,
    const std::string& overrideReason,
    const plans::Request& request,
    OnDone<RolloutOutcome> onDone)
{
    auto message = about<v1::PromoteRolloutRequest>(target);
    message.set_override_gates(!overrideReason.empty());
    message.set_override_reason(overrideReason);
    return act<v1::PromoteRolloutResponse>(
        m_link, std::move(message), request, &Async::PromoteRollout, std::move(onDone));
}

CallPtr GrpcRolloutsClient::stepTraffic(
    const RolloutTarget& target,
    std::optional<int> percent,
    const plans::Request& request,
    OnDone<RolloutOutcome> onDone)
{
    auto message = about<v1::StepTrafficRequest>(target);
    if (percent) {
        message.set_percent(*percent);
    }
    return act<v1::StepTrafficResponse>(
        m_link, std::move(message), request, &Async::StepTraffic, std::move(onDone));
}

CallPtr GrpcRolloutsClient::pauseRollout(
    const RolloutTarget& target, const plans::Request& request, OnDone<RolloutOutcome> onDone)
{
    return act<v1::PauseRolloutResponse>(
        m_link,
        about<v1::PauseRolloutRequest>(target),
        request,
        &Async::PauseRollout,
        std::move(onDone));
}

CallPtr GrpcRolloutsClient::resumeRollout(
    const RolloutTarget& target, const plans::Request& request, OnDone<RolloutOutcome> onDone)
{
    return act<v1::ResumeRolloutResponse>(
        m_link,
        about<v1::ResumeRolloutRequest>(target),
        request,
        &Async::ResumeRollout,
        std::move(onDone));
}

CallPtr GrpcRolloutsClient::keepWarm(
    const RolloutTarget& target,
    absl::Duration duration,
    const plans::Request& request,
    OnDone<RolloutOutcome> onDone)
{
    auto message = about<v1::KeepWarmRequest>(target);
    *message.mutable_duration() = toProto(duration);
    return act<v1::KeepWarmResponse>(
        m_link, std::move(message), request, &Async::KeepWarm, std::move(onDone));
}

CallPtr GrpcRolloutsClient::abortRollout(
    const RolloutTarget& target, const plans::Request& request, OnDone<RolloutOutcome> onDone)
{
    return act<v1::AbortRolloutResponse>(
        m_link,
        about<v1::AbortRolloutRequest>(target),
        request,
        &Async::AbortRollout,
        std::move(onDone));
}

CallPtr GrpcRolloutsClient::rollBack(
    const RolloutTarget& target, const plans::Request& request, OnDone<RolloutOutcome> onDone)
{
    return act<v1::RollBackResponse>(
        m_link, about<v1::RollBackRequest>(target), request, &Async::RollBack, std::move(onDone));
}

} // namespace pilothouse::client
