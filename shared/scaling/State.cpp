// SPDX-License-Identifier: Apache-2.0
#include "shared/scaling/State.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace pilothouse::scaling {

absl::StatusOr<Policy> withOverrides(Policy policy, const Overrides& overrides)
{
    policy.least = overrides.least.value_or(policy.least);
    policy.most = overrides.most.value_or(policy.most);
    policy.tolerance = overrides.tolerance.value_or(policy.tolerance);
    policy.up.stabilisation = overrides.upStabilisation.value_or(policy.up.stabilisation);
    policy.down.stabilisation = overrides.downStabilisation.value_or(policy.down.stabilisation);
    if (policy.least < 1 || policy.most < policy.least || policy.most > kMostInstances) {
        return absl::InvalidArgumentError(fmt::format(
            "the least must be at least 1 and the most at least that and at most {}, got {} and {}",
            kMostInstances,
            policy.least,
            policy.most));
    }
    if (!(policy.tolerance >= 0 && policy.tolerance < 1)) {
        return absl::InvalidArgumentError("the tolerance must be from 0 to less than 1");
    }
    for (const absl::Duration window : {policy.up.stabilisation, policy.down.stabilisation}) {
        if (window < absl::ZeroDuration() || window > kLongestStabilisation) {
            return absl::InvalidArgumentError("a stabilisation must be from 0 to 1 h");
        }
    }
    for (const auto& [name, target] : overrides.targets) {
        const auto metric = std::ranges::find(policy.metrics, name, &Metric::name);
        if (metric == policy.metrics.end()) {
            return absl::InvalidArgumentError(
                fmt::format("policy '{}' has no metric '{}'", policy.name, name.substr(0, 80)));
        }
        if (!(std::isfinite(target) && target > 0)) {
            return absl::InvalidArgumentError(
                fmt::format("the target of '{}' must be greater than 0", name));
        }
        metric->target = target;
    }
    return policy;
}

} // namespace pilothouse::scaling
