// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace pilothouse::platform {

/// Inflates one gzip stream. Stops with RESOURCE_EXHAUSTED as soon as the text would be longer than
/// `limit`, so that a small body cannot fill the memory; DATA_LOSS for what is not gzip or is cut
/// short.
absl::StatusOr<std::string> gunzip(std::string_view compressed, std::size_t limit);

} // namespace pilothouse::platform
