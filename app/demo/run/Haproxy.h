// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/run/Child.h"

#include <absl/status/statusor.h>

#include <filesystem>
#include <string>

namespace pilothouse::demo {

/// Ports of one private HAProxy, all on loopback.
struct HaproxyPorts
{
    /// Live traffic: goes to the colour that the map names.
    unsigned short live = 0;
    /// Preview traffic: goes to the other one.
    unsigned short preview = 0;
    /// HAProxy's own /metrics.
    unsigned short metrics = 0;
};

/// Configuration text: blue and green as backends with health checks, a runtime map that names the
/// active colour, and an admin socket for the Runtime API in `folder`.
std::string haproxyConfig(
    const std::filesystem::path& folder,
    const HaproxyPorts& ports,
    unsigned short bluePort,
    unsigned short greenPort);

/// Writes configuration and map to `folder` and starts HAProxy on free ports. NOT_FOUND when
/// HAProxy is not installed.
absl::StatusOr<Child> startHaproxy(
    const std::filesystem::path& folder,
    unsigned short bluePort,
    unsigned short greenPort,
    HaproxyPorts& ports);

} // namespace pilothouse::demo
