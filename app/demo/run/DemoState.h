// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <absl/status/statusor.h>

#include <filesystem>

namespace pilothouse::demo {

/// Where a running demo listens, kept in `folder`/state.json for the other commands. A port of 0
/// means that the part does not run.
struct DemoState
{
    unsigned short blue = 0;
    unsigned short green = 0;
    unsigned short live = 0;
    unsigned short preview = 0;
    unsigned short haproxyMetrics = 0;
};

absl::Status writeState(const std::filesystem::path& folder, const DemoState& state);
/// NOT_FOUND when no demo runs on this folder.
absl::StatusOr<DemoState> readState(const std::filesystem::path& folder);

/// Prometheus' file_sd list of what there is to scrape.
absl::Status writeTargets(const std::filesystem::path& file, const DemoState& state);

} // namespace pilothouse::demo
