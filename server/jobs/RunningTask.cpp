// SPDX-License-Identifier: Apache-2.0
#include "server/jobs/RunningTask.h"

#include "server/platform/faults/Faults.h"
#include "shared/base/StatusHelpers.h"
#include "shared/base/Utf8.h"

#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::jobs {

namespace {

/// Lines that wait for the next flush, once a second: more is a handler gone wild.
constexpr std::size_t kMostWaitingLines = 500;
constexpr std::size_t kLongestLine = 2000;

/// Text for PostgreSQL and terminals: without control characters, and not cut inside a character.
std::string printable(std::string_view text)
{
    std::string line(cutUtf8(text, kLongestLine));
    std::ranges::replace_if(
        line,
        [](char letter) { return static_cast<unsigned char>(letter) < 0x20U && letter != '\t'; },
        ' ');
    return line;
}

} // namespace

RunningTask::RunningTask(
    ClaimedTask task, std::shared_ptr<JobHandler> handler, JobRecords& records, const Clock& clock)
    : m_task(std::move(task)),
      m_jobId(std::to_string(m_task.id.job)),
      m_handler(std::move(handler)),
      m_records(records),
      m_clock(clock)
{}

absl::Status RunningTask::run()
{
    {
        const std::lock_guard lock(m_mutex);
        m_startedAt = m_clock.monotonic();
    }
    if (isCancelled()) {
        return absl::CancelledError("stopped before it began");
    }
    try {
        return m_handler->run(*this);
    } catch (const std::exception& error) {
        return absl::InternalError(fmt::format("the handler threw: {}", error.what()));
    } catch (...) {
        return absl::InternalError("the handler threw something that is no exception");
    }
}

std::optional<absl::Duration> RunningTask::startedAt() const
{
    const std::lock_guard lock(m_mutex);
    return m_startedAt;
}

std::optional<absl::Duration> RunningTask::stopAskedAt() const
{
    const std::lock_guard lock(m_mutex);
    return m_stopAskedAt;
}

void RunningTask::askToStop(StopReason reason)
{
    StopReason none = StopReason::None;
    {
        const std::lock_guard lock(m_mutex);
        if (!m_stopReason.compare_exchange_strong(none, reason)) {
            return;
        }
        m_stopAskedAt = m_clock.monotonic();
    }
    m_stopWake.notify_all();
}

std::optional<ProgressEntry> RunningTask::takeProgress()
{
    const std::lock_guard lock(m_mutex);
    if (!std::exchange(m_hasProgress, false) || !m_startedAt) {
        return std::nullopt;
    }
    const double seconds = absl::ToDoubleSeconds(m_clock.monotonic() - *m_startedAt);
    m_progress.perSecond = seconds > 0 ? static_cast<double>(m_progress.done) / seconds : 0;
    return m_progress;
}

std::vector<LogEntry> RunningTask::takeLog()
{
    const std::lock_guard lock(m_mutex);
    if (const auto dropped = std::exchange(m_droppedLines, 0); dropped > 0) {
        m_log.push_back(
            {m_task.id,
             m_task.claim,
             m_clock.now(),
             LogLevel::Warning,
             m_task.name,
             m_task.tries,
             fmt::format("{} lines came too fast and were dropped", dropped)});
    }
    return std::exchange(m_log, {});
}

std::string RunningTask::takeResult()
{
    const std::lock_guard lock(m_mutex);
    return std::move(m_result);
}

bool RunningTask::waitFor(absl::Duration duration)
{
    std::unique_lock lock(m_mutex);
    return m_stopWake.wait_for(
        lock, absl::ToChronoMilliseconds(duration), [this] { return isCancelled(); });
}

void RunningTask::progress(std::int64_t done, std::int64_t total, std::string_view unit)
{
    const std::lock_guard lock(m_mutex);
    m_progress.id = m_task.id;
    m_progress.claim = m_task.claim;
    m_progress.done = done;
    m_progress.total = total;
    m_progress.unit = printable(unit);
    m_hasProgress = true;
}

void RunningTask::log(LogLevel level, std::string_view line)
{
    const std::lock_guard lock(m_mutex);
    if (m_log.size() >= kMostWaitingLines) {
        ++m_droppedLines;
        return;
    }
    m_log.push_back(
        {m_task.id,
         m_task.claim,
         m_clock.now(),
         level,
         m_task.name,
         m_task.tries,
         printable(line)});
}

absl::Status RunningTask::addArtefact(
    std::string_view name, std::string_view mediaType, std::string_view content)
{
    PH_RETURN_IF_ERROR(m_records.addArtefact(m_task.id, m_task.claim, name, mediaType, content));
    PH_FAULT("jobs.after_artefact");
    return absl::OkStatus();
}

void RunningTask::setResult(std::string result)
{
    const std::lock_guard lock(m_mutex);
    m_result = std::move(result);
}

absl::StatusOr<std::string> RunningTask::resultOf(std::string_view task)
{
    return m_records.resultOf(m_task.id.job, task);
}

absl::Status RunningTask::hold(postgres::Transaction& transaction)
{
    return m_records.hold(transaction, m_task.id, m_task.claim);
}

} // namespace pilothouse::jobs
