// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/jobs/TaskContext.h"
#include "shared/jobs/JobPlan.h"
#include "shared/jobs/Kind.h"

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

namespace pilothouse::jobs {

/// One kind of job, registered by the capability that owns it. Thread-safe: many tasks run at once.
class JobHandler
{
public:
    virtual ~JobHandler() = default;

    virtual const Kind& kind() const = 0;

    /// What a job with these (checked, completed) parameters does; INVALID_ARGUMENT when they make
    /// no sense together. Pure and quick: it is also asked for a dry run.
    virtual absl::StatusOr<JobPlan> plan(const Parameters& parameters) const = 0;

    /// Does one task of a plan, on a thread of the `jobs` executor. It may run again after a crash
    /// at any point, so what it does must bear repetition. An error is tried again while tries are
    /// left, unless trying again cannot help (isWorthRetrying). An exception counts as INTERNAL.
    virtual absl::Status run(TaskContext& context) = 0;

    /// How long a task may go on after it was cancelled or ran out of time; then it is abandoned.
    virtual absl::Duration grace() const { return absl::Seconds(10); }
};

} // namespace pilothouse::jobs
