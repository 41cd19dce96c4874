// SPDX-License-Identifier: Apache-2.0
#include "server/jobs/JobQueries.h"

#include "server/jobs/Arrays.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace pilothouse::jobs {

namespace {

#define PH_JOB_STATE                                                                               \
    "CASE WHEN j.state <> 'open' THEN j.state WHEN j.started_at IS NULL THEN 'queued' "            \
    "ELSE 'running' END"

#define PH_JOB_COLUMNS                                                                             \
    "j.id, j.kind, j.title, j.target, j.parameters, " PH_JOB_STATE                                 \
    " AS state, j.priority, j.concurrency_key, j.created_by, j.schedule, j.created_at, "           \
    "j.started_at, j.finished_at, j.tasks_total, j.tasks_succeeded, j.fraction, j.units_done, "    \
    "j.units_total, j.unit, j.units_per_second, j.estimated_end, j.message, "                      \
    "CASE WHEN j.finished_at IS NULL AND j.started_at IS NOT NULL THEN s.title END AS stage"

// The first of the tasks that run is what a job is at.
#define PH_JOB_STAGES                                                                              \
    " LEFT JOIN (SELECT DISTINCT ON (job_id) job_id, title FROM pilothouse.job_running "           \
    "ORDER BY job_id, position) s ON s.job_id = j.id"

// $1 below which id, $2 states, $3 kinds, $4 target, $5 created by, $6 schedule, $7 how many.
#define PH_JOB_FILTER                                                                              \
    "j.id < $1 AND ($2::text[] = '{}' OR " PH_JOB_STATE                                            \
    " = ANY ($2::text[])) AND ($3::text[] = '{}' OR j.kind = ANY ($3::text[])) "                   \
    "AND ($4 = '' OR j.target = $4 OR starts_with(j.target, $4 || '/')) "                          \
    "AND ($5 = '' OR j.created_by = $5) AND ($6 = '' OR j.schedule = $6) "                         \
    "ORDER BY j.id DESC LIMIT $7"

constexpr postgres::Statement kGet{
    "jobs.get",
    "SELECT " PH_JOB_COLUMNS " FROM pilothouse.jobs j" PH_JOB_STAGES " WHERE j.id = $1"};

constexpr postgres::Statement kTasks{
    "jobs.tasks",
    "SELECT t.name, t.title, CASE WHEN r.claim IS NOT NULL THEN 'running' WHEN t.state = 'held' "
    "THEN 'ready' ELSE t.state::text END AS state, t.depends_on, "
    "t.tries + (r.claim IS NOT NULL)::int AS tries, t.max_tries, "
    "COALESCE(r.claimed_at, t.started_at) AS started_at, t.finished_at, t.run_at, t.message, "
    "t.units_done, t.units_total, t.unit, COALESCE(r.host, t.worker_host, '') AS worker "
    "FROM pilothouse.job_tasks t LEFT JOIN pilothouse.job_running r ON r.job_id = t.job_id "
    "AND r.position = t.position AND r.job_id = $1 WHERE t.job_id = $1 ORDER BY t.position"};

constexpr postgres::Statement kArtefacts{
    "jobs.artefacts",
    "SELECT name, media_type, octet_length(content) AS size, created_at "
    "FROM pilothouse.job_artefacts WHERE job_id = $1 ORDER BY name"};

constexpr postgres::Statement kList{
    "jobs.list",
    "SELECT " PH_JOB_COLUMNS " FROM pilothouse.jobs j" PH_JOB_STAGES " WHERE " PH_JOB_FILTER};
// The same, said so that the small tables lead: history may be long.
constexpr postgres::Statement kListOpen{
    "jobs.list_open",
    "SELECT DISTINCT ON (j.id) " PH_JOB_COLUMNS
    " FROM pilothouse.job_open o JOIN pilothouse.jobs j ON j.id = o.job_id" PH_JOB_STAGES
    " WHERE j.finished_at IS NULL AND " PH_JOB_FILTER};
constexpr postgres::Statement kListFailed{
    "jobs.list_failed",
    "SELECT " PH_JOB_COLUMNS
    " FROM pilothouse.job_failures f JOIN pilothouse.jobs j ON j.id = f.job_id" PH_JOB_STAGES
    " WHERE j.state = 'failed' AND " PH_JOB_FILTER};
constexpr postgres::Statement kListOfSchedule{
    "jobs.list_of_schedule",
    "SELECT " PH_JOB_COLUMNS " FROM pilothouse.jobs j" PH_JOB_STAGES
    " WHERE j.schedule = $6 AND j.schedule <> '' AND " PH_JOB_FILTER};

constexpr postgres::Statement kRecent{
    "jobs.recent",
    "SELECT " PH_JOB_COLUMNS " FROM pilothouse.jobs j" PH_JOB_STAGES " WHERE j.id IN "
    "((SELECT id FROM pilothouse.jobs ORDER BY id DESC LIMIT $1) UNION "
    "(SELECT DISTINCT job_id FROM pilothouse.job_open ORDER BY job_id DESC LIMIT $1)) "
    "ORDER BY j.id DESC"};

#undef PH_JOB_FILTER
#undef PH_JOB_STAGES
#undef PH_JOB_COLUMNS
#undef PH_JOB_STATE

const postgres::Statement& statementFor(const JobFilter& filter)
{
    if (!filter.schedule.empty()) {
        return kListOfSchedule;
    }
    if (filter.states == std::vector{JobState::Failed}) {
        return kListFailed;
    }
    const bool isOpen =
        std::ranges::none_of(filter.states, [](JobState state) { return hasEnded(state); });
    return !filter.states.empty() && isOpen ? kListOpen : kList;
}

Job jobIn(const postgres::Row& row)
{
    Job job;
    job.id = std::to_string(row.integer("id"));
    job.kind = row.text("kind");
    job.title = row.text("title");
    job.target = row.text("target");
    job.parameters = parametersOf(row.textList("parameters"));
    job.state = jobStateOf(row.text("state"));
    job.priority = static_cast<int>(row.integer("priority"));
    job.concurrencyKey = row.text("concurrency_key");
    job.createdBy = row.text("created_by");
    job.schedule = row.text("schedule");
    job.createTime = row.time("created_at");
    job.startTime = row.timeOrNull("started_at").value_or(absl::InfinitePast());
    job.endTime = row.timeOrNull("finished_at").value_or(absl::InfinitePast());
    job.message = row.text("message");
    Progress& progress = job.progress;
    progress.fraction = row.number("fraction");
    progress.unitsDone = row.integer("units_done");
    progress.unitsTotal = row.integer("units_total");
    progress.unit = row.text("unit");
    progress.unitsPerSecond = row.number("units_per_second");
    progress.tasksDone = static_cast<int>(row.integer("tasks_succeeded"));
    progress.tasksTotal = static_cast<int>(row.integer("tasks_total"));
    progress.stage = row.textOrNull("stage").value_or("");
    if (job.state == JobState::Running) {
        progress.estimatedEnd = row.timeOrNull("estimated_end").value_or(absl::InfiniteFuture());
    }
    return job;
}

Task taskIn(const postgres::Row& row)
{
    Task task;
    task.name = row.text("name");
    task.title = row.text("title");
    task.state = taskStateOf(row.text("state"));
    task.dependsOn = row.textList("depends_on");
    task.attempts = static_cast<int>(row.integer("tries"));
    task.maxAttempts = static_cast<int>(row.integer("max_tries"));
    task.startTime = row.timeOrNull("started_at").value_or(absl::InfinitePast());
    task.endTime = row.timeOrNull("finished_at").value_or(absl::InfinitePast());
    task.nextAttemptTime = row.timeOrNull("run_at").value_or(absl::InfinitePast());
    task.message = row.text("message");
    task.unitsDone = row.integer("units_done");
    task.unitsTotal = row.integer("units_total");
    task.unit = row.text("unit");
    task.worker = row.text("worker");
    return task;
}

Artefact artefactIn(const postgres::Row& row)
{
    return {row.text("name"), row.text("media_type"), row.integer("size"), row.time("created_at")};
}

} // namespace

