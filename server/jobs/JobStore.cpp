// SPDX-License-Identifier: Apache-2.0
#include "server/jobs/JobStore.h"

#include "server/audit/AuditLog.h"
#include "server/jobs/Arrays.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

namespace pilothouse::jobs {

namespace {

// One statement, because each is a round trip that whoever waits for the start of the job waits
// for. $1 … $10 are the job's, $11 … the columns of its tasks, $24 … the audit's.
constexpr postgres::Statement kAdd{
    "jobs.add",
    "WITH added AS (INSERT INTO pilothouse.jobs (kind, title, target, parameters, priority, "
    "concurrency_key, created_by, schedule, request_id, tasks_total, tasks_open) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) RETURNING id), "
    "tasks AS (INSERT INTO pilothouse.job_tasks (job_id, position, kind, state, priority, "
    "is_limited, name, title, depends_on, unblocks, waits_for, weight, max_tries, first_wait_ms, "
    "longest_wait_ms, timeout_ms, run_at) "
    "SELECT added.id, i.position, $1, CASE WHEN i.waits_for > 0 THEN 'blocked' "
    "WHEN $12::timestamptz > clock_timestamp() THEN 'delayed' ELSE 'ready' "
    "END::pilothouse.task_state, $5, $11, i.name, i.title, i.depends_on::text[], "
    "NULLIF(i.unblocks::smallint[], '{}'), i.waits_for, i.weight, i.max_tries, i.first_wait_ms, "
    "i.longest_wait_ms, i.timeout_ms, "
    "CASE WHEN i.waits_for = 0 AND $12::timestamptz > clock_timestamp() THEN $12::timestamptz END "
    "FROM added, unnest($13::smallint[], $14::text[], $15::text[], $16::text[], $17::text[], "
    "$18::smallint[], $19::real[], $20::smallint[], $21::bigint[], $22::bigint[], $23::bigint[]) "
    "AS i (position, name, title, depends_on, unblocks, waits_for, weight, max_tries, "
    "first_wait_ms, longest_wait_ms, timeout_ms)), "
    "recorded AS (" PH_AUDIT_INSERT "SELECT $24, $25, $26, $27 || '/' || id, $28, $29, $30, $31, "
    "$32, $33, $34, $35, $36 FROM added) "
    "SELECT id, pg_notify('pilothouse_jobs', '') FROM added"};

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
    "UPDATE pilothouse.job_tasks SET state = 'cancelled', finished_at = clock_timestamp() "
    "WHERE job_id = $1 AND state IN ('blocked', 'delayed', 'ready', 'held')"};

constexpr postgres::Statement kCancel{
    "jobs.cancel",
    "UPDATE pilothouse.jobs SET tasks_open = tasks_open - $2, message = $3, "
    "state = CASE WHEN tasks_open > $2 THEN 'cancelling' WHEN tasks_failed > 0 THEN 'failed' "
    "ELSE 'cancelled' END, "
    "finished_at = CASE WHEN tasks_open > $2 THEN NULL ELSE clock_timestamp() END WHERE id = $1"};

constexpr postgres::Statement kPause{
    "jobs.pause", "UPDATE pilothouse.jobs SET state = 'paused' WHERE id = $1"};
constexpr postgres::Statement kHoldTasks{
    "jobs.hold_tasks",
    "UPDATE pilothouse.job_tasks SET state = 'held' WHERE job_id = $1 AND state = 'ready'"};

constexpr postgres::Statement kResume{
    "jobs.resume", "UPDATE pilothouse.jobs SET state = 'open' WHERE id = $1"};
constexpr postgres::Statement kReleaseTasks{
    "jobs.release_tasks",
    "UPDATE pilothouse.job_tasks SET state = 'ready' WHERE job_id = $1 AND state = 'held'"};

// Everything that did not succeed is before its first try again, behind what it depends on.
constexpr postgres::Statement kResetTasks{
    "jobs.reset_tasks",
    "UPDATE pilothouse.job_tasks t SET tries = 0, finished_at = NULL, run_at = NULL, "
    "waits_for = n.waits, state = CASE WHEN n.waits > 0 THEN 'blocked' ELSE 'ready' "
    "END::pilothouse.task_state FROM (SELECT c.position, count(d.position) AS waits "
    "FROM pilothouse.job_tasks c LEFT JOIN pilothouse.job_tasks d ON d.job_id = c.job_id "
    "AND d.name = ANY (c.depends_on) AND d.state <> 'succeeded' "
    "WHERE c.job_id = $1 AND c.state <> 'succeeded' GROUP BY c.position) n "
    "WHERE t.job_id = $1 AND t.position = n.position"};
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

absl::StatusOr<std::int64_t> JobStore::add(
    Transaction& transaction, const JobDraft& draft, const audit::Entry& entry) const
{
    const JobPlan& plan = draft.plan;
    const bool isLimited = draft.kind.concurrency > 0 || !plan.concurrencyKey.empty();
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
        isLimited,
        draft.earliestStart};
    for (postgres::Params more : {columnsOf(plan), audit::AuditLog::paramsOf(entry)}) {
        std::ranges::move(more, std::back_inserter(params));
    }
    PH_ASSIGN_OR_RETURN(
        const auto id, transaction.queryOne(kAdd, params, [](const postgres::Row& row) {
            return row.integer("id");
        }));
    return id.value_or(0);
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
    PH_ASSIGN_OR_RETURN(const std::int64_t open, transaction.execute(kResetTasks, {id}));
    PH_RETURN_IF_ERROR(transaction.execute(kReopen, {id, open}).status());
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
