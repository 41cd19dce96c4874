// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/SideCounts.h"

namespace pilothouse::rollouts {

std::vector<Counts> countsBetween(const Side& before, const Side& now, std::size_t metrics)
{
    const std::int64_t responses = now.responses - before.responses;
    std::vector<Counts> counts{{responses, now.serverErrors - before.serverErrors}};
    if (metrics > 1) {
        counts.push_back({responses, now.clientErrors - before.clientErrors});
    }
    return counts;
}

bool hasRestarted(const Side& before, const Side& now)
{
    return now.responses < before.responses || now.serverErrors < before.serverErrors ||
           now.clientErrors < before.clientErrors;
}

} // namespace pilothouse::rollouts
