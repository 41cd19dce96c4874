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
    /// Where the driver has the sides' servers in its hands: starts those of a candidate, at least
    /// so many and as many as the other side has, and shows it in the preview. Repeated, it changes
    /// nothing; true when it has changed something.
    virtual absl::StatusOr<bool> prepare(
        Colour /*candidate*/, int /*servers*/, const SwitchRight& /*right*/)
    {
        return false;
    }
    /// Likewise: stops the servers of a side without traffic. FAILED_PRECONDITION when it has the
    /// traffic.
    virtual absl::StatusOr<bool> release(Colour /*colour*/) { return false; }
};

} // namespace pilothouse::rollouts
