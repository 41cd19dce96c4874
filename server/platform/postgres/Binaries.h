// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>

#include <filesystem>
#include <optional>

namespace pilothouse::postgres {

/// An installed PostgreSQL.
struct Binaries
{
    std::filesystem::path folder;
    int major = 0;

    std::filesystem::path program(const char* name) const { return folder / name; }
    /// Whether shared_preload_libraries can name it.
    bool hasLibrary(const char* name) const;
};

/// The PostgreSQL in `configured`, or the newest of PATH and the usual folders. With `major`, only
/// that one: data files belong to one major version. NOT_FOUND says what was looked for and what to
/// install.
absl::StatusOr<Binaries> findBinaries(
    const std::filesystem::path& configured, std::optional<int> major);

} // namespace pilothouse::postgres
