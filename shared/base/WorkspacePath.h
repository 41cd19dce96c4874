// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace pilothouse {

/// Data directory of the local workspace: the server that the console starts by itself, that
/// pilothousectl looks for when it is given no server, and that the demo runs on.
/// $PILOTHOUSE_WORKSPACE when set. For root /var/lib/pilothouse/local, because root's home is
/// closed to the unprivileged account that must run PostgreSQL; else the platform's folder for
/// application data
/// ($XDG_DATA_HOME/pilothouse/local, ~/Library/Application Support/Pilothouse/local,
/// %LOCALAPPDATA%\Pilothouse\local).
std::filesystem::path localWorkspacePath();

} // namespace pilothouse
