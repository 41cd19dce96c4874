// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace pilothouse::platform {

/// Kills this process (SIGKILL) when $PILOTHOUSE_FAULTS says so: "jobs.after_cycle=3" at the third
/// time that the place is passed. Several are separated by commas.
void faultPoint(const char* place);

} // namespace pilothouse::platform

#ifdef PILOTHOUSE_FAULT_POINTS
#define PH_FAULT(place) pilothouse::platform::faultPoint(place)
#else
#define PH_FAULT(place) static_cast<void>(0)
#endif
