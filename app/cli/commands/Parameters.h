// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/jobs/Job.h"

#include <absl/status/statusor.h>

#include <string>
#include <vector>

namespace pilothouse::cli {

/// "name=value" and "name=@FILE" as a job's parameters; INVALID_ARGUMENT for anything else.
absl::StatusOr<jobs::Parameters> parametersOf(const std::vector<std::string>& words);

} // namespace pilothouse::cli
