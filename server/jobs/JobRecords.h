// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/jobs/TaskQueue.h"
#include "server/platform/postgres/Database.h"
#include "shared/jobs/Job.h"

#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::jobs {

/// A log line of a try on its way to the database.
struct LogEntry
{
    TaskId id;
    std::int64_t claim = 0;
    absl::Time time;
    LogLevel level = LogLevel::Info;
    std::string task;
    int tries = 0;
    std::string line;
};

/// How far a running task is, on its way to the database.
struct ProgressEntry
{
    TaskId id;
    std::int64_t claim = 0;
    std::int64_t done = 0;
    std::int64_t total = 0;
    std::string unit;
    double perSecond = 0;
};

/// What tasks leave behind while they run: progress, log, artefacts, results. Everything written is
/// checked against the claim; what comes from a try that is not current any more is left out.
/// Thread-safe.
class JobRecords
{
public:
    /// Of a job's log so many lines are kept, the newest.
    static constexpr int kMostLogLines = 1000;

    explicit JobRecords(postgres::Database& database) : m_database(database) {}

    absl::Status writeLog(const std::vector<LogEntry>& entries);
    absl::Status writeProgress(const std::vector<ProgressEntry>& entries);

    absl::Status addArtefact(
        const TaskId& id,
        std::int64_t claim,
        std::string_view name,
        std::string_view mediaType,
        std::string_view content);
    absl::StatusOr<std::string> resultOf(std::int64_t job, std::string_view task);
    /// ABORTED unless the claim is the current one; then it stays so until the transaction ends.
    absl::Status hold(
        postgres::Transaction& transaction, const TaskId& id, std::int64_t claim) const;

    struct LogPage
    {
        std::vector<LogLine> lines;
        std::int64_t dropped = 0;
    };
    /// Lines after `after`, oldest first, at most `limit`; NOT_FOUND without such a job.
    absl::StatusOr<LogPage> log(
        std::int64_t job, std::int64_t after, int limit, absl::Time deadline) const;
    /// The newest `limit` lines, oldest first.
    absl::StatusOr<std::vector<LogLine>> logTail(
        std::int64_t job, int limit, absl::Time deadline) const;
    /// NOT_FOUND when there is none.
    absl::StatusOr<ArtefactContent> artefact(
        std::int64_t job, const std::string& name, absl::Time deadline) const;

private:
    postgres::Database& m_database;
};

} // namespace pilothouse::jobs
