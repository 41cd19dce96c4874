// SPDX-License-Identifier: Apache-2.0
#include "server/config/RolloutChecks.h"
#include "server/config/Values.h"

#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::config {

void checkPorts(Checker& checker, const Config& config)
{
    struct Range
    {
        std::string application;
        int first = 0;
        int last = 0;
    };
    std::vector<Range> ranges;
    for (std::size_t index = 0; index < config.rollouts.applications.size(); ++index) {
        const RolloutApplication& one = config.rollouts.applications[index];
        if (one.firstPort == 0) {
            continue;
        }
        int most = one.instances;
        for (const ScalingPolicy& policy : config.scaling.policies) {
            if (policy.application == one.name && policy.mode == "act") {
                most = std::max(most, policy.maximum);
            }
        }
        const Range range{one.name, one.firstPort, one.lastPort(most)};
        const auto require = [&](bool holds, std::string message) {
            const std::string table = fmt::format("{}[{}]", kRolloutTable, index);
            checker.require(holds, {table + ".first_port", table}, std::move(message));
        };
        require(
            range.last <= kLastPort,
            fmt::format(
                "up to {} processes of each side need the ports {} to {}",
                most,
                range.first,
                range.last));
        for (const Range& other : ranges) {
            require(
                range.first > other.last || range.last < other.first,
                fmt::format(
                    "processes of \"{}\" may get the ports {} to {}, those of this one {} to {}",
                    other.application,
                    other.first,
                    other.last,
                    range.first,
                    range.last));
        }
        ranges.push_back(range);
    }
}

} // namespace pilothouse::config
