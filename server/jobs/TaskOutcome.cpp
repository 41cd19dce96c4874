// SPDX-License-Identifier: Apache-2.0
#include "server/jobs/TaskOutcome.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

namespace pilothouse::jobs {

namespace {

TaskEnd failure(const ClaimedTask& task, const absl::Status& status, TaskEnd end, double random)
{
    end.message = describe(status);
    const bool mayTryAgain = isWorthRetrying(status) && task.tries < task.retry.maxAttempts;
    end.state = mayTryAgain ? TaskState::Delayed : TaskState::Failed;
    end.wait = mayTryAgain ? task.retry.waitAfter(task.tries, random) : absl::ZeroDuration();
    return end;
}

} // namespace

TaskEnd endOf(const ClaimedTask& task, const absl::Status& status, StopReason reason, double random)
{
    TaskEnd end;
    end.id = task.id;
    end.claim = task.claim;
    end.hasDependents = task.hasDependents;
    if (status.ok()) {
        end.state = TaskState::Succeeded;
        return end;
    }
    switch (reason) {
    case StopReason::Cancelled:
        end.state = TaskState::Cancelled;
        end.message = describe(status);
        return end;
    case StopReason::ServerStops:
    case StopReason::LeaseLost:
        end.state = TaskState::Ready;
        return end;
    case StopReason::TimedOut:
        return failure(
            task,
            absl::DeadlineExceededError(
                fmt::format("it took longer than {}", absl::FormatDuration(task.timeout))),
            std::move(end),
            random);
    case StopReason::None:
        break;
    }
    return failure(task, status, std::move(end), random);
}

} // namespace pilothouse::jobs
