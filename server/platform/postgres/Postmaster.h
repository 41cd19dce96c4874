// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>

namespace pilothouse::postgres {

/// What postmaster.pid says about the PostgreSQL server of a data folder.
struct PostmasterFile
{
    pid_t pid = -1;
    std::filesystem::path socketFolder;
    /// "starting", "ready", "stopping", …; empty before the first is written.
    std::string state;
};

/// Nothing when there is no file or it is not one.
std::optional<PostmasterFile> readPostmasterFile(const std::filesystem::path& data);

/// Whether the process is a PostgreSQL server on exactly this data folder: a pid alone may
/// meanwhile belong to any program.
bool isPostmasterOf(pid_t pid, const std::filesystem::path& data);

} // namespace pilothouse::postgres
