// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <absl/status/statusor.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace pilothouse::cli {

/// Whether there is a person to ask: the process has a terminal.
bool canAsk();

/// Asks on the terminal itself, so that it works while standard input and output are redirected.
/// FAILED_PRECONDITION without a terminal, CANCELLED at its end.
absl::StatusOr<std::string> ask(std::string_view question);
/// The same without showing what is typed.
absl::StatusOr<std::string> askSecret(std::string_view question);

/// The first line of a small file, for passwords and tokens; "-" is standard input.
absl::StatusOr<std::string> readSecretFile(const std::filesystem::path& file);
/// The whole of a file of at most 1 MiB.
absl::StatusOr<std::string> readSmallFile(const std::filesystem::path& file);

} // namespace pilothouse::cli
