// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/jobs/RunningTask.h"

#include <absl/time/time.h>

#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace pilothouse::jobs {

/// The tries that this server holds, from claim to end. A try that does not stop in time is
/// abandoned: its end is written without it, and its thread counts as lost until it returns.
/// Thread-safe.
class TaskTable
{
public:
    using Task = std::shared_ptr<RunningTask>;

    void add(const std::vector<Task>& tasks);
    enum class Removed {
        /// It was held: its end counts.
        Held,
        /// It was abandoned, and its thread has come back.
        Lost,
        /// It was abandoned before a thread was in it.
        Unknown,
    };
    Removed remove(const RunningTask& task);
    std::vector<Task> all() const;
    std::vector<std::int64_t> jobs() const;
    std::size_t size() const;
    /// Threads that abandoned tries hold.
    int lostThreads() const;

    void askAllToStop(StopReason reason);
    void askToStop(std::int64_t job, StopReason reason);
    /// Asks tries to stop whose time is over.
    void stopLate(absl::Duration now);
    /// Takes out the tries that were asked to stop longer ago than their grace, or all.
    std::vector<Task> abandonDeaf(absl::Duration now);
    std::vector<Task> abandonAll();

private:
    void abandon(const Task& task);

    mutable std::mutex m_mutex;
    std::map<TaskId, Task> m_tasks;
    /// Abandoned while a thread was in them.
    std::vector<Task> m_lost;
};

} // namespace pilothouse::jobs
