// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/rollouts/SwitchRight.h"
#include "shared/rollouts/Rollout.h"

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <string>

namespace pilothouse::rollouts {

/// Why FAILED_PRECONDITION: what runs on the side is not what was approved.
inline constexpr const char* kRevisionChanged = "REVISION_CHANGED";
absl::Status revisionChanged(Colour colour, const std::string& approved, const std::string& found);

/// Where the traffic shall go, and by what right.
struct RoutingOrder
{
    Routing routing;
    SwitchRight right;
    /// What must run on the side that gets it, see Side::servers; "" = whatever does.
    std::string approvedServers = {};
    /// Whether the side gets it for the first time, not back: a driver that has gates of its own
    /// goes through them then.
    bool isPromotion = false;
};

/// How many servers each side that runs has.
struct ServerCount
{
    int wanted = 0;
    /// Of what was seen, where it has one; something else is not scaled.
    std::string version = {};
    /// What stands in the way of changing it, for people; "" when nothing does.
    std::string obstacle = {};
};

/// What carries an application's traffic. Calls block for a bounded time. Thread-safe.
class Driver
{
public:
    virtual ~Driver() = default;

    /// "haproxy", "kubernetes", "argo-rollouts"
    virtual std::string name() const = 0;
    /// Whether a part of the traffic can go to the other side.
    virtual bool canSplit() const = 0;
    /// How often it is worth a look.
    virtual absl::Duration lookInterval() const { return absl::ZeroDuration(); }
    /// What is, not what was commanded. UNAVAILABLE when it does not answer.
    virtual absl::StatusOr<Observation> observe() const = 0;
    /// The traffic goes where the order says, whatever it does now, also after a restart of the
    /// driver; OK when that was verified. Repeated, it changes nothing. ABORTED when a later leader
    /// of the same realm has switched; FAILED_PRECONDITION with kRevisionChanged, and nothing was
    /// changed, when something else runs there than was approved.
    virtual absl::Status route(const RoutingOrder& order) = 0;
    /// Whether others may switch, too, while no rollout is open here: the traffic is then taken as
    /// it is, instead of being put right.
    virtual bool isShared() const { return false; }
    /// What has the traffic is that side from now on. FAILED_PRECONDITION when nothing has it.
    virtual absl::Status adopt(Colour /*active*/, const SwitchRight& /*right*/)
    {
        return absl::OkStatus();
    }
    /// Whether the driver starts and stops the sides' servers.
    virtual bool runsServers() const { return false; }
    /// Whether a side without any servers can get the traffic: they are started for it.
    virtual bool startsOnRoute() const { return false; }
    /// Whether the number of servers can be changed.
    virtual bool canScale() const { return false; }
    /// UNAVAILABLE when it is not known.
    virtual absl::StatusOr<ServerCount> serverCount() const
    {
        return absl::UnimplementedError("the number of servers is not known");
    }
    /// Kept when this returns, and done soon, without losing a request. ABORTED when it is not as
    /// it was seen any more, FAILED_PRECONDITION when there cannot be so many.
    virtual absl::Status scale(const ServerCount& /*seen*/, int /*servers*/)
    {
        return absl::UnimplementedError("the number of servers cannot be changed");
    }
    /// What is wrong with what it has started, apart from what an observation says.
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
    /// What a side without traffic runs is there at least until then; repeated, it changes nothing.
    virtual absl::Status keepWarm(Colour /*colour*/, absl::Time /*until*/)
    {
        return absl::OkStatus();
    }
    /// Stops the servers of a side without traffic; repeated, it changes nothing.
    /// FAILED_PRECONDITION when the side has the traffic.
    virtual absl::Status release(Colour /*colour*/) { return absl::OkStatus(); }
    /// Likewise those of a candidate whose rollout was aborted or rolled back, where they would be
    /// started again and again.
    virtual absl::Status dismiss(Colour /*candidate*/, const SwitchRight& /*right*/)
    {
        return absl::OkStatus();
    }
};

} // namespace pilothouse::rollouts
