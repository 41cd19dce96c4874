// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>

#include <filesystem>
#include <string>

namespace pilothouse {

/// Names the server of a data directory for consoles; made at the first start and never changed.
absl::StatusOr<std::string> serverIdIn(const std::filesystem::path& dataDir);

} // namespace pilothouse
