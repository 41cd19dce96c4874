// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/scaling/Simulation.h"
#include "shared/scaling/State.h"

#include <pilothouse/v1/scaling.pb.h>

// Wire messages and domain types of autoscaling, both ways.
namespace pilothouse::scaling {

v1::ScalingPolicy toProto(const Policy& policy);
Policy fromProto(const v1::ScalingPolicy& message);

v1::ScalingDecision toProto(const Decision& decision);
Decision fromProto(const v1::ScalingDecision& message);

v1::ScalingRecord toProto(const Record& record);
Record fromProto(const v1::ScalingRecord& message);

v1::ScalingPause toProto(const Pause& pause);
Pause fromProto(const v1::ScalingPause& message);

v1::ScalingPolicyState toProto(const PolicyState& state);
PolicyState fromProto(const v1::ScalingPolicyState& message);

v1::ScalingOverrides toProto(const Overrides& overrides);
Overrides fromProto(const v1::ScalingOverrides& message);

/// Into the parts of the answer that are of the simulation.
void fill(v1::SimulatePolicyResponse& response, const Simulation& simulation);
Simulation fromProto(const v1::SimulatePolicyResponse& response);

} // namespace pilothouse::scaling
