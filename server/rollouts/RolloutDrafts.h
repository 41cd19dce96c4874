// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/plans/Draft.h"
#include "server/rollouts/ManagedApplication.h"
#include "shared/rollouts/Rollout.h"

#include <optional>
#include <vector>

// What each action on a rollout would do, for its plan.
namespace pilothouse::rollouts {

plans::Draft draftOfStart(const Rollout& wanted);
/// Bound to what is promoted, on which evidence, over which gates.
plans::Draft draftOfPromotion(
    const ManagedApplication& application,
    const Rollout& before,
    const Rollout& after,
    const std::optional<Observation>& observation,
    const std::vector<Gate>& gates);
plans::Draft draftOfRollback(
    const Rollout& before, const Rollout& after, const std::optional<Observation>& observation);
plans::Draft draftOfTrafficStep(
    const Rollout& before, const Rollout& after, const std::optional<Observation>& observation);
plans::Draft draftOfPause(const Rollout& before, const Rollout& after);
plans::Draft draftOfResume(const Rollout& before, const Rollout& after);
plans::Draft draftOfKeepingWarm(
    const Rollout& before, const Rollout& after, absl::Duration duration);
plans::Draft draftOfAbort(const Rollout& before, const Rollout& after);

} // namespace pilothouse::rollouts
