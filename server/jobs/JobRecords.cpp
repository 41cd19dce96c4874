// SPDX-License-Identifier: Apache-2.0
#include "server/jobs/JobRecords.h"

#include "server/jobs/Arrays.h"
#include "server/jobs/TaskContext.h"
#include "shared/base/StatusHelpers.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace pilothouse::jobs {

namespace {

constexpr absl::Duration kLimit = absl::Seconds(10);
constexpr std::size_t kLongestName = 128;

constexpr postgres::Statement kWriteLog{
    "jobs.log.write",
    "INSERT INTO pilothouse.job_log (job_id, written_at, level, task, attempt, line) "
    "SELECT i.job_id, i.written_at, i.level, i.task, i.tries, i.line "
    "FROM unnest($1::bigint[], $2::smallint[], $3::bigint[], $4::timestamptz[], $5::text[], "
    "$6::text[], $7::int[], $8::text[]) WITH ORDINALITY "
    "AS i (job_id, position, claim, written_at, level, task, tries, line, place) "
    "JOIN pilothouse.job_tasks t ON t.job_id = i.job_id AND t.position = i.position "
    "AND t.claim < i.claim AND t.state = 'ready' ORDER BY i.place"};

constexpr postgres::Statement kTrimLog{
    "jobs.log.trim",
    "WITH gone AS (DELETE FROM pilothouse.job_log WHERE job_id = $1 AND sequence <= "
    "(SELECT sequence FROM pilothouse.job_log WHERE job_id = $1 ORDER BY sequence DESC "
    "OFFSET $2 LIMIT 1) RETURNING 1) "
    "UPDATE pilothouse.jobs SET log_dropped = log_dropped + (SELECT count(*) FROM gone) "
    "WHERE id = $1 AND EXISTS (SELECT 1 FROM gone)"};

// Jobs first, and none that somebody holds: the next report comes in a second. A job's fraction is
// that of its tasks by weight; its estimate counts once a tenth is done.
constexpr postgres::Statement kWriteProgress{
    "jobs.progress.write",
    "WITH input AS (SELECT * FROM unnest($1::bigint[], $2::smallint[], $3::bigint[], "
    "$4::bigint[], $5::bigint[], $6::text[], $7::float8[]) "
    "AS i (job_id, position, claim, done, total, unit, per_second)), "
    "locked AS MATERIALIZED (SELECT id FROM pilothouse.jobs WHERE id = ANY ($1::bigint[]) "
    "AND finished_at IS NULL ORDER BY id FOR NO KEY UPDATE SKIP LOCKED), "
    "reported AS (UPDATE pilothouse.job_tasks t SET units_done = i.done, units_total = i.total, "
    "unit = i.unit FROM input i JOIN locked l ON l.id = i.job_id "
    "WHERE t.job_id = i.job_id AND t.position = i.position AND t.claim < i.claim "
    "AND t.state = 'ready' "
    "RETURNING t.job_id, t.position, i.done, i.total, i.unit, i.per_second), "
    "newest AS (SELECT DISTINCT ON (job_id) * FROM reported ORDER BY job_id, position DESC), "
    "shares AS (SELECT t.job_id, sum(t.weight * CASE WHEN t.state = 'succeeded' THEN 1 "
    "WHEN t.state <> 'ready' THEN 0 "
    "WHEN COALESCE(r.total, t.units_total) > 0 THEN LEAST(1, "
    "COALESCE(r.done, t.units_done)::float8 / COALESCE(r.total, t.units_total)) ELSE 0 END) "
    "/ sum(t.weight) AS fraction FROM pilothouse.job_tasks t "
    "LEFT JOIN reported r ON r.job_id = t.job_id AND r.position = t.position "
    "WHERE t.job_id IN (SELECT job_id FROM newest) GROUP BY t.job_id) "
    "UPDATE pilothouse.jobs j SET fraction = s.fraction, units_done = n.done, "
    "units_total = n.total, unit = n.unit, units_per_second = n.per_second, "
    "estimated_end = CASE WHEN s.fraction >= 0.1 THEN clock_timestamp() + "
    "(clock_timestamp() - j.started_at) * ((1 - s.fraction) / s.fraction) END "
    "FROM newest n JOIN shares s ON s.job_id = n.job_id WHERE j.id = n.job_id"};

constexpr postgres::Statement kHold{
    "jobs.hold",
    "SELECT 1 FROM pilothouse.job_tasks WHERE job_id = $1 AND position = $2 AND claim < $3 "
    "AND state = 'ready' AND EXISTS (SELECT 1 FROM pilothouse.job_claims WHERE id = $3) FOR SHARE"};

constexpr postgres::Statement kCountArtefacts{
    "jobs.artefact.count",
    "SELECT count(*) AS count FROM pilothouse.job_artefacts WHERE job_id = $1 AND name <> $2"};

constexpr postgres::Statement kAddArtefact{
    "jobs.artefact.add",
    "INSERT INTO pilothouse.job_artefacts (job_id, name, media_type, content) "
    "VALUES ($1, $2, $3, $4) ON CONFLICT (job_id, name) DO UPDATE SET media_type = $3, "
    "content = $4, created_at = clock_timestamp()"};

constexpr postgres::Statement kResultOf{
    "jobs.result", "SELECT result FROM pilothouse.job_tasks WHERE job_id = $1 AND name = $2"};

constexpr postgres::Statement kLog{
    "jobs.log.list",
    "SELECT sequence, written_at, level, task, attempt, line FROM pilothouse.job_log "
    "WHERE job_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3"};

constexpr postgres::Statement kLogTail{
    "jobs.log.tail",
    "SELECT * FROM (SELECT sequence, written_at, level, task, attempt, line "
    "FROM pilothouse.job_log WHERE job_id = $1 ORDER BY sequence DESC LIMIT $2) t "
    "ORDER BY sequence"};

constexpr postgres::Statement kLogDropped{
    "jobs.log.dropped", "SELECT log_dropped FROM pilothouse.jobs WHERE id = $1"};

constexpr postgres::Statement kArtefact{
    "jobs.artefact.get",
    "SELECT name, media_type, octet_length(content) AS size, created_at, content "
    "FROM pilothouse.job_artefacts WHERE job_id = $1 AND name = $2"};

LogLine lineIn(const postgres::Row& row)
{
    return {
        row.integer("sequence"),
        row.time("written_at"),
        logLevelOf(row.text("level")),
        row.text("task"),
        static_cast<int>(row.integer("attempt")),
        row.text("line")};
}

absl::Status checkArtefact(std::string_view name, std::string_view content)
{
    if (name.empty() || name.size() > kLongestName || name.find('/') != std::string_view::npos) {
        return absl::InvalidArgumentError(fmt::format("'{}' cannot name an artefact", name));
    }
    return content.size() <= kLargestArtefact ? absl::OkStatus()
                                              : absl::OutOfRangeError(fmt::format(
                                                    "artefact {} has {} bytes; {} is the limit",
                                                    name,
                                                    content.size(),
                                                    kLargestArtefact));
}

} // namespace

