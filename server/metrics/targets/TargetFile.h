// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::metrics {

/// Targets that share labels, as a file of Prometheus' file_sd lists them.
struct TargetGroup
{
    /// "host:port"
    std::vector<std::string> targets;
    std::map<std::string, std::string> labels;

    bool operator==(const TargetGroup&) const = default;
};

/// Reads a file_sd list: JSON when `fileName` ends with .json, YAML for .yml and .yaml.
/// INVALID_ARGUMENT says where and what was expected. `fileName` is only for that and the format.
absl::StatusOr<std::vector<TargetGroup>> parseTargetFile(
    const std::string& text, std::string_view fileName);

} // namespace pilothouse::metrics
