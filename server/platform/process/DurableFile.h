// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>

#include <filesystem>
#include <string>

namespace pilothouse::platform {

/// NOT_FOUND when there is none; refused over 4 MiB.
absl::StatusOr<std::string> readSmallFile(const std::filesystem::path& file);

/// Replaces the file at once and for good: after a crash at any moment there is the old text or the
/// new one. Owner and mode of a file that is there stay.
absl::Status replaceFile(const std::filesystem::path& file, const std::string& text);

} // namespace pilothouse::platform