absl::Status JobRecords::writeLog(const std::vector<LogEntry>& entries)
{
    NumberArray jobs;
    NumberArray positions;
    NumberArray claims;
    NumberArray tries;
    std::vector<std::string> times;
    std::vector<std::string> levels;
    std::vector<std::string> tasks;
    std::vector<std::string> lines;
    std::set<std::int64_t> touched;
    for (const LogEntry& entry : entries) {
        jobs.add(entry.id.job);
        positions.add(entry.id.position);
        claims.add(entry.claim);
        tries.add(entry.tries);
        times.push_back(postgres::Param(entry.time).text().value_or("now"));
        levels.emplace_back(logLevelName(entry.level));
        tasks.push_back(entry.task);
        lines.push_back(entry.line);
        touched.insert(entry.id.job);
    }
    const absl::Time deadline = absl::Now() + kLimit;
    PH_RETURN_IF_ERROR(m_database
                           .execute(
                               kWriteLog,
                               {jobs.param(),
                                positions.param(),
                                claims.param(),
                                times,
                                levels,
                                tasks,
                                tries.param(),
                                lines},
                               deadline)
                           .status());
    for (const std::int64_t job : touched) {
        PH_RETURN_IF_ERROR(m_database.execute(kTrimLog, {job, kMostLogLines}, deadline).status());
    }
    return absl::OkStatus();
}

