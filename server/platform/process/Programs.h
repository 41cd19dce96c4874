// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace pilothouse::platform {

/// The program as a shell would find it, or where distributions keep what administrators start.
std::optional<std::filesystem::path> findProgram(const std::string& name);

} // namespace pilothouse::platform
