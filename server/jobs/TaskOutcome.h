// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/jobs/RunningTask.h"

namespace pilothouse::jobs {

/// What a try's status means for the task, given why it was asked to stop (if it was):
/// - OK counts, whatever was asked: it is done.
/// - Cancelled → Cancelled. The server stops, or the lease is lost → Ready: given back.
/// - Anything else, and time that ran out, is a failure: tried again after a wait while tries are
///   left and trying can help, else Failed for good.
/// `random` (0 to 1) spreads the wait.
TaskEnd endOf(
    const ClaimedTask& task, const absl::Status& status, StopReason reason, double random);

} // namespace pilothouse::jobs
