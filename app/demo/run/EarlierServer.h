// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <filesystem>

namespace pilothouse::demo {

/// Whether a server holds the workspace.
bool serverHolds(const std::filesystem::path& workspace);

/// The server of a demo that was killed stops by itself, and needs a moment for it. False when it
/// did not within `patience`.
bool waitForServerToLetGo(
    const std::filesystem::path& workspace, std::chrono::milliseconds patience);

} // namespace pilothouse::demo
