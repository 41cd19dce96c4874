// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/SideCounts.h"

namespace pilothouse::rollouts {

std::string_view sideMetricName(SideMetric metric)
{
    switch (metric) {
    case SideMetric::ServerErrors:
        return "server errors";
    case SideMetric::ClientErrors:
        return "client errors";
    case SideMetric::SlowResponses:
        break;
    }
    return "slow responses";
}

std::vector<std::string> namesOf(const std::vector<SideMetric>& metrics)
{
    std::vector<std::string> names;
    names.reserve(metrics.size());
    for (const SideMetric metric : metrics) {
        names.emplace_back(sideMetricName(metric));
    }
    return names;
}

std::optional<Counts> countsOf(const Observation& observation, Colour side, SideMetric metric)
{
    const Side& seen = observation.side(side);
    if (metric == SideMetric::SlowResponses) {
        return seen.timed;
    }
    if (!observation.countsResponses) {
        return std::nullopt;
    }
    return Counts{
        seen.responses, metric == SideMetric::ServerErrors ? seen.serverErrors : seen.clientErrors};
}

std::optional<Counts> countsBetween(const Counts& before, const Counts& now)
{
    if (now.requests < before.requests || now.events < before.events) {
        return std::nullopt;
    }
    return Counts{now.requests - before.requests, now.events - before.events};
}

} // namespace pilothouse::rollouts
