// SPDX-License-Identifier: Apache-2.0
#include "shared/plans/proto/PlansProto.h"

#include "shared/base/proto/TimeProto.h"
#include "shared/system/proto/SystemProto.h"

namespace pilothouse::plans {

namespace {

using pilothouse::fromProto;

v1::Friction toProto(Friction friction)
{
    switch (friction) {
    case Friction::F0:
        return v1::FRICTION_F0;
    case Friction::F1:
        return v1::FRICTION_F1;
    case Friction::F2:
        return v1::FRICTION_F2;
    case Friction::F3:
        return v1::FRICTION_F3;
    case Friction::F4:
        break;
    }
    return v1::FRICTION_F4;
}

Friction fromProto(v1::Friction friction)
{
    switch (friction) {
    case v1::FRICTION_F0:
        return Friction::F0;
    case v1::FRICTION_F1:
        return Friction::F1;
    case v1::FRICTION_F2:
        return Friction::F2;
    case v1::FRICTION_F3:
        return Friction::F3;
    default:
        return Friction::F4;
    }
}

v1::Reversibility toProto(Reversibility reversibility)
{
    switch (reversibility) {
    case Reversibility::Instant:
        return v1::REVERSIBILITY_INSTANT;
    case Reversibility::Easy:
        return v1::REVERSIBILITY_EASY;
    case Reversibility::Hard:
        return v1::REVERSIBILITY_HARD;
    case Reversibility::Never:
        break;
    }
    return v1::REVERSIBILITY_NEVER;
}

Reversibility fromProto(v1::Reversibility reversibility)
{
    switch (reversibility) {
    case v1::REVERSIBILITY_INSTANT:
        return Reversibility::Instant;
    case v1::REVERSIBILITY_EASY:
        return Reversibility::Easy;
    case v1::REVERSIBILITY_HARD:
        return Reversibility::Hard;
    default:
        return Reversibility::Never;
    }
}

v1::Reach toProto(Reach reach)
{
    switch (reach) {
    case Reach::Narrow:
        return v1::REACH_NARROW;
    case Reach::Wide:
        return v1::REACH_WIDE;
    case Reach::Whole:
        break;
    }
    return v1::REACH_WHOLE;
}

Reach fromProto(v1::Reach reach)
{
    switch (reach) {
    case v1::REACH_NARROW:
        return Reach::Narrow;
    case v1::REACH_WIDE:
        return Reach::Wide;
    default:
        return Reach::Whole;
    }
}

v1::Impact toProto(const Impact& impact)
{
    v1::Impact result;
    result.set_summary(impact.summary);
    for (const ImpactNumber& number : impact.numbers) {
        auto& added = *result.add_numbers();
        added.set_name(number.name);
        added.set_value(number.value);
        added.set_unit(number.unit);
    }
    result.set_reversibility(toProto(impact.reversibility));
    result.set_reach(toProto(impact.reach));
    result.set_undo(impact.undo);
    setTime(result, &v1::Impact::mutable_reversible_until_time, impact.reversibleUntil);
    return result;
}

Impact fromProto(const v1::Impact& impact)
{
    Impact result;
    result.summary = impact.summary();
    for (const auto& number : impact.numbers()) {
        result.numbers.push_back({number.name(), number.value(), number.unit()});
    }
    result.reversibility = fromProto(impact.reversibility());
    result.reach = fromProto(impact.reach());
    result.undo = impact.undo();
    if (impact.has_reversible_until_time()) {
        result.reversibleUntil = fromProto(impact.reversible_until_time());
    }
    return result;
}

} // namespace

v1::Plan toProto(const Plan& plan)
{
    v1::Plan result;
    result.set_action(plan.action);
    result.set_target(plan.target);
    result.set_title(plan.title);
    result.set_environment(system::toProto(plan.environment));
    result.set_environment_name(plan.environmentName);
    *result.mutable_impact() = toProto(plan.impact);
    for (const Fact& fact : plan.facts) {
        auto& added = *result.add_facts();
        added.set_name(fact.name);
        added.set_value(fact.value);
    }
    result.set_friction(toProto(plan.friction));
    result.set_digest(plan.digest);
    result.set_needs_lease(plan.needsLease);
    result.set_permission(plan.permission);
    setTime(result, &v1::Plan::mutable_create_time, plan.createTime);
    setTime(result, &v1::Plan::mutable_expire_time, plan.expireTime);
    return result;
}

Plan fromProto(const v1::Plan& plan)
{
    Plan result;
    result.action = plan.action();
    result.target = plan.target();
    result.title = plan.title();
    result.environment = system::fromProto(plan.environment());
    result.environmentName = plan.environment_name();
    result.impact = fromProto(plan.impact());
    for (const auto& fact : plan.facts()) {
        result.facts.push_back({fact.name(), fact.value()});
    }
    result.permission = plan.permission();
    result.friction = fromProto(plan.friction());
    result.digest = plan.digest();
    result.needsLease = plan.needs_lease();
    if (plan.has_create_time()) {
        result.createTime = fromProto(plan.create_time());
    }
    if (plan.has_expire_time()) {
        result.expireTime = fromProto(plan.expire_time());
    }
    return result;
}

v1::Confirmation toProto(const Confirmation& confirmation)
{
    v1::Confirmation result;
    result.set_plan_digest(confirmation.planDigest);
    result.set_reason(confirmation.reason);
    result.set_typed_name(confirmation.typedName);
    result.set_approval_id(confirmation.approvalId);
    result.set_name_pasted(confirmation.isNamePasted);
    return result;
}

Confirmation fromProto(const v1::Confirmation& confirmation)
{
    return {
        confirmation.plan_digest(),
        confirmation.reason(),
        confirmation.typed_name(),
        confirmation.approval_id(),
        confirmation.name_pasted()};
}

} // namespace pilothouse::plans
