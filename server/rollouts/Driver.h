// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/rollouts/SwitchRight.h"
#include "shared/rollouts/Rollout.h"

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <string>

namespace pilothouse::rollouts {

/// What carries an application's traffic. Calls block for a bounded time. Thread-safe.
class Driver
{
public:
    virtual ~Driver() = default;

    /// "haproxy", "kubernetes"
    virtual std::string name() const = 0;
    /// Whether a part of the traffic can go to the other side.
    virtual bool canSplit() const = 0;
    /// How often it is worth a look.
    virtual absl::Duration lookInterval() const { return absl::ZeroDuration(); }
    /// What is, not what was commanded. UNAVAILABLE when it does not answer.
    virtual absl::StatusOr<Observation> observe() const = 0;
    /// The traffic goes where `routing` says, whatever it does now, also after a restart of the
    /// driver; OK when that was verified. Repeated, it changes nothing. ABORTED when a later leader
    /// of the same realm has switched.
    virtual absl::Status route(const Routing& routing, const SwitchRight& right) = 0;
    /// Whether the driver starts and stops the sides' servers.
    virtual bool runsServers() const { return false; }
    /// What is wrong with servers that it has started, apart from what an observation says.
    virtual absl::Status problem() const { return absl::OkStatus(); }
    /// Starts those of the side with the traffic if nobody has yet. Repeated, it changes nothing.
    virtual absl::Status hold(Colour /*active*/) { return absl::OkStatus(); }
    /// Starts those of a candidate, at least so many and as many as the other side has, and shows
    /// it in the preview. Repeated, it changes nothing; true when it has changed something.
    virtual absl::StatusOr<bool> prepare(
        Colour /*candidate*/, int /*servers*/, const SwitchRight& /*right*/)
    {
        return false;
    }
    /// Stops the servers of a side without traffic; repeated, it changes nothing.
    /// FAILED_PRECONDITION when the side has the traffic.
    virtual absl::Status release(Colour /*colour*/) { return absl::OkStatus(); }
    /// Likewise those of a candidate whose rollout was aborted or rolled back, where they would be
    /// started again and again.
    virtual absl::Status dismiss(Colour /*candidate*/) { return absl::OkStatus(); }
};

} // namespace pilothouse::rollouts
