// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/storage/Segment.h"
#include "shared/metrics/store/Store.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace pilothouse::metrics {

/// What was found on the disk.
struct RecoveryReport
{
    std::int64_t series = 0;
    std::int64_t blocks = 0;
    std::int64_t rows = 0;
    absl::Duration duration;
    /// What was lost or damaged, a sentence each; empty after a clean stop.
    std::vector<std::string> notes;
};

/// Names of the storage's files.
std::filesystem::path catalogueFile(const std::filesystem::path& folder);
std::filesystem::path logFile(const std::filesystem::path& folder, std::uint64_t number);
std::filesystem::path segmentFile(const std::filesystem::path& folder, std::uint64_t number);

struct NumberedFile
{
    std::uint64_t number = 0;
    std::filesystem::path path;
};
/// The logs or segments of the folder in order of their numbers.
std::vector<NumberedFile> logFiles(const std::filesystem::path& folder);
std::vector<NumberedFile> segmentFiles(const std::filesystem::path& folder);

struct Recovered
{
    RecoveryReport report;
    std::vector<std::shared_ptr<Segment>> segments; // shared with the blocks that lie in them
};

/// Fills an empty store from the folder: catalogue, then sealed blocks, then the logs' rows. What
/// is damaged is left out and noted; only a folder that cannot be read is an error.
absl::StatusOr<Recovered> recover(const std::filesystem::path& folder, Store& store);

} // namespace pilothouse::metrics
