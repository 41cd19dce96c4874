// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Checker.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

namespace pilothouse::config {

/// For tables that name applications of rollouts: there must be such.
inline void requireKnown(
    Checker& checker,
    const Rollouts& rollouts,
    const std::vector<std::string>& applications,
    const std::string& table)
{
    for (const std::string& name : applications) {
        checker.require(
            std::ranges::find(rollouts.applications, name, &RolloutApplication::name) !=
                rollouts.applications.end(),
            {table + ".applications"},
            fmt::format("there is no [[{}]] with the name \"{}\"", kRolloutTable, name));
    }
}

} // namespace pilothouse::config
