// SPDX-License-Identifier: Apache-2.0
// What becomes of claimed tasks: they are handed to the executor, run, and end.
#include "server/jobs/JobEngine.h"
#include "server/jobs/TaskOutcome.h"
#include "server/platform/faults/Faults.h"

#include <fmt/format.h>

#include <utility>

namespace pilothouse::jobs {

namespace {

/// Weight of the newest run in the mean: a flood of short ones is known as such after some twenty.
constexpr double kMeanWeight = 0.3;

} // namespace

void JobEngine::begin(std::vector<ClaimedTask> tasks)
{
    std::vector<std::int64_t> jobs;
    for (const TaskTable::Task& task : launch(std::move(tasks))) {
        jobs.push_back(task->claimed().id.job);
    }
    if (!jobs.empty() && areLong()) {
        m_queue.markStarted(jobs).IgnoreError();
    }
}

std::vector<TaskTable::Task> JobEngine::launch(std::vector<ClaimedTask> tasks)
{
    {
        const std::lock_guard lock(m_mutex);
        m_claims.add(tasks);
    }
    std::vector<TaskTable::Task> begun;
    std::vector<std::function<void()>> runs;
    begun.reserve(tasks.size());
    runs.reserve(tasks.size());
    for (ClaimedTask& claimed : tasks) {
        auto handler = m_parts.kinds.find(claimed.kind);
        const auto task = std::make_shared<RunningTask>(
            std::move(claimed), std::move(handler), m_parts.records, m_parts.clock);
        begun.push_back(task);
        runs.emplace_back([this, task] { run(task); });
    }
    m_tasks.add(begun);
    const absl::Status status = m_parts.executor.submitAll(std::move(runs));
    if (!status.ok()) {
        const std::lock_guard lock(m_mutex);
        for (const TaskTable::Task& task : begun) {
            m_tasks.remove(*task);
            m_ends.push_back(endOf(task->claimed(), status, StopReason::ServerStops, 0));
        }
        m_claimWake.notify_all();
    }
    return begun;
}

/// Then operators see at once that a job runs. In a flood of short tasks that would be a quarter of
/// the cost of one: there its end says it, soon, or the pulse.
bool JobEngine::areLong() const
{
    const std::lock_guard lock(m_mutex);
    return m_meanRun >= kShortRun;
}

void JobEngine::run(const TaskTable::Task& task)
{
    PH_FAULT("jobs.before_run");
    const absl::Duration started = m_parts.clock.monotonic();
    const absl::Status status = task->run();
    PH_FAULT("jobs.after_run");
    finished(task, status, m_parts.clock.monotonic() - started);
}

void JobEngine::finished(
    const TaskTable::Task& task, const absl::Status& status, absl::Duration ran)
{
    std::vector<LogEntry> log = task->takeLog();
    TaskTable::Removed removed = TaskTable::Removed::Held;
    bool isAwaited = true;
    {
        // Together, so that the try is always in the table or among the ends.
        const std::lock_guard lock(m_mutex);
        m_meanRun += (ran - m_meanRun) * kMeanWeight;
        removed = m_tasks.remove(*task);
        if (removed == TaskTable::Removed::Held) {
            m_ends.push_back(endOfLocked(task, status));
            m_log.insert(m_log.end(), log.begin(), log.end());
        }
        // A waking for each of many short tasks would cost more than they do.
        isAwaited = m_meanRun >= kShortRun || m_ends.size() == 1 || areEndsDue();
    }
    if (removed == TaskTable::Removed::Lost) {
        m_parts.executor.retireThread(); // another took its place
    }
    if (isAwaited) {
        m_claimWake.notify_all();
    }
}

TaskEnd JobEngine::endOfLocked(const TaskTable::Task& task, const absl::Status& status)
{
    const double random = std::uniform_real_distribution<double>()(m_random);
    TaskEnd end = endOf(task->claimed(), status, task->stopReason(), random);
    if (end.state == TaskState::Succeeded) {
        end.result = task->takeResult();
        if (end.result.size() > kLargestResult) {
            end = endOf(
                task->claimed(),
                absl::OutOfRangeError(fmt::format(
                    "the result has {} bytes; {} is the limit", end.result.size(), kLargestResult)),
                StopReason::None,
                random);
        }
    }
    if (const auto started = task->startedAt()) {
        end.ran = m_parts.clock.monotonic() - *started;
    }
    return end;
}

} // namespace pilothouse::jobs
