// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/jobs/JobHandler.h"
#include "server/jobs/JobRecords.h"
#include "server/jobs/TaskQueue.h"
#include "shared/base/Clock.h"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace pilothouse::jobs {

/// Why a task should stop.
enum class StopReason { None, Cancelled, TimedOut, ServerStops, LeaseLost };

/// One try under way on this server: the handler's view of it on one side, the engine's on the
/// other. Shared by both, so that a handler that never returns leaves nothing dangling.
class RunningTask final : public TaskContext
{
public:
    /// `records` and `clock` outlive the task.
    RunningTask(
        ClaimedTask task,
        std::shared_ptr<JobHandler> handler,
        JobRecords& records,
        const Clock& clock);

    /// Runs the handler on this thread and says how it ended, in absl's terms.
    absl::Status run();

    const ClaimedTask& claimed() const { return m_task; }
    absl::Duration grace() const { return m_handler->grace(); }
    /// On the monotonic clock: since when it runs; nothing before run().
    std::optional<absl::Duration> startedAt() const;
    /// Since when it should stop.
    std::optional<absl::Duration> stopAskedAt() const;
    StopReason stopReason() const { return m_stopReason.load(); }
    /// The first reason counts.
    void askToStop(StopReason reason);

    /// What changed since the last call.
    std::optional<ProgressEntry> takeProgress();
    std::vector<LogEntry> takeLog();
    std::string takeResult();

    // TaskContext
    const std::string& jobId() const override { return m_jobId; }
    const std::string& task() const override { return m_task.name; }
    const Parameters& parameters() const override { return m_task.parameters; }
    int attempt() const override { return m_task.tries; }
    bool isCancelled() const override { return m_stopReason.load() != StopReason::None; }
    bool waitFor(absl::Duration duration) override;
    void progress(std::int64_t done, std::int64_t total, std::string_view unit) override;
    void log(LogLevel level, std::string_view line) override;
    absl::Status addArtefact(
        std::string_view name, std::string_view mediaType, std::string_view content) override;
    void setResult(std::string result) override;
    absl::StatusOr<std::string> resultOf(std::string_view task) override;
    absl::Status hold(postgres::Transaction& transaction) override;

private:
    const ClaimedTask m_task;
    const std::string m_jobId;
    const std::shared_ptr<JobHandler> m_handler;
    JobRecords& m_records;
    const Clock& m_clock;

    std::atomic<StopReason> m_stopReason{StopReason::None};
    mutable std::mutex m_mutex;
    std::condition_variable m_stopWake;
    std::optional<absl::Duration> m_startedAt;
    std::optional<absl::Duration> m_stopAskedAt;
    ProgressEntry m_progress;
    bool m_hasProgress = false;
    std::vector<LogEntry> m_log;
    std::int64_t m_droppedLines = 0;
    std::string m_result;
};

} // namespace pilothouse::jobs
