// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/scaling/Decision.h"
#include "shared/scaling/Policy.h"

#include <map>
#include <optional>
#include <string>

namespace pilothouse::scaling {

/// A policy as everything is now.
struct PolicyState
{
    Policy policy;
    /// Of the last look.
    std::optional<Decision> last;
    std::optional<Pause> pause;
    /// The newest of the history.
    std::optional<Record> record;
    /// Why nothing is done, or cannot be; "" when nothing stands in the way.
    std::string problem;

    bool operator==(const PolicyState&) const = default;
};

/// Other numbers than a policy's, for a simulation.
struct Overrides
{
    std::optional<int> least;
    std::optional<int> most;
    std::optional<double> tolerance;
    std::optional<absl::Duration> upStabilisation;
    std::optional<absl::Duration> downStabilisation;
    /// By the metric's name.
    std::map<std::string, double> targets;
};

/// INVALID_ARGUMENT for numbers that no policy can have.
absl::StatusOr<Policy> withOverrides(Policy policy, const Overrides& overrides);

} // namespace pilothouse::scaling
