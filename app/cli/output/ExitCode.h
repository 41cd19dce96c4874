// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <absl/status/status.h>

namespace pilothouse::cli {

/// What scripts may count on.
enum class ExitCode { Done = 0, Failed = 1, Usage = 2, NotFound = 3, Denied = 4, Unreachable = 5 };

ExitCode exitCodeOf(const absl::Status& status);

} // namespace pilothouse::cli
