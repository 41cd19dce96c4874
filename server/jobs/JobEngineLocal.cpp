// SPDX-License-Identifier: Apache-2.0
// Tasks that are made and claimed by one statement on this server.
#include "server/jobs/JobEngine.h"
#include "server/platform/faults/Faults.h"

#include <algorithm>
#include <utility>

namespace pilothouse::jobs {

LocalWorker::Place JobEngine::reserve(int tasks)
{
    const std::lock_guard lock(m_mutex);
    // Whoever has waited comes first: only with an empty queue is there room.
    if (!m_mayClaim || !m_isDrained || m_isUnsure || m_hasWork || m_worker.id == 0) {
        return {};
    }
    const int room = m_options.threads - static_cast<int>(m_tasks.size()) - m_reserved;
    const int count = std::min({tasks, room, TaskQueue::kMostAtOnce});
    if (count <= 0) {
        return {};
    }
    m_reserved += count;
    return {m_worker.id, count};
}

void JobEngine::start(const Place& place, std::vector<ClaimedTask> tasks)
{
    PH_FAULT("jobs.before_local_start");
    bool isMine = false;
    bool isStopped = false;
    {
        const std::lock_guard lock(m_mutex);
        isMine = m_worker.id == place.worker && !m_isStopping;
        isStopped = !m_mayClaim;
    }
    // Without its lease the reaper takes them.
    if (isMine) {
        const auto begun = launch(std::move(tasks));
        for (const TaskTable::Task& task : begun) {
            if (isStopped) {
                task->askToStop(StopReason::ServerStops);
            }
        }
    }
    giveUp(place, Made::No);
}

void JobEngine::giveUp(const Place& place, Made made)
{
    {
        const std::lock_guard lock(m_mutex);
        m_reserved -= place.tasks;
        m_isUnsure = m_isUnsure || (made == Made::Unknown && place.tasks > 0);
        if (!m_isUnsure) {
            return;
        }
        m_hasWork = true;
    }
    m_claimWake.notify_all();
}

} // namespace pilothouse::jobs
