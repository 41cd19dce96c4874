// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/output/ExitCode.h"

namespace pilothouse::cli {

ExitCode exitCodeOf(const absl::Status& status)
{
    switch (status.code()) {
    case absl::StatusCode::kOk:
        return ExitCode::Done;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
        return ExitCode::Usage;
    case absl::StatusCode::kNotFound:
        return ExitCode::NotFound;
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
        return ExitCode::Denied;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
        return ExitCode::Unreachable;
    default:
        return ExitCode::Failed;
    }
}

} // namespace pilothouse::cli
