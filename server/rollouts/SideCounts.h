// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/rollouts/Rollout.h"
#include "shared/rollouts/SequentialTest.h"

#include <vector>

namespace pilothouse::rollouts {

/// What a side answered between two looks: of each metric, in the order of
/// ManagedApplication::metrics.
std::vector<Counts> countsBetween(const Side& before, const Side& now, std::size_t metrics);

/// The driver counts anew: the difference says nothing.
bool hasRestarted(const Side& before, const Side& now);

} // namespace pilothouse::rollouts
