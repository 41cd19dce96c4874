// SPDX-License-Identifier: Apache-2.0
#include "shared/jobs/Job.h"

#include <algorithm>
#include <array>

namespace pilothouse::jobs {

namespace {

/// In the order of the enumerations.
constexpr std::array<std::string_view, 7> kJobStates = {
    "queued", "running", "paused", "cancelling", "succeeded", "failed", "cancelled"};
constexpr std::array<std::string_view, 8> kTaskStates = {
    "blocked", "delayed", "ready", "running", "succeeded", "failed", "cancelled", "skipped"};
constexpr std::array<std::string_view, 3> kLevels = {"info", "warning", "error"};

template <typename Value, std::size_t Size>
Value valueOf(const std::array<std::string_view, Size>& names, std::string_view name)
{
    const auto found = std::ranges::find(names, name);
    return static_cast<Value>(found == names.end() ? 0 : found - names.begin());
}

template <typename Value>
bool holds(const std::vector<Value>& wanted, const Value& value)
{
    return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
}

} // namespace

std::string_view jobStateName(JobState state)
{
    return kJobStates.at(static_cast<std::size_t>(state));
}

std::string_view taskStateName(TaskState state)
{
    return kTaskStates.at(static_cast<std::size_t>(state));
}

bool isJobStateName(std::string_view name)
{
    return std::ranges::find(kJobStates, name) != kJobStates.end();
}

JobState jobStateOf(std::string_view name)
{
    return valueOf<JobState>(kJobStates, name);
}

TaskState taskStateOf(std::string_view name)
{
    return valueOf<TaskState>(kTaskStates, name);
}

std::string_view logLevelName(LogLevel level)
{
    return kLevels.at(static_cast<std::size_t>(level));
}

LogLevel logLevelOf(std::string_view name)
{
    return valueOf<LogLevel>(kLevels, name);
}

bool matches(const JobFilter& filter, const Job& job)
{
    const bool isTarget =
        filter.target.empty() || job.target == filter.target ||
        (job.target.size() > filter.target.size() && job.target.starts_with(filter.target) &&
         job.target[filter.target.size()] == '/');
    return isTarget && holds(filter.states, job.state) && holds(filter.kinds, job.kind) &&
           (filter.createdBy.empty() || filter.createdBy == job.createdBy) &&
           (filter.schedule.empty() || filter.schedule == job.schedule);
}

} // namespace pilothouse::jobs
