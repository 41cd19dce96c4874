// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Statement.h"

// The statements of TaskQueue and Reaper, which share what happens to a job when tasks of it end.
namespace pilothouse::jobs::sql {

/// Workers of the same data directory: that is locked, so they are dead.
inline constexpr postgres::Statement kExpireOwn{
    "jobs.worker.expire_own",
    "UPDATE pilothouse.job_workers SET expires_at = '-infinity' WHERE server_id = $1"};

inline constexpr postgres::Statement kRegister{
    "jobs.worker.register",
    "INSERT INTO pilothouse.job_workers (server_id, host, expires_at) "
    "VALUES ($1, $2, clock_timestamp() + $3::interval) RETURNING id"};

inline constexpr postgres::Statement kBeat{
    "jobs.worker.beat",
    "UPDATE pilothouse.job_workers SET expires_at = clock_timestamp() + $2::interval "
    "WHERE id = $1 AND expires_at > clock_timestamp()"};

inline constexpr postgres::Statement kSignOff{
    "jobs.worker.sign_off", "DELETE FROM pilothouse.job_workers WHERE id = $1"};

inline constexpr postgres::Statement kCancelling{
    "jobs.cancelling",
    "SELECT id FROM pilothouse.jobs WHERE id = ANY ($1::bigint[]) AND state = 'cancelling'"};

// What ends and what it frees. $1 … $7 are columns: job, position, attempt, state, wait, message,
// result. The jobs are locked first, and by id; `locked` has their state as it is then. An end
// counts only when the attempt is the current one. A job that is stopping takes no task back. The
// state is compared as text so that tasks are found by their key: the small index of running tasks
// is full of dead entries under load. Jobs that are not simply open are few: they are looked up in
// arrays, because a join of two lists of unknown length becomes one of each with each.
#define PH_JOBS_END                                                                                \
    "input AS (SELECT * FROM unnest($1::bigint[], $2::smallint[], $3::int[], "                     \
    "$4::pilothouse.task_state[], $5::bigint[], $6::text[], $7::text[]) "                          \
    "AS i (job_id, position, attempt, state, wait_ms, message, result)), "                         \
    "locked AS MATERIALIZED (SELECT id, state, tasks_failed FROM pilothouse.jobs "                 \
    "WHERE id = ANY ($1::bigint[]) ORDER BY id FOR NO KEY UPDATE), "                               \
    "special AS MATERIALIZED (SELECT array_agg(id) AS ids, array_agg(state) AS states, "           \
    "array_agg(tasks_failed) AS failed FROM locked WHERE state <> 'open' OR tasks_failed > 0), "   \
    "judged AS (SELECT i.job_id, i.position, i.attempt, i.message, i.result, i.wait_ms, "          \
    "i.state AS wanted, l.state AS job_state, CASE "                                               \
    "WHEN l.state = 'cancelling' AND i.state IN ('delayed', 'ready', 'failed') THEN 'cancelled' "  \
    "WHEN l.tasks_failed > 0 AND i.state IN ('delayed', 'ready') THEN 'skipped' "                  \
    "WHEN l.state = 'paused' AND i.state = 'ready' THEN 'held' "                                   \
    "ELSE i.state END AS state FROM input i CROSS JOIN special s CROSS JOIN LATERAL "              \
    "(SELECT s.states[p.at] AS state, s.failed[p.at] AS tasks_failed FROM "                        \
    "(SELECT array_position(s.ids, i.job_id) AS at) p) l), "                                       \
    "ended AS (UPDATE pilothouse.job_tasks t SET state = j.state, message = j.message, "           \
    "result = j.result, worker_id = NULL, "                                                        \
    "tries = CASE WHEN j.wanted = 'ready' THEN t.tries - 1 ELSE t.tries END, "                     \
    "run_at = CASE WHEN j.state = 'delayed' "                                                      \
    "THEN clock_timestamp() + j.wait_ms * interval '1 millisecond' END, "                          \
    "finished_at = CASE WHEN j.state >= 'succeeded' THEN clock_timestamp() END "                   \
    "FROM judged j WHERE t.job_id = j.job_id AND t.position = j.position "                         \
    "AND t.attempt = j.attempt AND t.state::text = 'running' "                                     \
    "RETURNING t.job_id, t.state, t.unblocks, j.job_state, t.started_at), "                        \
    "freed AS (UPDATE pilothouse.job_tasks c SET waits_for = c.waits_for - u.n, state = CASE "     \
    "WHEN c.waits_for > u.n THEN c.state WHEN u.job_state = 'paused' THEN 'held' "                 \
    "ELSE 'ready' END FROM (SELECT e.job_id, e.job_state, p AS position, count(*) AS n "           \
    "FROM ended e, unnest(e.unblocks) p WHERE e.state = 'succeeded' GROUP BY 1, 2, 3) u "          \
    "WHERE c.job_id = u.job_id AND c.position = u.position AND c.state = 'blocked' "               \
    "RETURNING c.state), "                                                                         \
    "counted AS (UPDATE pilothouse.jobs j SET "                                                    \
    "tasks_open = j.tasks_open - n.ended, "                                                        \
    "tasks_succeeded = j.tasks_succeeded + n.succeeded, "                                          \
    "tasks_failed = j.tasks_failed + n.failed, "                                                   \
    "started_at = COALESCE(j.started_at, n.started_at), "                                          \
    "state = CASE WHEN j.tasks_open > n.ended THEN j.state "                                       \
    "WHEN j.tasks_failed + n.failed > 0 THEN 'failed' "                                            \
    "WHEN j.tasks_succeeded + n.succeeded = j.tasks_total THEN 'succeeded' "                       \
    "ELSE 'cancelled' END, "                                                                       \
    "message = CASE WHEN j.tasks_succeeded + n.succeeded = j.tasks_total THEN '' "                 \
    "ELSE j.message END, "                                                                         \
    "fraction = CASE WHEN j.tasks_succeeded + n.succeeded = j.tasks_total THEN 1 "                 \
    "ELSE j.fraction END, "                                                                        \
    "finished_at = CASE WHEN j.tasks_open > n.ended THEN NULL ELSE clock_timestamp() END "         \
    "FROM (SELECT job_id, min(started_at) AS started_at, "                                         \
    "count(*) FILTER (WHERE state >= 'succeeded') AS ended, "                                      \
    "count(*) FILTER (WHERE state = 'succeeded') AS succeeded, "                                   \
    "count(*) FILTER (WHERE state = 'failed') AS failed FROM ended GROUP BY job_id) n "            \
    "WHERE j.id = n.job_id)"

// What claiming does with the rows at the places of `picked`: found by place they need no plan that
// depends on how many they are, so that one plan is made and kept. A row that somebody changed
// since the statement began has another place, and is claimed the next time. That a job has started
// is not marked here, where whoever waits for it would wait for that, too: kMarkStarted does it
// when the task runs, or the end of the task.
#define PH_JOBS_CLAIM(worker, host)                                                                \
    "claimed AS (UPDATE pilothouse.job_tasks t SET state = 'running', attempt = t.attempt + 1, "   \
    "tries = t.tries + 1, worker_id = " worker ", worker_host = " host ", "                        \
    "started_at = clock_timestamp(), finished_at = NULL, units_done = 0, units_total = 0 "         \
    "WHERE t.ctid = ANY (ARRAY(SELECT place FROM picked)) "                                        \
    "RETURNING t.job_id, t.position, t.kind, t.name, t.attempt, t.tries, t.max_tries, "            \
    "t.first_wait_ms, t.longest_wait_ms, t.timeout_ms, t.priority)"

#define PH_JOBS_PICK(worker, kinds, want)                                                          \
    "picked AS (SELECT ctid AS place FROM pilothouse.job_tasks "                                   \
    "WHERE state = 'ready' AND NOT is_limited AND kind = ANY (" kinds ") "                         \
    "AND EXISTS (SELECT 1 FROM pilothouse.job_workers w WHERE w.id = " worker                      \
    " AND w.expires_at > clock_timestamp()) "                                                      \
    "ORDER BY priority DESC, job_id, position LIMIT " want " FOR NO KEY UPDATE SKIP LOCKED)"

#define PH_JOBS_HAS_LIMITED                                                                        \
    "EXISTS (SELECT 1 FROM pilothouse.job_tasks WHERE state = 'ready' AND is_limited) "            \
    "AS has_limited"

inline constexpr postgres::Statement kCycle{
    "jobs.cycle",
    "WITH " PH_JOBS_END ", " PH_JOBS_PICK("$8::bigint", "$10::text[]", "$11") ", " PH_JOBS_CLAIM(
        "$8::bigint", "$9::text") " "
                                  "SELECT a.accepted, f.freed, " PH_JOBS_HAS_LIMITED
                                  ", c.*, j.parameters "
                                  "FROM (SELECT count(*) AS accepted FROM ended) a "
                                  "CROSS JOIN (SELECT count(*) FILTER (WHERE state = "
                                  "'ready') AS freed FROM freed) f "
                                  "LEFT JOIN (claimed c JOIN pilothouse.jobs j ON j.id = "
                                  "c.job_id) ON true "
                                  "ORDER BY c.priority DESC, c.job_id, c.position"};

/// The cycle when nothing has ended: what begins a job that somebody waits for.
inline constexpr postgres::Statement kClaim{
    "jobs.claim",
    "WITH " PH_JOBS_PICK("$1::bigint", "$3::text[]", "$4") ", " PH_JOBS_CLAIM(
        "$1::bigint", "$2::text") " "
                                  "SELECT 0 AS accepted, 0 AS freed, " PH_JOBS_HAS_LIMITED
                                  ", c.*, j.parameters "
                                  "FROM (SELECT) one LEFT JOIN (claimed c JOIN pilothouse.jobs j "
                                  "ON j.id = c.job_id) "
                                  "ON true ORDER BY c.priority DESC, c.job_id, c.position"};

/// Of these jobs, those that something runs of.
inline constexpr postgres::Statement kMarkStarted{
    "jobs.mark_started",
    "UPDATE pilothouse.jobs j SET started_at = s.started_at FROM ("
    "SELECT o.id, t.started_at FROM pilothouse.jobs o JOIN (SELECT job_id, min(started_at) "
    "AS started_at FROM pilothouse.job_tasks WHERE job_id = ANY ($1::bigint[]) "
    "AND state = 'running' GROUP BY job_id) t ON t.job_id = o.id "
    "WHERE o.started_at IS NULL AND o.finished_at IS NULL "
    "FOR NO KEY UPDATE OF o SKIP LOCKED) s WHERE j.id = s.id"};

/// After kCycle in the same transaction: a job with a failed task starts nothing more, and ends
/// when nothing of it runs.
inline constexpr postgres::Statement kSettleFailures{
    "jobs.settle_failures",
    "WITH doomed AS (SELECT id FROM pilothouse.jobs WHERE id = ANY ($1::bigint[]) "
    "AND tasks_failed > 0 AND finished_at IS NULL), "
    "skipped AS (UPDATE pilothouse.job_tasks t SET state = 'skipped', "
    "finished_at = clock_timestamp() FROM doomed d WHERE t.job_id = d.id "
    "AND t.state IN ('blocked', 'delayed', 'ready', 'held') RETURNING t.job_id), "
    "why AS (SELECT DISTINCT ON (t.job_id) t.job_id, t.title || ': ' || t.message AS message "
    "FROM pilothouse.job_tasks t WHERE t.job_id = ANY ($1::bigint[]) AND t.state = 'failed' "
    "ORDER BY t.job_id, t.finished_at DESC) "
    "UPDATE pilothouse.jobs j SET "
    "tasks_open = j.tasks_open - COALESCE(n.skipped, 0), message = COALESCE(w.message, j.message), "
    "state = CASE WHEN j.finished_at IS NULL AND j.tasks_open = COALESCE(n.skipped, 0) "
    "THEN 'failed' ELSE j.state END, "
    "finished_at = CASE WHEN j.finished_at IS NULL AND j.tasks_open = COALESCE(n.skipped, 0) "
    "THEN clock_timestamp() ELSE j.finished_at END "
    "FROM why w LEFT JOIN (SELECT job_id, count(*) AS skipped FROM skipped GROUP BY job_id) n "
    "ON n.job_id = w.job_id WHERE j.id = w.job_id"};

inline constexpr postgres::Statement kLimitsLock{
    "jobs.limits_lock",
    "SELECT pg_try_advisory_xact_lock(hashtextextended('pilothouse.jobs.limits', 0)) AS locked"};

// $1 kinds, $2 their limits, $3 how many, $4 worker, $5 host. A key belongs to the job that has
// started; before that to the first of those that wait.
inline constexpr postgres::Statement kClaimLimited{
    "jobs.claim_limited",
    "WITH kinds AS (SELECT k.kind, k.most, (SELECT count(*) FROM pilothouse.job_tasks r "
    "WHERE r.state = 'running' AND r.kind = k.kind) AS running "
    "FROM unnest($1::text[], $2::int[]) AS k (kind, most)), "
    "candidates AS (SELECT t.job_id, t.position, t.priority, t.kind, k.most, k.running, "
    "j.concurrency_key FROM pilothouse.job_tasks t "
    "JOIN pilothouse.jobs j ON j.id = t.job_id JOIN kinds k ON k.kind = t.kind "
    "WHERE t.state = 'ready' AND t.is_limited AND (k.most = 0 OR k.running < k.most) "
    "AND EXISTS (SELECT 1 FROM pilothouse.job_workers w WHERE w.id = $4::bigint "
    "AND w.expires_at > clock_timestamp()) "
    "AND (j.concurrency_key = '' OR NOT EXISTS (SELECT 1 FROM pilothouse.jobs o "
    "WHERE o.concurrency_key = j.concurrency_key AND o.finished_at IS NULL "
    "AND o.concurrency_key <> '' AND o.id <> j.id AND (o.started_at IS NOT NULL OR EXISTS "
    "(SELECT 1 FROM pilothouse.job_tasks r WHERE r.job_id = o.id AND r.state = 'running')))) "
    "ORDER BY t.priority DESC, t.job_id, t.position LIMIT 1000), "
    "keyed AS (SELECT *, first_value(job_id) OVER (PARTITION BY concurrency_key "
    "ORDER BY priority DESC, job_id) AS key_job FROM candidates), "
    "ranked AS (SELECT *, row_number() OVER (PARTITION BY kind "
    "ORDER BY priority DESC, job_id, position) AS place FROM keyed "
    "WHERE concurrency_key = '' OR key_job = job_id), "
    "chosen AS (SELECT job_id, position FROM ranked WHERE most = 0 OR place <= most - running "
    "ORDER BY priority DESC, job_id, position LIMIT $3), "
    "picked AS (SELECT t.ctid AS place FROM pilothouse.job_tasks t "
    "JOIN chosen h ON h.job_id = t.job_id AND h.position = t.position WHERE t.state = 'ready' "
    "ORDER BY t.job_id, t.position FOR NO KEY UPDATE OF t SKIP LOCKED), " PH_JOBS_CLAIM(
        "$4::bigint", "$5::text") " "
                                  "SELECT c.*, j.parameters FROM claimed c JOIN pilothouse.jobs j "
                                  "ON j.id = c.job_id "
                                  "ORDER BY c.priority DESC, c.job_id, c.position"};

inline constexpr postgres::Statement kPromote{
    "jobs.promote",
    "WITH due AS (SELECT t.job_id, t.position FROM pilothouse.job_tasks t "
    "JOIN pilothouse.jobs j ON j.id = t.job_id AND j.state = 'open' "
    "WHERE t.state = 'delayed' AND t.run_at <= clock_timestamp() "
    "ORDER BY t.job_id, t.position LIMIT 1000 FOR NO KEY UPDATE OF t SKIP LOCKED), "
    "promoted AS (UPDATE pilothouse.job_tasks t SET state = 'ready', run_at = NULL FROM due d "
    "WHERE t.job_id = d.job_id AND t.position = d.position RETURNING 1) "
    "SELECT (SELECT count(*) FROM promoted) AS promoted, "
    "(SELECT ceil(extract(epoch FROM min(run_at) - clock_timestamp()) * 1000)::bigint "
    "FROM pilothouse.job_tasks WHERE state = 'delayed' AND run_at > clock_timestamp()) AS wait_ms"};

inline constexpr postgres::Statement kHeldBy{
    "jobs.held_by",
    "SELECT job_id, position, attempt FROM pilothouse.job_tasks "
    "WHERE state = 'running' AND worker_id = $1"};

/// Workers whose lease has run out: they count as dead.
inline constexpr postgres::Statement kDeadWorkers{
    "jobs.reaper.dead",
    "SELECT id FROM pilothouse.job_workers WHERE expires_at <= clock_timestamp() "
    "ORDER BY id FOR UPDATE SKIP LOCKED"};

/// Tasks of dead workers, and of workers that are gone altogether.
inline constexpr postgres::Statement kLostTasks{
    "jobs.reaper.lost",
    "SELECT t.job_id, t.position, t.attempt, t.tries, t.max_tries, t.first_wait_ms, "
    "t.longest_wait_ms, t.worker_host FROM pilothouse.job_tasks t "
    "WHERE t.state = 'running' AND (t.worker_id = ANY ($1::bigint[]) OR NOT EXISTS "
    "(SELECT 1 FROM pilothouse.job_workers w WHERE w.id = t.worker_id)) "
    "ORDER BY t.job_id, t.position LIMIT $2"};

inline constexpr postgres::Statement kEnd{
    "jobs.reaper.end", "WITH " PH_JOBS_END " SELECT count(*) AS accepted FROM ended"};

inline constexpr postgres::Statement kForgetWorkers{
    "jobs.reaper.forget",
    "DELETE FROM pilothouse.job_workers w WHERE w.id = ANY ($1::bigint[]) AND NOT EXISTS "
    "(SELECT 1 FROM pilothouse.job_tasks t WHERE t.state = 'running' AND t.worker_id = w.id)"};

#undef PH_JOBS_CLAIM
#undef PH_JOBS_PICK
#undef PH_JOBS_HAS_LIMITED
#undef PH_JOBS_END

} // namespace pilothouse::jobs::sql
