// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Config.h"
#include "server/platform/haproxy/PrivateHaproxy.h"
#include "server/rollouts/ProcessRecords.h"
#include "shared/rollouts/Rollout.h"

#include <absl/status/statusor.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace pilothouse::rollouts {

/// Where an application's own HAProxy has its files, and as whom it serves.
struct HaproxyPlace
{
    std::filesystem::path socket;
    std::filesystem::path map;
    /// -1: as whoever starts it.
    int user = -1;
    int group = -1;
};

/// Keys of its map.
inline constexpr const char* kActiveKey = "active";
inline constexpr const char* kPreviewKey = "preview";
inline constexpr const char* kSplitKey = "split";
/// Its value is the backend whose servers stand in when all of the other one are gone, or kNobody.
/// It is not for HAProxy, but lives and dies with what it is said of.
inline constexpr const char* kStandbyKey = "pilothouse.standby";
inline constexpr const char* kNobody = "none";

/// Makes the place in `folder`, and the map where there is none: blue has the traffic then.
absl::StatusOr<HaproxyPlace> placeOwnHaproxy(
    const std::filesystem::path& folder, const config::RolloutApplication& application);

/// The servers of both sides.
struct HaproxyServers
{
    std::vector<SideServer> blue;
    std::vector<SideServer> green;
    /// The side whose servers stand in when all of the other one are gone.
    std::optional<Colour> standby;

    friend bool operator==(const HaproxyServers&, const HaproxyServers&) = default;

    const std::vector<SideServer>& of(Colour colour) const
    {
        return colour == Colour::Blue ? blue : green;
    }
};

/// What follows a server's address in its line: how it is checked, and given up at once when it
/// breaks a connection.
std::string serverOptions(bool isStandby);

/// The whole configuration of an application's own HAProxy. Pure.
haproxy::PrivateHaproxy::Configuration haproxyConfiguration(
    const config::RolloutApplication& application,
    const HaproxyPlace& place,
    const HaproxyServers& servers);

} // namespace pilothouse::rollouts
