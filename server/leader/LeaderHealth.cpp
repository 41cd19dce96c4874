// SPDX-License-Identifier: Apache-2.0
#include "server/leader/LeaderHealth.h"

namespace pilothouse::leader {

system::ComponentHealth healthOf(const Leader& leader)
{
    system::ComponentHealth health;
    if (leader.host.empty()) {
        health.state = system::HealthState::Degraded;
        health.message =
            "no server leads: schedules wait, and jobs of a server that is gone are not taken over";
        return health;
    }
    health.state = system::HealthState::Healthy;
    // The one component that is not the same on every server: it says where to look.
    health.message = leader.isThisServer ? "this server" : leader.host;
    return health;
}

} // namespace pilothouse::leader
