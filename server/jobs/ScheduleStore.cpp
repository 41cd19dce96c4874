// SPDX-License-Identifier: Apache-2.0
#include "server/jobs/ScheduleStore.h"

#include "server/jobs/Arrays.h"
#include "shared/base/StatusHelpers.h"

namespace pilothouse::jobs {

namespace {

#define PH_SCHEDULE_COLUMNS                                                                        \
    "s.name, s.kind, s.parameters, s.cron, s.time_zone, s.missed_runs, s.jitter_ms, s.paused, "    \
    "s.priority, s.description, s.revision, s.created_by, s.created_at, s.updated_at, "            \
    "s.decided_until, " PH_RUN_COLUMNS
#define PH_RUN_COLUMNS                                                                             \
    "r.planned_at, r.decided_at, r.outcome, r.job_id, r.message AS run_message, "                  \
    "CASE WHEN j.state <> 'open' THEN j.state WHEN j.started_at IS NULL AND j.id IS NOT NULL "     \
    "THEN 'queued' WHEN j.id IS NOT NULL THEN 'running' END AS job_state"
#define PH_SCHEDULE_TABLES                                                                         \
    "pilothouse.job_schedules s LEFT JOIN LATERAL (SELECT * FROM pilothouse.job_schedule_runs "    \
    "WHERE schedule = s.name ORDER BY planned_at DESC LIMIT 1) r ON true "                         \
    "LEFT JOIN pilothouse.jobs j ON j.id = r.job_id"

constexpr postgres::Statement kAdd{
    "jobs.schedule.add",
    "INSERT INTO pilothouse.job_schedules (name, kind, parameters, cron, time_zone, missed_runs, "
    "jitter_ms, paused, priority, description, created_by) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"};

constexpr postgres::Statement kUpdate{
    "jobs.schedule.update",
    "UPDATE pilothouse.job_schedules SET kind = $2, parameters = $3, cron = $4, time_zone = $5, "
    "missed_runs = $6, jitter_ms = $7, paused = $8, priority = $9, description = $10, "
    "revision = revision + 1, updated_at = clock_timestamp(), "
    "decided_until = CASE WHEN $11 THEN clock_timestamp() ELSE decided_until END WHERE name = $1"};

constexpr postgres::Statement kRemove{
    "jobs.schedule.remove", "DELETE FROM pilothouse.job_schedules WHERE name = $1"};

constexpr postgres::Statement kFind{
    "jobs.schedule.find",
    "SELECT " PH_SCHEDULE_COLUMNS " FROM " PH_SCHEDULE_TABLES " WHERE s.name = $1"};
constexpr postgres::Statement kLock{
    "jobs.schedule.lock",
    "SELECT " PH_SCHEDULE_COLUMNS " FROM " PH_SCHEDULE_TABLES
    " WHERE s.name = $1 FOR NO KEY UPDATE OF s"};
constexpr postgres::Statement kList{
    "jobs.schedule.list",
    "SELECT " PH_SCHEDULE_COLUMNS " FROM " PH_SCHEDULE_TABLES
    " WHERE s.name > $1 ORDER BY s.name LIMIT $2"};
constexpr postgres::Statement kActive{
    "jobs.schedule.active",
    "SELECT " PH_SCHEDULE_COLUMNS " FROM " PH_SCHEDULE_TABLES
    " WHERE NOT s.paused ORDER BY s.name"};

constexpr postgres::Statement kNow{"jobs.schedule.now", "SELECT clock_timestamp() AS now"};
constexpr postgres::Statement kHasOpenJob{
    "jobs.schedule.has_open_job",
    "SELECT EXISTS (SELECT 1 FROM pilothouse.job_open o JOIN pilothouse.jobs j ON j.id = o.job_id "
    "WHERE j.schedule = $1 AND j.schedule <> '' AND j.finished_at IS NULL) AS found"};
constexpr postgres::Statement kAddRun{
    "jobs.schedule.add_run",
    "INSERT INTO pilothouse.job_schedule_runs (schedule, planned_at, outcome, job_id, message) "
    "VALUES ($1, $2, $3, NULLIF($4, '')::bigint, $5) ON CONFLICT DO NOTHING"};
constexpr postgres::Statement kDecide{
    "jobs.schedule.decide",
    "UPDATE pilothouse.job_schedules SET decided_until = $2 WHERE name = $1"};
constexpr postgres::Statement kRuns{
    "jobs.schedule.runs",
    "SELECT " PH_RUN_COLUMNS " FROM pilothouse.job_schedule_runs r "
    "LEFT JOIN pilothouse.jobs j ON j.id = r.job_id WHERE r.schedule = $1 AND r.planned_at < $2 "
    "ORDER BY r.planned_at DESC LIMIT $3"};

#undef PH_SCHEDULE_TABLES
#undef PH_RUN_COLUMNS
#undef PH_SCHEDULE_COLUMNS

ScheduleRun runIn(const postgres::Row& row)
{
    ScheduleRun run;
    run.plannedTime = row.time("planned_at");
    run.decideTime = row.time("decided_at");
    run.outcome = runOutcomeOf(row.text("outcome"));
    if (const auto job = row.integerOrNull("job_id")) {
        run.jobId = std::to_string(*job);
    }
    if (const auto state = row.textOrNull("job_state")) {
        run.jobState = jobStateOf(*state);
    }
    run.message = row.text("run_message");
    return run;
}

StoredSchedule scheduleIn(const postgres::Row& row)
{
    StoredSchedule stored;
    Schedule& schedule = stored.schedule;
    schedule.name = row.text("name");
    schedule.kind = row.text("kind");
    schedule.parameters = parametersOf(row.textList("parameters"));
    schedule.cron = row.text("cron");
    schedule.timeZone = row.text("time_zone");
    schedule.missedRunPolicy =
        missedRunPolicyOf(row.text("missed_runs")).value_or(MissedRunPolicy::Skip);
    schedule.jitter = absl::Milliseconds(row.integer("jitter_ms"));
    schedule.isPaused = row.boolean("paused");
    schedule.priority = static_cast<int>(row.integer("priority"));
    schedule.description = row.text("description");
    schedule.etag = std::to_string(row.integer("revision"));
    schedule.createdBy = row.text("created_by");
    schedule.createTime = row.time("created_at");
    schedule.updateTime = row.time("updated_at");
    if (!row.isNull("planned_at")) {
        schedule.lastRun = runIn(row);
    }
    stored.decidedUntil = row.time("decided_until");
    return stored;
}

postgres::Params columnsOf(const Schedule& schedule)
{
    return {
        schedule.name,
        schedule.kind,
        flat(schedule.parameters),
        schedule.cron,
        schedule.timeZone,
        missedRunPolicyName(schedule.missedRunPolicy),
        absl::ToInt64Milliseconds(schedule.jitter),
        schedule.isPaused,
        schedule.priority,
        schedule.description};
}

} // namespace

absl::Status ScheduleStore::add(Transaction& transaction, const Schedule& schedule) const
{
    postgres::Params params = columnsOf(schedule);
    params.emplace_back(schedule.createdBy);
    return transaction.execute(kAdd, params).status();
}

absl::Status ScheduleStore::update(
    Transaction& transaction, const Schedule& schedule, bool restart) const
{
    postgres::Params params = columnsOf(schedule);
    params.emplace_back(restart);
    return transaction.execute(kUpdate, params).status();
}

absl::StatusOr<bool> ScheduleStore::remove(Transaction& transaction, const std::string& name) const
{
    PH_ASSIGN_OR_RETURN(const std::int64_t rows, transaction.execute(kRemove, {name}));
    return rows > 0;
}

absl::StatusOr<std::optional<StoredSchedule>> ScheduleStore::find(
    Transaction& transaction, const std::string& name) const
{
    return transaction.queryOne(kFind, {name}, scheduleIn);
}

absl::StatusOr<std::optional<StoredSchedule>> ScheduleStore::lock(
    Transaction& transaction, const std::string& name) const
{
    return transaction.queryOne(kLock, {name}, scheduleIn);
}

absl::StatusOr<std::vector<StoredSchedule>> ScheduleStore::list(
    Transaction& transaction, const std::string& after, int limit) const
{
    return transaction.query(kList, {after, limit}, scheduleIn);
}

absl::StatusOr<std::vector<StoredSchedule>> ScheduleStore::active(Transaction& transaction) const
{
    return transaction.query(kActive, {}, scheduleIn);
}

absl::StatusOr<absl::Time> ScheduleStore::now(Transaction& transaction) const
{
    PH_ASSIGN_OR_RETURN(
        const auto now,
        transaction.queryOne(kNow, {}, [](const postgres::Row& row) { return row.time("now"); }));
    return now.value_or(absl::InfinitePast());
}

absl::StatusOr<bool> ScheduleStore::hasOpenJob(
    Transaction& transaction, const std::string& name) const
{
    PH_ASSIGN_OR_RETURN(
        const auto found, transaction.queryOne(kHasOpenJob, {name}, [](const postgres::Row& row) {
            return row.boolean("found");
        }));
    return found.value_or(false);
}

absl::Status ScheduleStore::addRun(
    Transaction& transaction, const std::string& name, const ScheduleRun& run) const
{
    return transaction
        .execute(
            kAddRun, {name, run.plannedTime, runOutcomeName(run.outcome), run.jobId, run.message})
        .status();
}

absl::Status ScheduleStore::decide(
    Transaction& transaction, const std::string& name, absl::Time until) const
{
    return transaction.execute(kDecide, {name, until}).status();
}

absl::StatusOr<std::vector<ScheduleRun>> ScheduleStore::runs(
    Transaction& transaction, const std::string& name, absl::Time before, int limit) const
{
    return transaction.query(kRuns, {name, before, limit}, runIn);
}

} // namespace pilothouse::jobs
