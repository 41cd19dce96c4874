// SPDX-License-Identifier: Apache-2.0
#include "shared/client/grpc/GrpcScalingClient.h"

#include "shared/base/proto/TimeProto.h"
#include "shared/client/grpc/ClientCall.h"
#include "shared/client/grpc/PagedCall.h"
#include "shared/client/grpc/PlannedCall.h"
#include "shared/client/grpc/StreamCall.h"
#include "shared/scaling/proto/ScalingProto.h"

namespace pilothouse::client {

namespace {

using Async = v1::ScalingService::StubInterface::async_interface;

template <typename Response>
std::vector<scaling::PolicyState> statesIn(const Response& response)
{
    std::vector<scaling::PolicyState> states;
    for (const v1::ScalingPolicyState& state : response.policies()) {
        states.push_back(scaling::fromProto(state));
    }
    return states;
}

template <typename Message, typename Response>
CallPtr act(
    const std::shared_ptr<Link>& link,
    const std::string& policy,
    const plans::Request& request,
    UnaryMethod<Async, Message, Response> method,
    OnDone<plans::Plan> onDone)
{
    Message message;
    message.set_policy(policy);
    return callPlanned<Message, Response>(
        link,
        request,
        std::move(message),
        invoking(&Link::Stubs::scaling, method),
        std::move(onDone),
        planIn<Response>);
}

} // namespace

CallPtr GrpcScalingClient::listPolicies(OnDone<std::vector<scaling::PolicyState>> onDone)
{
    return callUnary<v1::ListPoliciesRequest, v1::ListPoliciesResponse>(
        m_link,
        read(*m_link),
        {},
        invoking(&Link::Stubs::scaling, &Async::ListPolicies),
        std::move(onDone),
        statesIn<v1::ListPoliciesResponse>);
}

CallPtr GrpcScalingClient::watchPolicies(
    const std::string& policy, OnMessage<std::vector<scaling::PolicyState>> onMessage, OnEnd onEnd)
{
    v1::WatchPoliciesRequest request;
    request.set_policy(policy);
    return StreamCall<v1::WatchPoliciesRequest, v1::WatchPoliciesResponse>::start(
        m_link,
        std::move(request),
        opening(&Link::Stubs::scaling, &Async::WatchPolicies),
        [receive =
             std::move(onMessage)](v1::WatchPoliciesResponse& response, v1::WatchPoliciesRequest&) {
            receive(statesIn(response));
        },
        std::move(onEnd));
}

CallPtr GrpcScalingClient::listDecisions(
    const std::string& policy, int limit, OnDone<std::vector<scaling::Record>> onDone)
{
    v1::ListDecisionsRequest request;
    request.set_policy(policy);
    return PagedCall<v1::ListDecisionsRequest, v1::ListDecisionsResponse, scaling::Record>::start(
        m_link,
        std::move(request),
        limit,
        invoking(&Link::Stubs::scaling, &Async::ListDecisions),
        [](const v1::ListDecisionsResponse& page, std::vector<scaling::Record>& list) {
            for (const v1::ScalingRecord& record : page.decisions()) {
                list.push_back(scaling::fromProto(record));
            }
        },
        std::move(onDone));
}

CallPtr GrpcScalingClient::simulatePolicy(
    const ScalingQuestion& question, OnDone<ScalingSimulation> onDone)
{
    v1::SimulatePolicyRequest request;
    request.set_policy(question.policy);
    if (question.start) {
        *request.mutable_start_time() = toProto(*question.start);
    }
    if (question.end) {
        *request.mutable_end_time() = toProto(*question.end);
    }
    *request.mutable_overrides() = scaling::toProto(question.overrides);
    return callUnary<v1::SimulatePolicyRequest, v1::SimulatePolicyResponse>(
        m_link,
        read(*m_link),
        std::move(request),
        invoking(&Link::Stubs::scaling, &Async::SimulatePolicy),
        std::move(onDone),
        [](const v1::SimulatePolicyResponse& response) {
            return ScalingSimulation{
                scaling::fromProto(response.policy()),
                scaling::fromProto(response),
                fromProto(response.step())};
        });
}

CallPtr GrpcScalingClient::pausePolicy(
    const std::string& policy, const plans::Request& request, OnDone<plans::Plan> onDone)
{
    return act<v1::PausePolicyRequest, v1::PausePolicyResponse>(
        m_link, policy, request, &Async::PausePolicy, std::move(onDone));
}

CallPtr GrpcScalingClient::resumePolicy(
    const std::string& policy, const plans::Request& request, OnDone<plans::Plan> onDone)
{
    return act<v1::ResumePolicyRequest, v1::ResumePolicyResponse>(
        m_link, policy, request, &Async::ResumePolicy, std::move(onDone));
}

} // namespace pilothouse::client
