// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/plans/Plan.h"

#include <string>
#include <vector>

namespace pilothouse::plans {

/// What a capability says of an action after it has looked at the world; the gate makes the plan of
/// it.
struct Draft
{
    /// "access.operators.disable"
    std::string action;
    /// "operators/lee"
    std::string target;
    /// "Disable operator lee"
    std::string title;
    Impact impact;
    /// Everything that was looked at and must be the same when the action runs, and everything that
    /// the action will set. Never a secret.
    std::vector<Fact> facts;
    /// JSON of the target before and after, for the audit.
    std::string before;
    std::string after;
};

} // namespace pilothouse::plans
