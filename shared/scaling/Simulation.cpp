// SPDX-License-Identifier: Apache-2.0
#include "shared/scaling/Simulation.h"

#include <algorithm>
#include <optional>

namespace pilothouse::scaling {

namespace {

/// As other instances would have measured the same load.
Look shared(const Policy& policy, const Look& recorded, int simulated)
{
    Look look = recorded;
    const int ready = recorded.count ? recorded.count->ready : 0;
    look.count = Count{simulated, simulated};
    for (std::size_t index = 0; index < look.readings.size(); ++index) {
        Reading& reading = look.readings[index];
        if (index >= policy.metrics.size() || policy.metrics[index].measures == Measures::Total ||
            reading.values.empty()) {
            continue;
        }
        const bool isEach = policy.metrics[index].measures == Measures::Each;
        const auto measured = isEach ? static_cast<int>(reading.values.size()) : ready;
        double sum = 0;
        for (const double value : reading.values) {
            sum += isEach ? value : value * measured;
        }
        reading.values.assign(isEach ? static_cast<std::size_t>(simulated) : 1U, sum / simulated);
    }
    return look;
}

} // namespace

Simulation simulate(const Policy& policy, const std::vector<Look>& looks)
{
    Simulation simulation;
    History history;
    std::optional<int> current;
    const Look* before = nullptr;
    for (const Look& recorded : looks) {
        if (!current && recorded.count && recorded.count->ready > 0) {
            current = recorded.count->ready;
            history.noteAsked(recorded.time, *current);
        }
        Simulation::Point point;
        point.time = recorded.time;
        point.actual = recorded.count ? recorded.count->ready : -1;
        if (before != nullptr && before->count && current) {
            const double hours = absl::ToDoubleHours(recorded.time - before->time);
            simulation.actualInstanceHours += before->count->ready * hours;
            simulation.simulatedInstanceHours += *current * hours;
        }
        before = &recorded;
        if (!current) {
            ++simulation.unreadable;
            continue;
        }
        // An average of nobody knows is no load.
        const bool isKnown = recorded.count && recorded.count->ready > 0;
        Decision decision = decide(
            policy,
            isKnown ? shared(policy, recorded, *current)
                    : Look{recorded.time, std::nullopt, "not recorded", {}},
            history);
        note(history, decision);
        simulation.unreadable += decision.problem.empty() ? 0 : 1;
        if (decision.isChange()) {
            (decision.recommended > *current ? simulation.ups : simulation.downs) += 1;
            history.noteScaled(decision.time, *current, decision.recommended);
            current = decision.recommended;
            if (simulation.changes.size() < kMostSimulatedChanges) {
                simulation.changes.push_back(std::move(decision));
            }
        }
        point.simulated = *current;
        simulation.points.push_back(point);
    }
    return simulation;
}

} // namespace pilothouse::scaling
