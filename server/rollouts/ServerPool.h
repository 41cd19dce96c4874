// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Config.h"
#include "server/platform/haproxy/Haproxy.h"
#include "server/rollouts/HaproxyConfiguration.h"
#include "server/rollouts/ProcessRecords.h"
#include "server/rollouts/SideNames.h"
#include "shared/base/Clock.h"

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace pilothouse::rollouts {

class SideProcesses;

/// How many servers the sides have, where this server decides it. With HAProxy of its own it adds
/// and removes servers while HAProxy runs; in another HAProxy the servers of the backends are
/// places, of which the first ones are used. A server that is too much gets no new requests, and
/// its process ends after the last one. On a thread of its own; thread-safe.
class ServerPool
{
public:
    struct Parts
    {
        config::RolloutApplication application;
        const haproxy::Haproxy& haproxy;
        const Clock& clock;
        /// Where the number is kept.
        std::filesystem::path folder;
        /// Null: somebody else runs the servers.
        SideProcesses* processes = nullptr;
        /// Null: HAProxy is somebody else's.
        haproxy::PrivateHaproxy* own = nullptr;
        HaproxyPlace place = {};
        /// Whether a policy decides about the number; else the configuration does.
        bool isScaled = false;
    };

    static absl::StatusOr<std::unique_ptr<ServerPool>> open(Parts parts);
    ~ServerPool();
    ServerPool(const ServerPool&) = delete;
    ServerPool& operator=(const ServerPool&) = delete;

    /// Those that a side should have. UNAVAILABLE when HAProxy is not known yet.
    absl::StatusOr<std::vector<SideServer>> servers(Colour colour) const;
    /// Their names; none: not known yet.
    std::set<std::string> names(Colour colour) const;

    /// Of each side. UNAVAILABLE when it is not known yet.
    absl::StatusOr<int> count() const;
    /// Kept on the disk when this returns, and done soon. ABORTED when there are not `seen` any
    /// more; FAILED_PRECONDITION when HAProxy has fewer places.
    absl::Status setCount(int seen, int count);

    /// Looks soon: the map has changed.
    void wake() { m_wake.notify_all(); }
    /// After the map says that no side stands in for the other one (see kStandbyKey): nobody does
    /// when this returns OK. Blocks for some seconds at most.
    absl::Status endStandby();

private:
    using Rows = std::vector<haproxy::StatRow>;

    ServerPool(Parts parts, int count);

    std::vector<SideServer> serversOf(Colour colour, int count) const;
    /// As is wanted; 0: all places.
    int wantedCount() const;

    void run();
    absl::Status look();
    // While it arranges.
    HaproxyServers serversNow() const;
    absl::Status configure(const HaproxyServers& servers);
    absl::StatusOr<Rows> rows();
    void notePlaces(const Rows& rows);
    void arrangeProcesses(Colour colour, const std::vector<SideServer>& servers, const Rows& rows);
    absl::Status arrangeOwn(Colour colour, const HaproxyServers& servers, const Rows& rows);
    absl::Status arrangePlaces(
        Colour colour, const std::vector<SideServer>& servers, const Rows& rows);
    absl::Status drain(Colour colour, const haproxy::StatRow& row);
    bool isDrained(Colour colour, const haproxy::StatRow& row, const Rows& rows) const;

    const Parts m_parts;
    const SideNames m_backends;

    /// Held while HAProxy's servers are changed.
    std::mutex m_arranging;
    std::optional<HaproxyServers> m_configured;
    std::optional<Colour> m_standby;
    /// When HAProxy was asked last.
    absl::Duration m_asked = absl::ZeroDuration();
    /// Since when servers get no new requests, by "backend/server".
    std::map<std::string, absl::Duration> m_drains;

    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_isStopping = false;
    int m_count = 0;
    /// Servers of the backends of an HAProxy that is not ours.
    std::vector<SideServer> m_bluePlaces;
    std::vector<SideServer> m_greenPlaces;
    std::thread m_thread;
};

} // namespace pilothouse::rollouts
