// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/http/Router.h"
#include "server/platform/telemetry/Instruments.h"
#include "server/system/HealthRegistry.h"

namespace pilothouse {

/// Adds /healthz (alive), /readyz (503 with the reason while the control database cannot be used),
/// /health (every component as JSON) and /metrics (the server's own instruments). The parts outlive
/// the router.
void addProbes(
    platform::Router& router,
    const system::HealthRegistry& health,
    const platform::Instruments& instruments);

} // namespace pilothouse
