// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/rollouts/Rollout.h"

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <compare>
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace pilothouse::rollouts {

/// A server of a side's backend: "blue1", "127.0.0.1:9001".
struct SideServer
{
    std::string name;
    std::string address;

    friend auto operator<=>(const SideServer&, const SideServer&) = default;
};

/// A process that this server has started.
struct ProcessRecord
{
    Colour colour = Colour::Blue;
    std::string server;
    pid_t pid = -1;
    /// See platform::birthOf.
    std::string birth;
    /// Of the command and its program, as they were when it was started.
    std::string version;
};

/// What one application's processes should be, and which were started; it outlives the server.
struct ProcessRecords
{
    std::vector<SideServer> blue;
    std::vector<SideServer> green;
    std::vector<ProcessRecord> processes;

    std::vector<SideServer>& wanted(Colour colour) { return colour == Colour::Blue ? blue : green; }
    const std::vector<SideServer>& wanted(Colour colour) const
    {
        return colour == Colour::Blue ? blue : green;
    }
};

/// None when there is no such file; DATA_LOSS when it cannot be understood.
absl::StatusOr<ProcessRecords> readProcessRecords(const std::filesystem::path& file);
absl::Status writeProcessRecords(const std::filesystem::path& file, const ProcessRecords& records);

} // namespace pilothouse::rollouts
