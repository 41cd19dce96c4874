// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/status.h>

#include <string>

namespace pilothouse::postgres {

/// The exception that is being handled as a status, for a catch block. `what` names the statement
/// or the step. Values of rows and parameters never enter the message.
///   serialization, deadlock, lock not available → ABORTED      connection lost → UNAVAILABLE
///   unique violation → ALREADY_EXISTS                          statement timeout →
///   DEADLINE_EXCEEDED foreign key → FAILED_PRECONDITION                          disk, memory,
///   connections → RESOURCE_EXHAUSTED bad value, check, not null → INVALID_ARGUMENT everything else
///   → INTERNAL
absl::Status currentExceptionAsStatus(const std::string& what);

/// The constraint that a row violated, or empty.
std::string constraintOf(const absl::Status& status);

} // namespace pilothouse::postgres
