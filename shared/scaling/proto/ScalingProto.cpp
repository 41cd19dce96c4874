// SPDX-License-Identifier: Apache-2.0
#include "shared/scaling/proto/ScalingProto.h"

#include "shared/base/proto/TimeProto.h"

namespace pilothouse::scaling {

namespace {

using pilothouse::fromProto;
using pilothouse::setTime;
using pilothouse::toProto;

// On the wire 0 is "unspecified"; otherwise both sides are in the same order.

template <typename Wire, typename Value>
Wire toWire(Value value)
{
    return static_cast<Wire>(static_cast<int>(value) + 1);
}

template <typename Value>
Value fromWire(int value, Value last)
{
    return value >= 1 && value <= static_cast<int>(last) + 1 ? static_cast<Value>(value - 1)
                                                             : Value{};
}

v1::ScalingBehaviour toProto(const Behaviour& behaviour)
{
    v1::ScalingBehaviour message;
    *message.mutable_stabilisation() = toProto(behaviour.stabilisation);
    message.set_select(toWire<v1::ScalingSelect>(behaviour.select));
    for (const RatePolicy& rate : behaviour.rates) {
        v1::ScalingRate& one = *message.add_rates();
        one.set_value(rate.value);
        one.set_percent(rate.kind == RatePolicy::Kind::Percent);
        *one.mutable_period() = toProto(rate.period);
    }
    return message;
}

Behaviour fromProto(const v1::ScalingBehaviour& message)
{
    Behaviour behaviour;
    behaviour.stabilisation = fromProto(message.stabilisation());
    behaviour.select = fromWire(message.select(), Select::Disabled);
    for (const v1::ScalingRate& rate : message.rates()) {
        behaviour.rates.push_back(
            {rate.percent() ? RatePolicy::Kind::Percent : RatePolicy::Kind::Instances,
             rate.value(),
             fromProto(rate.period())});
    }
    return behaviour;
}

} // namespace

v1::ScalingPolicy toProto(const Policy& policy)
{
    v1::ScalingPolicy message;
    message.set_name(policy.name);
    message.set_title(policy.title);
    message.set_mode(toWire<v1::ScalingMode>(policy.mode));
    message.set_minimum(policy.least);
    message.set_maximum(policy.most);
    message.set_tolerance(policy.tolerance);
    *message.mutable_up() = toProto(policy.up);
    *message.mutable_down() = toProto(policy.down);
    for (const Metric& metric : policy.metrics) {
        v1::ScalingMetric& one = *message.add_metrics();
        one.set_name(metric.name);
        one.set_unit(metric.unit);
        one.set_expression(metric.expression);
        one.set_target(metric.target);
        one.set_measures(toWire<v1::ScalingMeasures>(metric.measures));
    }
    message.set_target(policy.target);
    return message;
}

Policy fromProto(const v1::ScalingPolicy& message)
{
    Policy policy;
    policy.name = message.name();
    policy.title = message.title();
    policy.mode = fromWire(message.mode(), Mode::Act);
    policy.least = message.minimum();
    policy.most = message.maximum();
    policy.tolerance = message.tolerance();
    policy.up = fromProto(message.up());
    policy.down = fromProto(message.down());
    for (const v1::ScalingMetric& metric : message.metrics()) {
        policy.metrics.push_back(
            {metric.name(),
             metric.unit(),
             metric.expression(),
             metric.target(),
             fromWire(metric.measures(), Measures::Total)});
    }
    policy.target = message.target();
    return policy;
}

v1::ScalingDecision toProto(const Decision& decision)
{
    v1::ScalingDecision message;
    setTime(message, &v1::ScalingDecision::mutable_decide_time, decision.time);
    message.set_valid(decision.isValid);
    message.set_current(decision.count.wanted);
    message.set_ready(decision.count.ready);
    for (const Proposal& proposal : decision.proposals) {
        v1::ScalingProposal& one = *message.add_proposals();
        one.set_metric(proposal.metric);
        one.set_known(proposal.isKnown);
        one.set_usage(proposal.usage);
        one.set_target(proposal.target);
        one.set_ratio(proposal.ratio);
        one.set_instances(proposal.instances);
        one.set_text(proposal.text);
    }
    message.set_asked(decision.asked);
    message.set_recommended(decision.recommended);
    message.set_text(decision.text);
    message.set_problem(decision.problem);
    return message;
}

Decision fromProto(const v1::ScalingDecision& message)
{
    Decision decision;
    if (message.has_decide_time()) {
        decision.time = fromProto(message.decide_time());
    }
    decision.isValid = message.valid();
    decision.count = {message.current(), message.ready()};
    for (const v1::ScalingProposal& proposal : message.proposals()) {
        decision.proposals.push_back(
            {proposal.metric(),
             proposal.known(),
             proposal.usage(),
             proposal.target(),
             proposal.ratio(),
             proposal.instances(),
             proposal.text()});
    }
    decision.asked = message.asked();
    decision.recommended = message.recommended();
    decision.text = message.text();
    decision.problem = message.problem();
    return decision;
}

v1::ScalingRecord toProto(const Record& record)
{
    v1::ScalingRecord message;
    message.set_id(record.id);
    message.set_policy(record.policy);
    *message.mutable_decision() = toProto(record.decision);
    message.set_act(toWire<v1::ScalingAct>(record.act));
    message.set_message(record.message);
    setTime(message, &v1::ScalingRecord::mutable_act_time, record.actTime);
    return message;
}

Record fromProto(const v1::ScalingRecord& message)
{
    Record record;
    record.id = message.id();
    record.policy = message.policy();
    record.decision = fromProto(message.decision());
    record.act = fromWire(message.act(), Act::Superseded);
    record.message = message.message();
    if (message.has_act_time()) {
        record.actTime = fromProto(message.act_time());
    }
    return record;
}

v1::ScalingPause toProto(const Pause& pause)
{
    v1::ScalingPause message;
    message.set_by(pause.by);
    message.set_reason(pause.reason);
    setTime(message, &v1::ScalingPause::mutable_pause_time, pause.time);
    return message;
}

Pause fromProto(const v1::ScalingPause& message)
{
    return {
        message.by(),
        message.reason(),
        message.has_pause_time() ? fromProto(message.pause_time()) : absl::InfinitePast()};
}

v1::ScalingPolicyState toProto(const PolicyState& state)
{
    v1::ScalingPolicyState message;
    *message.mutable_policy() = toProto(state.policy);
    if (state.last) {
        *message.mutable_last() = toProto(*state.last);
    }
    if (state.pause) {
        *message.mutable_pause() = toProto(*state.pause);
    }
    if (state.record) {
        *message.mutable_record() = toProto(*state.record);
    }
    message.set_problem(state.problem);
    return message;
}

PolicyState fromProto(const v1::ScalingPolicyState& message)
{
    PolicyState state;
    state.policy = fromProto(message.policy());
    if (message.has_last()) {
        state.last = fromProto(message.last());
    }
    if (message.has_pause()) {
        state.pause = fromProto(message.pause());
    }
    if (message.has_record()) {
        state.record = fromProto(message.record());
    }
    state.problem = message.problem();
    return state;
}

v1::ScalingOverrides toProto(const Overrides& overrides)
{
    v1::ScalingOverrides message;
    if (overrides.least) {
        message.set_minimum(*overrides.least);
    }
    if (overrides.most) {
        message.set_maximum(*overrides.most);
    }
    if (overrides.tolerance) {
        message.set_tolerance(*overrides.tolerance);
    }
    if (overrides.upStabilisation) {
        *message.mutable_up_stabilisation() = toProto(*overrides.upStabilisation);
    }
    if (overrides.downStabilisation) {
        *message.mutable_down_stabilisation() = toProto(*overrides.downStabilisation);
    }
    message.mutable_targets()->insert(overrides.targets.begin(), overrides.targets.end());
    return message;
}

Overrides fromProto(const v1::ScalingOverrides& message)
{
    Overrides overrides;
    if (message.has_minimum()) {
        overrides.least = message.minimum();
    }
    if (message.has_maximum()) {
        overrides.most = message.maximum();
    }
    if (message.has_tolerance()) {
        overrides.tolerance = message.tolerance();
    }
    if (message.has_up_stabilisation()) {
        overrides.upStabilisation = fromProto(message.up_stabilisation());
    }
    if (message.has_down_stabilisation()) {
        overrides.downStabilisation = fromProto(message.down_stabilisation());
    }
    overrides.targets.insert(message.targets().begin(), message.targets().end());
    return overrides;
}

void fill(v1::SimulatePolicyResponse& response, const Simulation& simulation)
{
    for (const Simulation::Point& point : simulation.points) {
        v1::SimulatedPoint& one = *response.add_points();
        *one.mutable_point_time() = toProto(point.time);
        if (point.actual >= 0) {
            one.set_actual(point.actual);
        }
        one.set_simulated(point.simulated);
    }
    for (const Decision& decision : simulation.changes) {
        *response.add_changes() = toProto(decision);
    }
    response.set_ups(simulation.ups);
    response.set_downs(simulation.downs);
    response.set_actual_instance_hours(simulation.actualInstanceHours);
    response.set_simulated_instance_hours(simulation.simulatedInstanceHours);
    response.set_unreadable(simulation.unreadable);
}

Simulation fromProto(const v1::SimulatePolicyResponse& response)
{
    Simulation simulation;
    for (const v1::SimulatedPoint& point : response.points()) {
        simulation.points.push_back(
            {fromProto(point.point_time()),
             point.has_actual() ? point.actual() : -1,
             point.simulated()});
    }
    for (const v1::ScalingDecision& decision : response.changes()) {
        simulation.changes.push_back(fromProto(decision));
    }
    simulation.ups = response.ups();
    simulation.downs = response.downs();
    simulation.actualInstanceHours = response.actual_instance_hours();
    simulation.simulatedInstanceHours = response.simulated_instance_hours();
    simulation.unreadable = response.unreadable();
    return simulation;
}

} // namespace pilothouse::scaling
