// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Config.h"
#include "server/platform/haproxy/Haproxy.h"
#include "server/rollouts/Driver.h"
#include "server/rollouts/SideNames.h"
#include "server/rollouts/SideProcesses.h"
#include "server/rollouts/SideQueries.h"
#include "shared/base/Clock.h"

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

    /// `mapMutex` is shared by those who write the same file. Without `queries` nothing is known of
    /// how long answers took; without `processes` others run the servers.
    HaproxyDriver(
        const config::RolloutApplication& application,
        const Clock& clock,
        std::shared_ptr<std::mutex> mapMutex,
        std::unique_ptr<SideQueries> queries,
        std::unique_ptr<SideProcesses> processes);
    ~HaproxyDriver() override;

    std::string name() const override { return "haproxy"; }
    bool canSplit() const override;
    bool runsServers() const override { return m_processes != nullptr; }
    absl::Status problem() const override;
    absl::StatusOr<Observation> observe() const override;
    absl::Status route(const RoutingOrder& order) override;
    absl::Status hold(Colour active) override;
    absl::StatusOr<bool> prepare(Colour candidate, int servers, const SwitchRight& right) override;
    absl::Status release(Colour colour) override;
    absl::Status dismiss(Colour candidate, const SwitchRight& right) override;

private:
    absl::StatusOr<std::vector<SideServer>> serversOf(Colour colour) const;
    std::vector<haproxy::MapEntry> entriesFor(
        const Routing& routing, const SwitchRight& right) const;
    SwitchRight rightIn(const std::vector<haproxy::MapEntry>& entries) const;
    std::optional<Colour> colourIn(const std::vector<haproxy::MapEntry>& entries) const;
    int splitPercentIn(const std::vector<haproxy::MapEntry>& entries) const;
    absl::Status verify(const std::vector<haproxy::MapEntry>& wanted) const;

    const config::RolloutApplication m_application;
    const SideNames m_backends;
    const haproxy::Haproxy m_haproxy;
    const Clock& m_clock;
    const std::shared_ptr<std::mutex> m_mapMutex;
    const std::unique_ptr<SideQueries> m_queries;
    const std::unique_ptr<SideProcesses> m_processes;
};

} // namespace pilothouse::rollouts
