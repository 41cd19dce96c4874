// SPDX-License-Identifier: Apache-2.0
#include "shared/rollouts/Rollout.h"

#include <algorithm>
#include <array>

namespace pilothouse::rollouts {

namespace {

/// In the order of the enumerations.
constexpr std::array<std::string_view, 2> kColours = {"blue", "green"};
constexpr std::array<std::string_view, 11> kSteps = {
    "planned",
    "preview-ready",
    "analysing",
    "awaiting-promotion",
    "switching",
    "switched",
    "draining",
    "done",
    "switching-back",
    "rolled-back",
    "aborted"};
constexpr std::array<std::string_view, 4> kGateResults = {
    "passed", "failed", "waiting", "overridden"};

template <typename Value, std::size_t Size>
std::optional<Value> valueOf(const std::array<std::string_view, Size>& names, std::string_view name)
{
    const auto found = std::ranges::find(names, name);
    return found == names.end() ? std::nullopt
                                : std::optional(static_cast<Value>(found - names.begin()));
}

} // namespace

std::string_view colourName(Colour colour)
{
    return kColours.at(static_cast<std::size_t>(colour));
}

std::optional<Colour> colourOf(std::string_view name)
{
    return valueOf<Colour>(kColours, name);
}

std::string_view stepName(Step step)
{
    return kSteps.at(static_cast<std::size_t>(step));
}

std::optional<Step> stepOf(std::string_view name)
{
    return valueOf<Step>(kSteps, name);
}

std::string_view gateResultName(GateResult result)
{
    return kGateResults.at(static_cast<std::size_t>(result));
}

bool canBeOverridden(const Gate& gate)
{
    return gate.name == "capacity" || gate.name == "verdict" || gate.name == "analysis" ||
           gate.name == "window";
}

bool holdsUpTraffic(const Gate& gate)
{
    return gate.name != "capacity" && gate.name != "verdict" && gate.name != "analysis" &&
           gate.result != GateResult::Passed;
}

} // namespace pilothouse::rollouts
