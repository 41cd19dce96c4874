// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::metrics {

/// The content of a file below /proc or /sys: small, and its size is unknown before it is read.
absl::StatusOr<std::string> readProcFile(const std::filesystem::path& file);

/// Lines without their ends; a last line without an end counts.
std::vector<std::string_view> linesOf(std::string_view text);
/// Words between blanks and tabs.
std::vector<std::string_view> wordsOf(std::string_view line);
/// The number that `word` is, or NaN.
double numberOf(std::string_view word);

} // namespace pilothouse::metrics
