// SPDX-License-Identifier: Apache-2.0
// The pulse of the engine: lease, stops, progress and logs.
#include "server/jobs/JobEngine.h"
#include "server/platform/faults/Faults.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <utility>

namespace pilothouse::jobs {

namespace {

constexpr absl::Duration kPulse = absl::Milliseconds(250);
/// Of the lease.
constexpr double kBeatShare = 0.25;
constexpr double kActShare = 2.0 / 3;
/// How often progress and logs of running tasks go to the database.
constexpr absl::Duration kReportPeriod = absl::Seconds(1);

} // namespace

void JobEngine::pulseLoop()
{
    while (true) {
        {
            std::unique_lock lock(m_mutex);
            m_pulseWake.wait_for(lock, absl::ToChronoMilliseconds(kPulse), [this] {
                return m_isStopping || m_hasStops;
            });
            if (m_isStopping) {
                return;
            }
            if (m_worker.id == 0) {
                m_hasStops = false;
                continue; // not registered yet: nothing runs
            }
        }
        pulse();
    }
}

void JobEngine::pulse()
{
    beat();
    const absl::Duration now = m_parts.clock.monotonic();
    bool isAsked = false;
    {
        const std::lock_guard lock(m_mutex);
        isAsked = std::exchange(m_hasStops, false);
    }
    const bool isReport = now - m_lastReport >= kReportPeriod;
    if (isAsked || isReport) {
        stopCancelled();
    }
    m_tasks.stopLate(now);
    abandonDeaf();
    if (isReport) {
        m_lastReport = now;
        markStarted();
        writeReports();
        reportHealth();
    }
}

void JobEngine::beat()
{
    TaskQueue::Worker worker;
    absl::Duration last;
    {
        const std::lock_guard lock(m_mutex);
        worker = m_worker;
        last = m_lastBeat;
    }
    const absl::Duration asked = m_parts.clock.monotonic();
    if (asked - last < m_options.lease * kBeatShare) {
        return;
    }
    PH_FAULT("jobs.before_beat");
    const absl::Status status = m_queue.beat(worker, m_options.lease);
    if (status.ok()) {
        const std::lock_guard lock(m_mutex);
        m_lastBeat = asked;
    } else if (absl::IsNotFound(status)) {
        leaseLost();
    } else if (m_parts.clock.monotonic() - last > m_options.lease * kActShare) {
        // Nobody may have taken over yet, but somebody soon will.
        m_tasks.askAllToStop(StopReason::LeaseLost);
    }
}

void JobEngine::leaseLost()
{
    m_tasks.askAllToStop(StopReason::LeaseLost);
    const auto tasks = m_tasks.abandonAll();
    spdlog::warn("jobs: this server's lease ran out; {} tasks went to others", tasks.size());
    giveUp(tasks);
    {
        const std::lock_guard lock(m_mutex);
        m_worker = {}; // the claiming thread registers anew
        m_claims.clear();
        m_hasWork = true;
    }
    m_claimWake.notify_all();
}

/// The threads of abandoned tries may never come back: others take their place.
void JobEngine::giveUp(const std::vector<TaskTable::Task>& tasks)
{
    for (const TaskTable::Task& task : tasks) {
        if (task->startedAt()) {
            m_parts.executor.addThread();
        }
    }
}

void JobEngine::stopCancelled()
{
    const std::vector<std::int64_t> jobs = m_tasks.jobs();
    if (jobs.empty()) {
        return;
    }
    const auto cancelling = m_queue.cancelling(jobs);
    if (!cancelling.ok()) {
        return; // the next pulse asks again
    }
    for (const std::int64_t job : *cancelling) {
        m_tasks.askToStop(job, StopReason::Cancelled);
    }
}

void JobEngine::abandonDeaf()
{
    std::vector<TaskTable::Task> deaf;
    {
        const std::lock_guard lock(m_mutex);
        deaf = m_tasks.abandonDeaf(m_parts.clock.monotonic());
        for (const TaskTable::Task& task : deaf) {
            const auto status = absl::DeadlineExceededError(fmt::format(
                "it did not stop within {} and was abandoned",
                absl::FormatDuration(task->grace())));
            m_ends.push_back(endOfLocked(task, status));
        }
    }
    if (deaf.empty()) {
        return;
    }
    for (const TaskTable::Task& task : deaf) {
        spdlog::error(
            "job {}: task {} of {} did not stop and was abandoned",
            task->jobId(),
            task->task(),
            task->claimed().kind);
    }
    giveUp(deaf);
    m_claimWake.notify_all();
}

void JobEngine::markStarted()
{
    const std::vector<std::int64_t> jobs = m_tasks.jobs();
    if (jobs.empty()) {
        return;
    }
    // What fails here the next pulse or the end of the task makes good.
    if (m_queue.markStarted(jobs).value_or(0) > 0) {
        m_parts.changed();
    }
}

void JobEngine::writeReports()
{
    std::vector<ProgressEntry> progress;
    std::vector<LogEntry> log;
    for (const TaskTable::Task& task : m_tasks.all()) {
        if (auto entry = task->takeProgress()) {
            progress.push_back(*std::move(entry));
        }
        std::vector<LogEntry> lines = task->takeLog();
        log.insert(log.end(), lines.begin(), lines.end());
    }
    // What is lost here costs a line or a second of a bar, never a job.
    if (!log.empty()) {
        m_parts.records.writeLog(log).IgnoreError();
    }
    if (!progress.empty()) {
        m_parts.records.writeProgress(progress).IgnoreError();
    }
    if (!log.empty() || !progress.empty()) {
        m_parts.changed();
    }
}

void JobEngine::reportHealth()
{
    std::string problem;
    {
        const std::lock_guard lock(m_mutex);
        problem = m_problem;
    }
    const int lost = m_tasks.lostThreads();
    if (!problem.empty()) {
        m_parts.health.report(
            kComponent,
            system::HealthState::Degraded,
            absl::ZeroDuration(),
            "jobs wait for the control database: " + problem);
    } else if (lost > 0) {
        m_parts.health.report(
            kComponent,
            system::HealthState::Degraded,
            absl::ZeroDuration(),
            fmt::format("{} job handlers hang. Restart this server to end them.", lost));
    } else {
        m_parts.health.report(kComponent, system::HealthState::Healthy, absl::ZeroDuration());
    }
}

} // namespace pilothouse::jobs
