// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/kubernetes/Namespace.h"
#include "shared/base/Clock.h"

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <set>
#include <string>

namespace pilothouse::rollouts {

/// Whose endpoints a Service should have.
struct WantedEndpoints
{
    std::string service;
    /// Names and addresses of the pods that must be gone.
    std::set<std::string> old;
    /// Whether there are ready pods that should be there instead.
    bool hasReady = false;
    /// "green", "blue": for the message.
    std::string newName;
    std::string oldName;
};

/// Waits until the cluster has followed the selector of a Service: its EndpointSlices are what
/// nodes go by. UNAVAILABLE when it has not by the deadline.
absl::Status awaitEndpoints(
    const kubernetes::Namespace& cluster,
    const WantedEndpoints& wanted,
    const Clock& clock,
    absl::Time deadline);

} // namespace pilothouse::rollouts
