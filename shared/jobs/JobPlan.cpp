// SPDX-License-Identifier: Apache-2.0
#include "shared/jobs/JobPlan.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace pilothouse::jobs {

namespace {

/// Takes away whatever waits for nothing, again and again; what stays waits in a circle.
absl::Status checkOrder(const JobPlan& plan)
{
    std::set<std::string_view> done;
    std::size_t before = 0;
    do {
        before = done.size();
        for (const TaskPlan& task : plan.tasks) {
            const bool isFree = std::ranges::all_of(
                task.dependsOn, [&](const std::string& name) { return done.contains(name); });
            if (isFree) {
                done.insert(task.name);
            }
        }
    } while (done.size() > before);
    return done.size() == plan.tasks.size()
               ? absl::OkStatus()
               : absl::InternalError("the plan's tasks wait for each other in a circle");
}

} // namespace

absl::Status checkPlan(const JobPlan& plan)
{
    if (plan.tasks.empty() || plan.tasks.size() > kMostTasks) {
        return absl::InternalError(
            fmt::format("a plan of {} tasks; 1 to {} can be run", plan.tasks.size(), kMostTasks));
    }
    std::set<std::string_view> names;
    for (const TaskPlan& task : plan.tasks) {
        if (task.name.empty() || !names.insert(task.name).second) {
            return absl::InternalError(
                fmt::format("the plan has the task '{}' twice or without a name", task.name));
        }
        if (task.retry.maxAttempts < 1 || task.timeout <= absl::ZeroDuration() ||
            task.weight <= 0) {
            return absl::InternalError(
                fmt::format("task '{}' has no tries, time or weight", task.name));
        }
    }
    for (const TaskPlan& task : plan.tasks) {
        for (const std::string& name : task.dependsOn) {
            if (!names.contains(name)) {
                return absl::InternalError(
                    fmt::format("task '{}' waits for '{}', which is not there", task.name, name));
            }
        }
    }
    return checkOrder(plan);
}

std::vector<Task> tasksOf(const JobPlan& plan)
{
    std::vector<Task> tasks;
    tasks.reserve(plan.tasks.size());
    for (const TaskPlan& planned : plan.tasks) {
        Task task;
        task.name = planned.name;
        task.title = planned.title;
        task.state = planned.dependsOn.empty() ? TaskState::Ready : TaskState::Blocked;
        task.dependsOn = planned.dependsOn;
        task.maxAttempts = planned.retry.maxAttempts;
        tasks.push_back(std::move(task));
    }
    return tasks;
}

} // namespace pilothouse::jobs
