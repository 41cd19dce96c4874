// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/RolloutsClient.h"
#include "ui/plans/PlannedActions.h"

namespace pilothouse::ui {

// The verbs on rollouts as planned actions. The client outlives what is made of it.

PlannedStep startStep(client::RolloutsClient& client, const client::NewRollout& wanted);
/// `overrideReason` not empty: although gates that can be overridden have not passed.
PlannedStep promoteStep(
    client::RolloutsClient& client,
    const rollouts::Rollout& rollout,
    const QString& overrideReason = {});
/// It can be done without a plan when the server's database does not answer.
PlannedStep rollBackStep(client::RolloutsClient& client, const rollouts::Rollout& rollout);
PlannedStep trafficStep(
    client::RolloutsClient& client, const rollouts::Rollout& rollout, int percent);
PlannedStep pauseStep(client::RolloutsClient& client, const rollouts::Rollout& rollout);
PlannedStep resumeStep(client::RolloutsClient& client, const rollouts::Rollout& rollout);
PlannedStep abortStep(client::RolloutsClient& client, const rollouts::Rollout& rollout);
PlannedStep keepWarmStep(
    client::RolloutsClient& client, const rollouts::Rollout& rollout, absl::Duration duration);

} // namespace pilothouse::ui
