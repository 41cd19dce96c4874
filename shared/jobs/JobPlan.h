// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/jobs/Job.h"
#include "shared/jobs/RetryPolicy.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <string>
#include <vector>

namespace pilothouse::jobs {

/// One step of a job as its handler plans it.
struct TaskPlan
{
    /// Unique in its job: "measure".
    std::string name;
    /// "Measure 12 expressions"
    std::string title;
    /// Names of tasks that must succeed first.
    std::vector<std::string> dependsOn;
    RetryPolicy retry;
    /// A try that takes longer is stopped and counts as failed.
    absl::Duration timeout = absl::Hours(1);
    /// Share of the job's progress beside the other tasks.
    double weight = 1;
};

/// What a job will do: made by the handler from the parameters, then checked, stored and run.
struct JobPlan
{
    std::string title;
    std::string target;
    std::string concurrencyKey;
    std::vector<TaskPlan> tasks;
};

inline constexpr std::size_t kMostTasks = 1000;

/// INTERNAL for a plan that cannot be run: no task, too many, a name twice, an unknown dependency,
/// a circle.
absl::Status checkPlan(const JobPlan& plan);

/// The plan's tasks as they are before anything ran.
std::vector<Task> tasksOf(const JobPlan& plan);

} // namespace pilothouse::jobs
