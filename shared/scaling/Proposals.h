// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/scaling/Decision.h"
#include "shared/scaling/Policy.h"

namespace pilothouse::scaling {

/// What one metric asks for, as the HorizontalPodAutoscaler has it: ceil(ready × usage / target);
/// no change within the tolerance. Instances that are not ready count as idle when more are asked
/// for; so do those that a metric for each says nothing of, and as on target when fewer are. When
/// that turns the direction, nothing is changed.
Proposal proposalOf(
    const Metric& metric, double tolerance, const Count& count, const Reading& reading);

/// The next whole number, but not for what only the arithmetic of floating point adds.
int instancesFor(double exact);

} // namespace pilothouse::scaling
