// SPDX-License-Identifier: Apache-2.0
#include "server/scaling/Policies.h"

#include <fmt/format.h>

namespace pilothouse::scaling {

namespace {

Behaviour behaviourOf(
    absl::Duration stabilisation, const std::vector<std::string>& rates, const std::string& select)
{
    Behaviour behaviour;
    behaviour.stabilisation = stabilisation;
    behaviour.select = selectOf(select).value_or(Select::Disabled);
    for (const std::string& text : rates) {
        if (const auto rate = parseRatePolicy(text); rate.ok()) {
            behaviour.rates.push_back(*rate);
        }
    }
    return behaviour;
}

} // namespace

std::vector<Policy> makePolicies(const config::Scaling& scaling)
{
    std::vector<Policy> policies;
    for (const config::ScalingPolicy& one : scaling.policies) {
        Policy policy;
        policy.name = one.name;
        policy.title = one.title.empty() ? one.name : one.title;
        policy.mode = modeOf(one.mode).value_or(Mode::Recommend);
        policy.least = one.minimum;
        policy.most = one.maximum;
        policy.tolerance = one.tolerance;
        policy.up = behaviourOf(one.upStabilisation, one.upRates, one.upSelect);
        policy.down = behaviourOf(one.downStabilisation, one.downRates, one.downSelect);
        if (!one.deployment.empty()) {
            policy.target = fmt::format(
                "Deployment {}{}{}",
                one.nameSpace,
                one.nameSpace.empty() ? "" : "/",
                one.deployment);
        }
        if (!one.application.empty()) {
            policy.target = "application " + one.application;
        }
        for (const config::ScalingMetric& metric : scaling.metrics) {
            if (metric.policy == one.name) {
                policy.metrics.push_back(
                    {metric.name,
                     metric.unit,
                     metric.expression,
                     metric.target,
                     measuresOf(metric.measures).value_or(Measures::Average)});
            }
        }
        policies.push_back(std::move(policy));
    }
    return policies;
}

std::string readyExpression(const config::ScalingPolicy& policy)
{
    return !policy.readyQuery.empty()
               ? policy.readyQuery
               : fmt::format("max({}{{policy=\"{}\"}})", kReadyGauge, policy.name);
}

} // namespace pilothouse::scaling
