// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::jobs {

/// Parameters of a job by name; what they mean stands in the kind.
using Parameters = std::map<std::string, std::string>;

enum class JobState {
    /// Nothing of it has started.
    Queued,
    Running,
    /// No further task starts until it is resumed.
    Paused,
    /// Asked to stop, not stopped yet.
    Cancelling,
    Succeeded,
    /// A dead letter: it waits for somebody to retry it until its retention ends.
    Failed,
    Cancelled,
};

enum class TaskState {
    /// Waits for the tasks it depends on.
    Blocked,
    /// Waits for its time: a later start, or the next try.
    Delayed,
    /// Waits for a worker.
    Ready,
    Running,
    Succeeded,
    Failed,
    Cancelled,
    /// Never started, because another task failed.
    Skipped,
};

/// "queued", "running", …: the words of the database and of the command line.
std::string_view jobStateName(JobState state);
std::string_view taskStateName(TaskState state);
bool isJobStateName(std::string_view name);
/// Of a name that is one; otherwise Queued and Blocked.
JobState jobStateOf(std::string_view name);
TaskState taskStateOf(std::string_view name);

constexpr bool hasEnded(JobState state)
{
    return state == JobState::Succeeded || state == JobState::Failed ||
           state == JobState::Cancelled;
}
constexpr bool hasEnded(TaskState state)
{
    return state >= TaskState::Succeeded;
}

/// What an operator may do with a job in this state.
constexpr bool canCancel(JobState state)
{
    return !hasEnded(state) && state != JobState::Cancelling;
}
constexpr bool canPause(JobState state)
{
    return state == JobState::Queued || state == JobState::Running;
}
constexpr bool canResume(JobState state)
{
    return state == JobState::Paused;
}
constexpr bool canRetry(JobState state)
{
    return state == JobState::Failed || state == JobState::Cancelled;
}

struct Progress
{
    /// 0 to 1, or negative: not known.
    double fraction = -1;
    /// Of the task that reported last; total 0: not known.
    std::int64_t unitsDone = 0;
    std::int64_t unitsTotal = 0;
    std::string unit;
    double unitsPerSecond = 0;
    /// InfiniteFuture until it is stable.
    absl::Time estimatedEnd = absl::InfiniteFuture();
    int tasksDone = 0;
    int tasksTotal = 0;
    /// Title of a task that runs now.
    std::string stage;

    bool operator==(const Progress&) const = default;
};

struct Task
{
    std::string name;
    std::string title;
    TaskState state = TaskState::Blocked;
    std::vector<std::string> dependsOn;
    /// Tries so far, and how many there may be.
    int attempts = 0;
    int maxAttempts = 0;
    absl::Time startTime = absl::InfinitePast();
    absl::Time endTime = absl::InfinitePast();
    /// While delayed.
    absl::Time nextAttemptTime = absl::InfinitePast();
    /// Why the last try failed, and what to do.
    std::string message;
    std::int64_t unitsDone = 0;
    std::int64_t unitsTotal = 0;
    std::string unit;
    /// Host of the server that runs or ran it.
    std::string worker;

    bool operator==(const Task&) const = default;
};

struct Artefact
{
    std::string name;
    std::string mediaType;
    std::int64_t sizeBytes = 0;
    absl::Time createTime = absl::InfinitePast();

    bool operator==(const Artefact&) const = default;
};

struct ArtefactContent
{
    Artefact artefact;
    std::string content;
};

struct Job
{
    std::string id;
    std::string kind;
    std::string title;
    /// What it works on: "metrics", "tenants/acme".
    std::string target;
    Parameters parameters;
    JobState state = JobState::Queued;
    /// Higher goes first; -100 to 100.
    int priority = 0;
    /// Operator's name, or "server".
    std::string createdBy;
    /// Name of the schedule that started it, or empty.
    std::string schedule;
    /// Jobs with the same key run one after the other; empty: no such limit.
    std::string concurrencyKey;
    absl::Time createTime = absl::InfinitePast();
    absl::Time startTime = absl::InfinitePast();
    absl::Time endTime = absl::InfinitePast();
    Progress progress;
    /// Why it failed or was cancelled, and what to do.
    std::string message;
    /// Only where one job is asked for.
    std::vector<Task> tasks;
    std::vector<Artefact> artefacts;

    bool operator==(const Job&) const = default;
};

enum class LogLevel { Info, Warning, Error };

std::string_view logLevelName(LogLevel level);
LogLevel logLevelOf(std::string_view name);

struct LogLine
{
    /// Grows within a job.
    std::int64_t sequence = 0;
    absl::Time time = absl::InfinitePast();
    LogLevel level = LogLevel::Info;
    std::string task;
    int attempt = 0;
    std::string text;

    bool operator==(const LogLine&) const = default;
};

/// What must match; empty members match everything.
struct JobFilter
{
    std::vector<JobState> states;
    std::vector<std::string> kinds;
    /// The target itself or what lies under it: "tenants" matches "tenants/acme".
    std::string target;
    std::string createdBy;
    std::string schedule;

    bool operator==(const JobFilter&) const = default;
};

bool matches(const JobFilter& filter, const Job& job);

} // namespace pilothouse::jobs
