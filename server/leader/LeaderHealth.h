// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/leader/LeaderElection.h"
#include "shared/system/Health.h"

namespace pilothouse::leader {

/// The component "leader" of one server: who leads, or that nobody does. Only state and message are
/// set.
system::ComponentHealth healthOf(const Leader& leader);

} // namespace pilothouse::leader
