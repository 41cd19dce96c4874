// SPDX-License-Identifier: Apache-2.0
#include "shared/rollouts/proto/RolloutsProto.h"

#include "shared/base/proto/TimeProto.h"

namespace pilothouse::rollouts {

namespace {

using pilothouse::fromProto;
using pilothouse::setTime;

// On the wire 0 is "unspecified"; otherwise both sides are in the same order.

v1::RolloutColour toProto(std::optional<Colour> colour)
{
    return colour ? static_cast<v1::RolloutColour>(static_cast<int>(*colour) + 1)
                  : v1::ROLLOUT_COLOUR_UNSPECIFIED;
}

std::optional<Colour> fromProto(v1::RolloutColour colour)
{
    switch (colour) {
    case v1::ROLLOUT_COLOUR_BLUE:
        return Colour::Blue;
    case v1::ROLLOUT_COLOUR_GREEN:
        return Colour::Green;
    default:
        return std::nullopt;
    }
}

template <typename Value>
Value fromWire(int value, Value last)
{
    return value >= 1 && value <= static_cast<int>(last) + 1 ? static_cast<Value>(value - 1)
                                                             : Value{};
}

absl::Time timeOr(bool has, const google::protobuf::Timestamp& time, absl::Time otherwise)
{
    return has ? fromProto(time) : otherwise;
}

v1::RolloutSide toProto(const Side& side)
{
    v1::RolloutSide message;
    message.set_backend(side.backend);
    message.set_servers_up(side.serversUp);
    message.set_servers_total(side.serversTotal);
    message.set_in_flight(side.inFlight);
    message.set_responses(side.responses);
    message.set_server_errors(side.serverErrors);
    message.set_client_errors(side.clientErrors);
    message.set_times_down(side.timesDown);
    message.set_servers(side.servers);
    return message;
}

Side fromProto(const v1::RolloutSide& message)
{
    Side side;
    side.backend = message.backend();
    side.serversUp = message.servers_up();
    side.serversTotal = message.servers_total();
    side.inFlight = message.in_flight();
    side.responses = message.responses();
    side.serverErrors = message.server_errors();
    side.clientErrors = message.client_errors();
    side.timesDown = message.times_down();
    side.servers = message.servers();
    return side;
}

v1::RolloutObservation toProto(const Observation& observation)
{
    v1::RolloutObservation message;
    setTime(message, &v1::RolloutObservation::mutable_observe_time, observation.time);
    message.set_active(toProto(observation.active));
    message.set_active_after_restart(toProto(observation.activeAfterRestart));
    message.set_found(observation.found);
    message.set_fence(observation.fence);
    *message.mutable_blue() = toProto(observation.blue);
    *message.mutable_green() = toProto(observation.green);
    message.set_split_percent(observation.splitPercent);
    message.set_split_percent_after_restart(observation.splitPercentAfterRestart);
    message.set_counts_in_flight(observation.countsInFlight);
    message.set_counts_responses(observation.countsResponses);
    return message;
}

Observation fromProto(const v1::RolloutObservation& message)
{
    Observation observation;
    observation.time =
        timeOr(message.has_observe_time(), message.observe_time(), absl::InfinitePast());
    observation.active = fromProto(message.active());
    observation.activeAfterRestart = fromProto(message.active_after_restart());
    observation.found = message.found();
    observation.fence = message.fence();
    observation.blue = fromProto(message.blue());
    observation.green = fromProto(message.green());
    observation.splitPercent = message.split_percent();
    observation.splitPercentAfterRestart = message.split_percent_after_restart();
    observation.countsInFlight = message.counts_in_flight();
    observation.countsResponses = message.counts_responses();
    return observation;
}

} // namespace

v1::MetricEvidence toProto(const MetricEvidence& evidence)
{
    v1::MetricEvidence message;
    message.set_name(evidence.name);
    message.set_stable_requests(evidence.stable.requests);
    message.set_stable_events(evidence.stable.events);
    message.set_candidate_requests(evidence.candidate.requests);
    message.set_candidate_events(evidence.candidate.events);
    message.set_promote(evidence.promote);
    message.set_abort(evidence.abort);
    return message;
}

MetricEvidence fromProto(const v1::MetricEvidence& message)
{
    return {
        message.name(),
        {message.stable_requests(), message.stable_events()},
        {message.candidate_requests(), message.candidate_events()},
        message.promote(),
        message.abort()};
}

v1::Rollout toProto(const Rollout& rollout)
{
    v1::Rollout message;
    message.set_id(rollout.id);
    message.set_application(rollout.application);
    message.set_revision(rollout.revision);
    message.set_description(rollout.description);
    message.set_stable(toProto(std::optional(rollout.stable)));
    message.set_candidate(toProto(std::optional(rollout.candidate)));
    message.set_step(static_cast<v1::RolloutStep>(static_cast<int>(rollout.step) + 1));
    message.set_paused(rollout.isPaused);
    message.set_generation(rollout.generation);
    message.set_created_by(rollout.createdBy);
    setTime(message, &v1::Rollout::mutable_create_time, rollout.createTime);
    setTime(message, &v1::Rollout::mutable_step_time, rollout.stepTime);
    message.set_promoted_by(rollout.promotedBy);
    setTime(message, &v1::Rollout::mutable_promote_time, rollout.promoteTime);
    setTime(message, &v1::Rollout::mutable_switch_time, rollout.switchTime);
    setTime(message, &v1::Rollout::mutable_warm_until_time, rollout.warmUntil);
    setTime(message, &v1::Rollout::mutable_end_time, rollout.endTime);
    message.set_message(rollout.message);
    message.set_verdict(static_cast<v1::RolloutVerdict>(static_cast<int>(rollout.verdict) + 1));
    for (const MetricEvidence& evidence : rollout.evidence) {
        *message.add_evidence() = toProto(evidence);
    }
    message.set_override_reason(rollout.overrideReason);
    message.set_approved_servers(rollout.approvedServers);
    message.set_candidate_percent(rollout.candidatePercent);
    return message;
}

Rollout fromProto(const v1::Rollout& message)
{
    const absl::Time never = absl::InfinitePast();
    Rollout rollout;
    rollout.id = message.id();
    rollout.application = message.application();
    rollout.revision = message.revision();
    rollout.description = message.description();
    rollout.stable = fromProto(message.stable()).value_or(Colour::Blue);
    rollout.candidate = fromProto(message.candidate()).value_or(Colour::Green);
    rollout.step = fromWire(message.step(), Step::Aborted);
    rollout.isPaused = message.paused();
    rollout.generation = message.generation();
    rollout.createdBy = message.created_by();
    rollout.createTime = timeOr(message.has_create_time(), message.create_time(), never);
    rollout.stepTime = timeOr(message.has_step_time(), message.step_time(), never);
    rollout.promotedBy = message.promoted_by();
    rollout.promoteTime = timeOr(message.has_promote_time(), message.promote_time(), never);
    rollout.switchTime = timeOr(message.has_switch_time(), message.switch_time(), never);
    rollout.warmUntil =
        timeOr(message.has_warm_until_time(), message.warm_until_time(), absl::InfiniteFuture());
    rollout.endTime = timeOr(message.has_end_time(), message.end_time(), never);
    rollout.message = message.message();
    rollout.verdict = fromWire(message.verdict(), Verdict::Hold);
    for (const v1::MetricEvidence& evidence : message.evidence()) {
        rollout.evidence.push_back(fromProto(evidence));
    }
    rollout.overrideReason = message.override_reason();
    rollout.approvedServers = message.approved_servers();
    rollout.candidatePercent = message.candidate_percent();
    return rollout;
}

v1::RolloutEvent toProto(const Event& event)
{
    v1::RolloutEvent message;
    setTime(message, &v1::RolloutEvent::mutable_event_time, event.time);
    message.set_kind(event.kind);
    message.set_step(static_cast<v1::RolloutStep>(static_cast<int>(event.step) + 1));
    message.set_actor(event.actor);
    message.set_message(event.message);
    return message;
}

Event fromProto(const v1::RolloutEvent& message)
{
    return {
        timeOr(message.has_event_time(), message.event_time(), absl::InfinitePast()),
        message.kind(),
        fromWire(message.step(), Step::Aborted),
        message.actor(),
        message.message()};
}

v1::RolloutGate toProto(const Gate& gate)
{
    v1::RolloutGate message;
    message.set_name(gate.name);
    message.set_result(static_cast<v1::RolloutGate::Result>(static_cast<int>(gate.result) + 1));
    message.set_detail(gate.detail);
    return message;
}

Gate fromProto(const v1::RolloutGate& message)
{
    // A result that is not known has not passed.
    const GateResult result = message.result() == v1::RolloutGate::RESULT_UNSPECIFIED
                                  ? GateResult::Failed
                                  : fromWire(message.result(), GateResult::Overridden);
    return {message.name(), result, message.detail()};
}

v1::RolloutApplication toProto(const Application& application)
{
    v1::RolloutApplication message;
    message.set_name(application.name);
    message.set_driver(application.driver);
    message.set_active(toProto(application.active));
    if (application.observation) {
        *message.mutable_observation() = toProto(*application.observation);
    }
    message.set_problem(application.problem);
    if (application.rollout) {
        *message.mutable_rollout() = toProto(*application.rollout);
    }
    for (const Gate& gate : application.gates) {
        *message.add_gates() = toProto(gate);
    }
    message.set_drifts_repaired(application.driftsRepaired);
    message.set_hold_back_percent(application.holdBackPercent);
    message.set_automatic_rollback(application.rollsBackByItself);
    message.mutable_traffic_steps()->Assign(
        application.trafficSteps.begin(), application.trafficSteps.end());
    if (application.analysis) {
        message.mutable_analysis()->set_phase(static_cast<v1::RolloutAnalysis::Phase>(
            static_cast<int>(application.analysis->phase) + 1));
        message.mutable_analysis()->set_detail(application.analysis->detail);
    }
    return message;
}

Application fromProto(const v1::RolloutApplication& message)
{
    Application application;
    application.name = message.name();
    application.driver = message.driver();
    application.active = fromProto(message.active());
    if (message.has_observation()) {
        application.observation = fromProto(message.observation());
    }
    application.problem = message.problem();
    if (message.has_rollout()) {
        application.rollout = fromProto(message.rollout());
    }
    for (const v1::RolloutGate& gate : message.gates()) {
        application.gates.push_back(fromProto(gate));
    }
    application.driftsRepaired = message.drifts_repaired();
    application.holdBackPercent = message.hold_back_percent();
    application.rollsBackByItself = message.automatic_rollback();
    application.trafficSteps.assign(message.traffic_steps().begin(), message.traffic_steps().end());
    if (message.has_analysis()) {
        application.analysis = AnalysisState{
            fromWire(message.analysis().phase(), AnalysisPhase::Error),
            message.analysis().detail()};
    }
    return application;
}

} // namespace pilothouse::rollouts
