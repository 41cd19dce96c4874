// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/plans/Plan.h"

namespace pilothouse::plans {

/// How much confirmation an action needs: kind of environment × how far it can be undone × how far
/// it reaches. Grows with each of the three.
Friction frictionOf(system::Environment environment, Reversibility reversibility, Reach reach);

/// Whether writes are locked in such an environment until the operator takes a lease.
bool needsLease(system::Environment environment);

} // namespace pilothouse::plans
