// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/rollouts/Rollout.h"

#include <pilothouse/v1/rollouts.pb.h>

// Wire messages and domain types of rollouts, both ways.
namespace pilothouse::rollouts {

v1::Rollout toProto(const Rollout& rollout);
Rollout fromProto(const v1::Rollout& rollout);

v1::RolloutEvent toProto(const Event& event);
Event fromProto(const v1::RolloutEvent& event);

v1::MetricEvidence toProto(const MetricEvidence& evidence);
MetricEvidence fromProto(const v1::MetricEvidence& evidence);

v1::RolloutGate toProto(const Gate& gate);
Gate fromProto(const v1::RolloutGate& gate);

v1::RolloutApplication toProto(const Application& application);
Application fromProto(const v1::RolloutApplication& application);

} // namespace pilothouse::rollouts
