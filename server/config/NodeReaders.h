// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>
#include <toml++/toml.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

/// TOML nodes as the values that keys are made of. Errors are INVALID_ARGUMENT and say what was
/// expected.
namespace pilothouse::config {

using Path = std::filesystem::path;

absl::Status expected(const std::string& what);

/// As a TOML string, and as a TOML list of them.
std::string quoted(const std::string& text);
std::string quotedList(const std::vector<std::string>& values);

/// Nothing: it is none, or not in these bounds.
std::optional<std::int64_t> readNumber(
    const toml::node& node, std::int64_t minimum, std::int64_t maximum);
absl::StatusOr<std::string> readText(const toml::node& node);
absl::StatusOr<std::vector<std::string>> readTextList(const toml::node& node);
/// Relative paths start at `folder`; empty stays empty.
absl::StatusOr<Path> readPath(const toml::node& node, const Path& folder);
/// A path whose file must be there and readable now, rather than when it is needed first.
absl::StatusOr<Path> readReadableFile(const toml::node& node, const Path& folder);
/// The first line of a file that holds a value, such as a password.
absl::StatusOr<std::string> readSecretFile(const Path& path);

/// A name that Prometheus accepts and does not keep for itself.
bool isLabelName(const std::string& name);

} // namespace pilothouse::config
