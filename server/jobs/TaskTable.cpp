// SPDX-License-Identifier: Apache-2.0
#include "server/jobs/TaskTable.h"

#include <algorithm>

namespace pilothouse::jobs {

void TaskTable::add(const std::vector<Task>& tasks)
{
    const std::lock_guard lock(m_mutex);
    for (const Task& task : tasks) {
        m_tasks.insert_or_assign(task->claimed().id, task);
    }
}

TaskTable::Removed TaskTable::remove(const RunningTask& task)
{
    const std::lock_guard lock(m_mutex);
    const auto isIt = [&](const Task& other) { return other.get() == &task; };
    if (std::erase_if(m_lost, isIt) > 0) {
        return Removed::Lost;
    }
    // The place may belong to a later try of the same task by now.
    const auto found = m_tasks.find(task.claimed().id);
    if (found == m_tasks.end() || !isIt(found->second)) {
        return Removed::Unknown;
    }
    m_tasks.erase(found);
    return Removed::Held;
}

std::vector<TaskTable::Task> TaskTable::all() const
{
    const std::lock_guard lock(m_mutex);
    std::vector<Task> tasks;
    for (const auto& [id, task] : m_tasks) {
        tasks.push_back(task);
    }
    return tasks;
}

std::vector<std::int64_t> TaskTable::jobs() const
{
    const std::lock_guard lock(m_mutex);
    std::vector<std::int64_t> jobs;
    for (const auto& [id, task] : m_tasks) {
        if (jobs.empty() || jobs.back() != id.job) {
            jobs.push_back(id.job);
        }
    }
    return jobs;
}

std::size_t TaskTable::size() const
{
    const std::lock_guard lock(m_mutex);
    return m_tasks.size();
}

int TaskTable::lostThreads() const
{
    const std::lock_guard lock(m_mutex);
    return static_cast<int>(m_lost.size());
}

void TaskTable::askAllToStop(StopReason reason)
{
    for (const Task& task : all()) {
        task->askToStop(reason);
    }
}

void TaskTable::askToStop(std::int64_t job, StopReason reason)
{
    for (const Task& task : all()) {
        if (task->claimed().id.job == job) {
            task->askToStop(reason);
        }
    }
}

void TaskTable::stopLate(absl::Duration now)
{
    for (const Task& task : all()) {
        const auto started = task->startedAt();
        if (started && now - *started > task->claimed().timeout) {
            task->askToStop(StopReason::TimedOut);
        }
    }
}

void TaskTable::abandon(const Task& task)
{
    if (task->startedAt()) {
        m_lost.push_back(task);
    }
}

std::vector<TaskTable::Task> TaskTable::abandonDeaf(absl::Duration now)
{
    const std::lock_guard lock(m_mutex);
    std::vector<Task> abandoned;
    for (auto place = m_tasks.begin(); place != m_tasks.end();) {
        const Task& task = place->second;
        const auto asked = task->stopAskedAt();
        if (asked && now - *asked > task->grace()) {
            abandon(task);
            abandoned.push_back(task);
            place = m_tasks.erase(place);
        } else {
            ++place;
        }
    }
    return abandoned;
}

std::vector<TaskTable::Task> TaskTable::abandonAll()
{
    const std::lock_guard lock(m_mutex);
    std::vector<Task> abandoned;
    for (const auto& [id, task] : m_tasks) {
        abandon(task);
        abandoned.push_back(task);
    }
    m_tasks.clear();
    return abandoned;
}

} // namespace pilothouse::jobs
