// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Config.h"
#include "server/platform/haproxy/Haproxy.h"
#include "server/rollouts/Driver.h"
#include "server/rollouts/HaproxyConfiguration.h"
#include "server/rollouts/ServerPool.h"
#include "server/rollouts/SideNames.h"
#include "server/rollouts/SideProcesses.h"
#include "server/rollouts/SideQueries.h"
#include "shared/base/Clock.h"

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace pilothouse::rollouts {

/// Two backends of an HAProxy, and a map that names the one with the traffic. First the map's file,
/// so that a reload or a restart by anybody keeps the choice, then the map in memory as one
/// transaction, then both are read back. No request is lost or sees a mixture: each looks the map
/// up once.
class HaproxyDriver final : public Driver
{
public:
    /// The right of the last leader that switched stands in the map under this and the
    /// application's name, as "REALM:NUMBER".
    static constexpr const char* kFenceKey = "pilothouse.fence.";

    struct Parts
    {
        /// Shared by those who write the same file.
        std::shared_ptr<std::mutex> mapMutex;
        /// Null: nothing is known of how long answers took.
        std::unique_ptr<SideQueries> queries;
        /// Null: others run the servers.
        std::unique_ptr<SideProcesses> processes;
        /// The server's own HAProxy; null: it is somebody else's.
        std::unique_ptr<haproxy::PrivateHaproxy> own;
        HaproxyPlace place;
        /// Whether a policy wants to know how many servers there are, and whether one decides it.
        bool isCounted = false;
        bool isScaled = false;
        /// For what it keeps on this host.
        std::filesystem::path folder;
    };
    static absl::StatusOr<std::unique_ptr<HaproxyDriver>> open(
        const config::RolloutApplication& application, const Clock& clock, Parts parts);
    ~HaproxyDriver() override;

    std::string name() const override { return "haproxy"; }
    bool canSplit() const override;
    bool runsServers() const override { return m_processes != nullptr; }
    bool canScale() const override { return m_pool != nullptr && m_processes != nullptr; }
    absl::StatusOr<ServerCount> serverCount() const override;
    absl::Status scale(const ServerCount& seen, int servers) override;
    absl::Status problem() const override;
    absl::StatusOr<Observation> observe() const override;
    absl::Status route(const RoutingOrder& order) override;
    absl::Status hold(Colour active) override;
    absl::StatusOr<bool> prepare(Colour candidate, int servers, const SwitchRight& right) override;
    absl::Status release(Colour colour) override;
    absl::Status dismiss(Colour candidate, const SwitchRight& right) override;

private:
    using Entries = std::vector<haproxy::MapEntry>;

    HaproxyDriver(const config::RolloutApplication& application, const Clock& clock, Parts parts);

    absl::StatusOr<std::vector<SideServer>> serversOf(Colour colour) const;
    /// A server with this address is down until a check says otherwise.
    void forgetHealth(const std::string& address) const;
    Side sideOf(Colour colour, const std::vector<haproxy::StatRow>& rows) const;
    Entries entriesFor(const RoutingOrder& order, const Entries& live) const;
    // With the map's mutex.
    /// In memory, in the file, and read back. False: somebody else has changed it meanwhile.
    absl::StatusOr<bool> writeMap(const Entries& live, const Entries& wanted);
    absl::Status writeMapFile(const Entries& wanted);
    /// A candidate does not get traffic by standing in for the other side.
    absl::Status endStandby();
    SwitchRight rightIn(const std::vector<haproxy::MapEntry>& entries) const;
    std::optional<Colour> colourIn(const std::vector<haproxy::MapEntry>& entries) const;
    int splitPercentIn(const std::vector<haproxy::MapEntry>& entries) const;
    /// In memory and in the file.
    absl::StatusOr<bool> isKept(const std::vector<haproxy::MapEntry>& wanted) const;

    const config::RolloutApplication m_application;
    const SideNames m_backends;
    const haproxy::Haproxy m_haproxy;
    const Clock& m_clock;
    const std::shared_ptr<std::mutex> m_mapMutex;
    const std::unique_ptr<SideQueries> m_queries;
    const std::unique_ptr<SideProcesses> m_processes;
    const std::unique_ptr<haproxy::PrivateHaproxy> m_own;
    std::unique_ptr<ServerPool> m_pool;
};

} // namespace pilothouse::rollouts
