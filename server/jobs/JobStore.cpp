// SPDX-License-Identifier: Apache-2.0
#include "server/jobs/JobStore.h"

#include "server/audit/AuditLog.h"
#include "server/jobs/Arrays.h"
#include "server/jobs/QueueSql.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

namespace pilothouse::jobs {

namespace {

// One statement, because each is a round trip that whoever waits for the start of the job waits
// for. $1 … $10 are the job's, $11 … the columns of its tasks, $24 … the audit's, $37 the worker
// that claims the tasks at the positions $38 at once: those are never in the queue.
constexpr postgres::Statement kAdd{
    "jobs.add",
    "WITH worker AS MATERIALIZED (SELECT id FROM pilothouse.job_workers "
    "WHERE id = $37 AND expires_at > clock_timestamp()), "
    "added AS (INSERT INTO pilothouse.jobs (kind, title, target, parameters, priority, "
    "concurrency_key, created_by, schedule, request_id, tasks_total, tasks_open, is_limited, "
    "started_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, "
    "(SELECT clock_timestamp() FROM worker)) RETURNING id), "
    "input AS (SELECT added.id AS job_id, i.*, CASE WHEN i.waits_for > 0 THEN 'blocked' "
    "WHEN $12::timestamptz > clock_timestamp() THEN 'delayed' ELSE 'ready' "
    "END::pilothouse.task_state AS state, "
    "CASE WHEN i.waits_for = 0 AND $12::timestamptz > clock_timestamp() THEN $12::timestamptz END "
    "AS run_at FROM added, unnest($13::smallint[], $14::text[], $15::text[], $16::text[], "
    "$17::text[], $18::smallint[], $19::real[], $20::smallint[], $21::bigint[], $22::bigint[], "
    "$23::bigint[]) "
    "AS i (position, name, title, depends_on, unblocks, waits_for, weight, max_tries, "
    "first_wait_ms, longest_wait_ms, timeout_ms)), "
    "tasks AS (INSERT INTO pilothouse.job_tasks (job_id, position, state, name, title, "
    "depends_on, unblocks, waits_for, weight, max_tries, first_wait_ms, longest_wait_ms, "
    "timeout_ms, run_at) SELECT job_id, position, state, name, title, depends_on::text[], "
    "NULLIF(unblocks::smallint[], '{}'), waits_for, weight, max_tries, first_wait_ms, "
    "longest_wait_ms, timeout_ms, run_at FROM input), "
    "queued AS (" PH_JOB_QUEUE_INSERT "SELECT job_id, position, state, run_at, $5, $11, "
    "unblocks <> '{}', $1, name, $4, 0, max_tries, first_wait_ms, longest_wait_ms, timeout_ms FROM "
    "input WHERE state <> 'blocked' AND NOT (position = ANY ($38::smallint[]) "
    "AND EXISTS (SELECT 1 FROM worker)) RETURNING 1), "
    "claim AS (INSERT INTO pilothouse.job_claims (worker_id, jobs, positions) SELECT worker.id, "
    "array_fill(added.id, ARRAY[cardinality($38)]), $38 FROM added, worker RETURNING id), "
    "recorded AS (" PH_AUDIT_INSERT "SELECT $24, $25, $26, $27 || '/' || id, $28, $29, $30, $31, "
    "$32, $33, $34, $35, $36 FROM added) "
    "SELECT id, (SELECT id FROM claim) AS claim, CASE WHEN EXISTS (SELECT 1 FROM queued) "
    "THEN pg_notify('pilothouse_jobs', '') END FROM added"};

constexpr postgres::Statement kNotify{"jobs.notify", "SELECT pg_notify('pilothouse_jobs', $1)"};

constexpr postgres::Statement kFindRequest{
    "jobs.find_request",
    "SELECT id FROM pilothouse.jobs WHERE created_by = $1 AND request_id = $2 "
    "AND request_id <> ''"};

constexpr postgres::Statement kLock{
    "jobs.lock",
    "SELECT CASE WHEN state <> 'open' THEN state WHEN started_at IS NULL THEN 'queued' "
    "ELSE 'running' END AS state, kind, title, target, tasks_open FROM pilothouse.jobs "
    "WHERE id = $1 FOR NO KEY UPDATE"};

constexpr postgres::Statement kCancelTasks{
    "jobs.cancel_tasks",
    "WITH gone AS (DELETE FROM pilothouse.job_queue WHERE job_id = $1 RETURNING position) "
    "UPDATE pilothouse.job_tasks SET state = 'cancelled', finished_at = clock_timestamp() "
    "WHERE job_id = $1 AND (state = 'blocked' OR position IN (SELECT position FROM gone))"};

constexpr postgres::Statement kCancel{
    "jobs.cancel",
    "WITH cancelled AS (UPDATE pilothouse.jobs SET tasks_open = tasks_open - $2, message = $3, "
    "state = CASE WHEN tasks_open > $2 THEN 'cancelling' WHEN tasks_failed > 0 THEN 'failed' "
    "ELSE 'cancelled' END, "
    "finished_at = CASE WHEN tasks_open > $2 THEN NULL ELSE clock_timestamp() END WHERE id = $1 "
    "RETURNING id, finished_at) " PH_JOB_RESULTS("cancelled")};

constexpr postgres::Statement kPause{
    "jobs.pause", "UPDATE pilothouse.jobs SET state = 'paused' WHERE id = $1"};
constexpr postgres::Statement kHoldTasks{
    "jobs.hold_tasks",
    "WITH held AS (UPDATE pilothouse.job_queue SET state = 'held' WHERE job_id = $1 "
    "AND state = 'ready' RETURNING position) "
    "UPDATE pilothouse.job_tasks SET state = 'held' WHERE job_id = $1 "
    "AND position IN (SELECT position FROM held)"};

constexpr postgres::Statement kResume{
    "jobs.resume", "UPDATE pilothouse.jobs SET state = 'open' WHERE id = $1"};
constexpr postgres::Statement kReleaseTasks{
    "jobs.release_tasks",
    "WITH released AS (UPDATE pilothouse.job_queue SET state = 'ready' WHERE job_id = $1 "
    "AND state = 'held' RETURNING position) "
    "UPDATE pilothouse.job_tasks SET state = 'ready' WHERE job_id = $1 "
    "AND position IN (SELECT position FROM released)"};

/// How the job ended the last time, unless the leader has recorded that already.
constexpr postgres::Statement kRecordResult{
    "jobs.record_result",
    "WITH known AS (UPDATE pilothouse.job_results SET jobs = array_remove(jobs, $1::bigint) "
    "WHERE $1::bigint = ANY (jobs) RETURNING id) " PH_JOB_RESULT_ENTRY(
        "FROM pilothouse.jobs j WHERE j.id = $1::bigint AND EXISTS (SELECT FROM known)")};

// Everything that did not succeed is before its first try again, behind what it depends on.
constexpr postgres::Statement kResetTasks{
    "jobs.reset_tasks",
    "WITH reset AS (UPDATE pilothouse.job_tasks t SET tries = 0, finished_at = NULL, "
    "run_at = NULL, units_done = 0, units_total = 0, waits_for = n.waits, state = CASE WHEN "
    "n.waits > 0 THEN 'blocked' ELSE 'ready' "
    "END::pilothouse.task_state FROM (SELECT c.position, count(d.position) AS waits "
    "FROM pilothouse.job_tasks c LEFT JOIN pilothouse.job_tasks d ON d.job_id = c.job_id "
    "AND d.name = ANY (c.depends_on) AND d.state <> 'succeeded' "
    "WHERE c.job_id = $1 AND c.state <> 'succeeded' GROUP BY c.position) n "
    "WHERE t.job_id = $1 AND t.position = n.position RETURNING t.job_id, t.position, t.state, "
    "t.tries, "
    "t.run_at), " PH_JOB_QUEUE_TASKS("SELECT job_id, position, state, tries, run_at FROM reset "
                                     "WHERE state = 'ready'") " SELECT count(*) AS open FROM "
                                                              "reset"};
constexpr postgres::Statement kReopen{
    "jobs.reopen",
    "UPDATE pilothouse.jobs SET state = 'open', finished_at = NULL, tasks_open = $2, "
    "tasks_failed = 0, message = '', estimated_end = NULL WHERE id = $1"};

constexpr postgres::Statement kForget{
    "jobs.forget",
    "DELETE FROM pilothouse.jobs WHERE id IN (SELECT id FROM pilothouse.jobs "
    "WHERE finished_at < clock_timestamp() - CASE WHEN state = 'failed' THEN $2::interval "
    "ELSE $1::interval END ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED)"};
constexpr postgres::Statement kForgetRuns{
    "jobs.forget_runs",
    "DELETE FROM pilothouse.job_schedule_runs WHERE (schedule, planned_at) IN "
    "(SELECT schedule, planned_at FROM pilothouse.job_schedule_runs "
    "WHERE planned_at < clock_timestamp() - $1::interval LIMIT $2)"};

/// The tasks of a plan as columns.
postgres::Params columnsOf(const JobPlan& plan)
{
    std::map<std::string_view, int> positions;
    std::vector<std::vector<int>> unblocks(plan.tasks.size());
    for (const TaskPlan& task : plan.tasks) {
        positions.emplace(task.name, static_cast<int>(positions.size()));
    }
    NumberArray position;
    NumberArray waitsFor;
    NumberArray weight;
    NumberArray maxTries;
    NumberArray firstWait;
    NumberArray longestWait;
    NumberArray timeout;
    std::vector<std::string> names;
    std::vector<std::string> titles;
    std::vector<std::string> dependsOn;
    std::vector<std::string> unblocking;
    for (std::size_t index = 0; index < plan.tasks.size(); ++index) {
        const TaskPlan& task = plan.tasks[index];
        position.add(static_cast<int>(index));
        waitsFor.add(task.dependsOn.size());
        weight.add(task.weight);
        maxTries.add(task.retry.maxAttempts);
        firstWait.add(absl::ToInt64Milliseconds(task.retry.firstWait));
        longestWait.add(absl::ToInt64Milliseconds(task.retry.longestWait));
        timeout.add(absl::ToInt64Milliseconds(task.timeout));
        names.push_back(task.name);
        titles.push_back(task.title);
        dependsOn.push_back(postgres::Param(task.dependsOn).text().value_or("{}"));
        for (const std::string& name : task.dependsOn) {
            unblocks[static_cast<std::size_t>(positions.at(name))].push_back(
                static_cast<int>(index));
        }
    }
    for (const std::vector<int>& children : unblocks) {
        NumberArray array;
        for (const int child : children) {
            array.add(child);
        }
        unblocking.push_back(array.param().text().value_or("{}"));
    }
    return {
        position.param(),
        names,
        titles,
        dependsOn,
        unblocking,
        waitsFor.param(),
        weight.param(),
        maxTries.param(),
        firstWait.param(),
        longestWait.param(),
        timeout.param()};
}

} // namespace

std::vector<int> JobDraft::firstPositions() const
{
    std::vector<int> positions;
    for (std::size_t index = 0; index < plan.tasks.size(); ++index) {
        if (plan.tasks[index].dependsOn.empty()) {
            positions.push_back(static_cast<int>(index));
        }
    }
    return positions;
}

std::vector<ClaimedTask> JobStore::claimed(
    const JobDraft& draft, const ClaimAtOnce& atOnce, const Added& added)
{
    std::vector<ClaimedTask> tasks;
    for (const int position : atOnce.positions) {
        const TaskPlan& plan = draft.plan.tasks[static_cast<std::size_t>(position)];
        ClaimedTask task;
        task.id = {added.id, position};
        task.kind = draft.kind.name;
        task.name = plan.name;
        task.parameters = draft.parameters;
        task.claim = added.claim;
        task.tries = 1;
        task.retry = plan.retry;
        task.timeout = plan.timeout;
        task.hasDependents = std::ranges::any_of(draft.plan.tasks, [&](const TaskPlan& other) {
            return std::ranges::find(other.dependsOn, plan.name) != other.dependsOn.end();
        });
        tasks.push_back(std::move(task));
    }
    return tasks;
}

absl::StatusOr<JobStore::Added> JobStore::add(
    Transaction& transaction,
    const JobDraft& draft,
    const audit::Entry& entry,
    const ClaimAtOnce& atOnce) const
{
    const JobPlan& plan = draft.plan;
    postgres::Params params{
        draft.kind.name,
        plan.title,
        plan.target,
        flat(draft.parameters),
        draft.priority,
        plan.concurrencyKey,
        draft.createdBy,
        draft.schedule,
        draft.requestId,
        plan.tasks.size(),
        draft.isLimited(),
        draft.earliestStart};
    for (postgres::Params more : {columnsOf(plan), audit::AuditLog::paramsOf(entry)}) {
        std::ranges::move(more, std::back_inserter(params));
    }
    NumberArray positions;
    for (const int position : atOnce.positions) {
        positions.add(position);
    }
    params.insert(params.end(), {atOnce.worker, positions.param()});
    PH_ASSIGN_OR_RETURN(
        const auto added, transaction.queryOne(kAdd, params, [](const postgres::Row& row) {
            return Added{row.integer("id"), row.integerOrNull("claim").value_or(0)};
        }));
    return added.value_or(Added{});
}

absl::StatusOr<std::optional<std::int64_t>> JobStore::findRequest(
    Transaction& transaction, const std::string& createdBy, const std::string& requestId) const
{
    return transaction.queryOne(kFindRequest, {createdBy, requestId}, [](const postgres::Row& row) {
        return row.integer("id");
    });
}

absl::StatusOr<JobStore::Locked> JobStore::lock(Transaction& transaction, std::int64_t id) const
{
    PH_ASSIGN_OR_RETURN(auto job, transaction.queryOne(kLock, {id}, [](const postgres::Row& row) {
        return Locked{
            jobStateOf(row.text("state")),
            row.text("kind"),
            row.text("title"),
            row.text("target"),
            static_cast<int>(row.integer("tasks_open"))};
    }));
    if (!job) {
        return withHint(
            absl::NotFoundError(fmt::format("there is no job {}", id)),
            "It may have ended long ago: ended jobs are kept for a while only.");
    }
    return *std::move(job);
}

absl::Status JobStore::cancel(
    Transaction& transaction, std::int64_t id, const std::string& message) const
{
    PH_ASSIGN_OR_RETURN(const std::int64_t ended, transaction.execute(kCancelTasks, {id}));
    PH_RETURN_IF_ERROR(transaction.execute(kCancel, {id, ended, message}).status());
    return transaction.execute(kNotify, {"cancel"}).status();
}

absl::Status JobStore::pause(Transaction& transaction, std::int64_t id) const
{
    PH_RETURN_IF_ERROR(transaction.execute(kPause, {id}).status());
    return transaction.execute(kHoldTasks, {id}).status();
}

absl::Status JobStore::resume(Transaction& transaction, std::int64_t id) const
{
    PH_RETURN_IF_ERROR(transaction.execute(kResume, {id}).status());
    PH_RETURN_IF_ERROR(transaction.execute(kReleaseTasks, {id}).status());
    return transaction.execute(kNotify, {""}).status();
}

absl::Status JobStore::retry(Transaction& transaction, std::int64_t id) const
{
    PH_RETURN_IF_ERROR(transaction.execute(kRecordResult, {id}).status());
    PH_ASSIGN_OR_RETURN(
        const auto open, transaction.queryOne(kResetTasks, {id}, [](const postgres::Row& row) {
            return row.integer("open");
        }));
    PH_RETURN_IF_ERROR(transaction.execute(kReopen, {id, open.value_or(0)}).status());
    return transaction.execute(kNotify, {""}).status();
}

absl::StatusOr<std::int64_t> JobStore::forget(
    Transaction& transaction, absl::Duration ended, absl::Duration failed, int limit) const
{
    return transaction.execute(kForget, {ended, failed, limit});
}

absl::StatusOr<std::int64_t> JobStore::forgetRuns(
    Transaction& transaction, absl::Duration age, int limit) const
{
    return transaction.execute(kForgetRuns, {age, limit});
}

} // namespace pilothouse::jobs
