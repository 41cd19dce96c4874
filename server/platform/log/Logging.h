// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace pilothouse::platform {

/// Sends spdlog's default logger to standard error with the level ("debug", "info", "warning",
/// "error") and the format ("text", "json"). Lines of a request carry its ids. gRPC's own messages
/// join at debug.
void setUpLogging(const std::string& level, const std::string& format);

} // namespace pilothouse::platform