absl::StatusOr<Job> JobQueries::get(std::int64_t id, absl::Time deadline) const
{
    return m_database.transact(
        [&](postgres::Transaction& transaction) -> absl::StatusOr<Job> {
            PH_ASSIGN_OR_RETURN(auto job, transaction.queryOne(kGet, {id}, jobIn));
            if (!job) {
                return withHint(
                    absl::NotFoundError(fmt::format("there is no job {}", id)),
                    "It may have ended long ago: ended jobs are kept for a while only.");
            }
            PH_ASSIGN_OR_RETURN(job->tasks, transaction.query(kTasks, {id}, taskIn));
            PH_ASSIGN_OR_RETURN(job->artefacts, transaction.query(kArtefacts, {id}, artefactIn));
            return *std::move(job);
        },
        deadline,
        postgres::Database::Mode::ReadOnly);
}

absl::StatusOr<std::vector<Job>> JobQueries::list(
    const JobFilter& filter, std::int64_t before, int limit, absl::Time deadline) const
{
    std::vector<std::string> states;
    for (const JobState state : filter.states) {
        states.emplace_back(jobStateName(state));
    }
    constexpr std::int64_t kNewest = std::numeric_limits<std::int64_t>::max();
    return m_database.query(
        statementFor(filter),
        {before == 0 ? kNewest : before,
         states,
         filter.kinds,
         filter.target,
         filter.createdBy,
         filter.schedule,
         limit},
        jobIn,
        deadline);
}

absl::StatusOr<std::vector<Job>> JobQueries::recent(int limit, absl::Time deadline) const
{
    return m_database.query(kRecent, {limit}, jobIn, deadline);
}

} // namespace pilothouse::jobs
