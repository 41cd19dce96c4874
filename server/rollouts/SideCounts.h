// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/rollouts/Rollout.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::rollouts {

/// What is compared of both sides' answers.
enum class SideMetric { ServerErrors, ClientErrors, SlowResponses };

/// "server errors", "client errors", "slow responses".
std::string_view sideMetricName(SideMetric metric);
std::vector<std::string> namesOf(const std::vector<SideMetric>& metrics);

/// What a side has answered since its counters began; nothing where that is not known.
std::optional<Counts> countsOf(const Observation& observation, Colour side, SideMetric metric);
/// The difference; nothing when the counters began anew between them: the driver, or what it asks,
/// was restarted.
std::optional<Counts> countsBetween(const Counts& before, const Counts& now);

} // namespace pilothouse::rollouts