absl::Status JobRecords::writeProgress(const std::vector<ProgressEntry>& entries)
{
    NumberArray jobs;
    NumberArray positions;
    NumberArray claims;
    NumberArray done;
    NumberArray total;
    NumberArray perSecond;
    std::vector<std::string> units;
    for (const ProgressEntry& entry : entries) {
        jobs.add(entry.id.job);
        positions.add(entry.id.position);
        claims.add(entry.claim);
        done.add(entry.done);
        total.add(entry.total);
        perSecond.add(entry.perSecond);
        units.push_back(entry.unit);
    }
    return m_database
        .execute(
            kWriteProgress,
            {jobs.param(),
             positions.param(),
             claims.param(),
             done.param(),
             total.param(),
             units,
             perSecond.param()},
            absl::Now() + kLimit)
        .status();
}

absl::Status JobRecords::hold(
    postgres::Transaction& transaction, const TaskId& id, std::int64_t claim) const
{
    PH_ASSIGN_OR_RETURN(
        const std::int64_t rows, transaction.execute(kHold, {id.job, id.position, claim}));
    return rows == 1 ? absl::OkStatus()
                     : absl::AbortedError(fmt::format(
                           "claim {} of this task of job {} is not the current one any more",
                           claim,
                           id.job));
}

absl::Status JobRecords::addArtefact(
    const TaskId& id,
    std::int64_t claim,
    std::string_view name,
    std::string_view mediaType,
    std::string_view content)
{
    PH_RETURN_IF_ERROR(checkArtefact(name, content));
    return m_database.transact(
        [&](postgres::Transaction& transaction) -> absl::Status {
            PH_RETURN_IF_ERROR(hold(transaction, id, claim));
            PH_ASSIGN_OR_RETURN(
                const auto others,
                transaction.queryOne(kCountArtefacts, {id.job, name}, [](const postgres::Row& row) {
                    return row.integer("count");
                }));
            if (others.value_or(0) >= kMostArtefacts) {
                return absl::OutOfRangeError(
                    fmt::format("a job keeps at most {} artefacts", kMostArtefacts));
            }
            return transaction
                .execute(kAddArtefact, {id.job, name, mediaType, postgres::Param::bytes(content)})
                .status();
        },
        absl::Now() + kLimit);
}

absl::StatusOr<std::string> JobRecords::resultOf(std::int64_t job, std::string_view task)
{
    PH_ASSIGN_OR_RETURN(
        auto result,
        m_database.queryOne(
            kResultOf,
            {job, task},
            [](const postgres::Row& row) { return row.text("result"); },
            absl::Now() + kLimit));
    if (!result) {
        return absl::NotFoundError(fmt::format("job {} has no task '{}'", job, task));
    }
    return *std::move(result);
}

absl::StatusOr<JobRecords::LogPage> JobRecords::log(
    std::int64_t job, std::int64_t after, int limit, absl::Time deadline) const
{
    LogPage page;
    PH_ASSIGN_OR_RETURN(
        const auto dropped,
        m_database.queryOne(
            kLogDropped,
            {job},
            [](const postgres::Row& row) { return row.integer("log_dropped"); },
            deadline));
    if (!dropped) {
        return absl::NotFoundError(fmt::format("there is no job {}", job));
    }
    page.dropped = *dropped;
    PH_ASSIGN_OR_RETURN(page.lines, m_database.query(kLog, {job, after, limit}, lineIn, deadline));
    return page;
}

absl::StatusOr<std::vector<LogLine>> JobRecords::logTail(
    std::int64_t job, int limit, absl::Time deadline) const
{
    return m_database.query(kLogTail, {job, limit}, lineIn, deadline);
}

absl::StatusOr<ArtefactContent> JobRecords::artefact(
    std::int64_t job, const std::string& name, absl::Time deadline) const
{
    PH_ASSIGN_OR_RETURN(
        auto found,
        m_database.queryOne(
            kArtefact,
            {job, name},
            [](const postgres::Row& row) {
                return ArtefactContent{
                    {row.text("name"),
                     row.text("media_type"),
                     row.integer("size"),
                     row.time("created_at")},
                    row.bytes("content")};
            },
            deadline));
    if (!found) {
        return withHint(
            absl::NotFoundError(fmt::format("job {} has no artefact '{}'", job, name)),
            "Look at the job for those it has.");
    }
    return *std::move(found);
}

} // namespace pilothouse::jobs
