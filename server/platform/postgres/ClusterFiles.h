// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Binaries.h"
#include "server/platform/process/Account.h"

#include <absl/status/statusor.h>

#include <filesystem>

namespace pilothouse::postgres {

/// Where a private cluster lies and who runs it.
struct ClusterPlace
{
    /// DATA-DIR/postgres, owned by the account.
    std::filesystem::path root;
    /// PostgreSQL's own data folder.
    std::filesystem::path data;
    /// Folder of the unix socket, short enough for the kernel's limit.
    std::filesystem::path socketFolder;
    std::filesystem::path logFile;
    platform::Account account;
    Binaries binaries;
};

/// Makes the folders under `dataDir`, finds account and binaries, and checks that what lies there
/// is ours and of a version that is installed. Does not start anything.
absl::StatusOr<ClusterPlace> preparePlace(
    const std::filesystem::path& dataDir,
    const std::filesystem::path& binaries,
    const std::string& user);

bool isInitialised(const ClusterPlace& place);
/// Makes a new cluster; all or nothing, durable when it returns.
absl::Status initialise(const ClusterPlace& place);
/// Writes the configuration, which is ours; what an operator adds goes to custom.conf beside it.
absl::Status writeConfiguration(const ClusterPlace& place, int maxConnections);

} // namespace pilothouse::postgres
