// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/jobs/QueueSql.h"
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

// What the ends of tasks do to their jobs.
#define PH_JOBS_COUNTED                                                                            \
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
    "WHERE j.id = n.job_id RETURNING j.id, j.finished_at), "                                       \
    "results AS (" PH_JOB_RESULTS("counted") ")"

// What ends and what it frees. $1 … $8 are columns: job, position, claim, state, microseconds that
// it ran, wait, message, result. The jobs are locked first, and by id; `locked` has their state as
// it is then. An end counts only when the task has not ended under that claim or a later one. A job
// that is stopping takes no task back. Jobs that are not simply open are few: they are looked up in
// arrays, because a join of two lists of unknown length becomes one of each with each.
#define PH_JOBS_END(host)                                                                          \
    "input AS (SELECT * FROM "                                                                     \
    "unnest($1::bigint[], $2::smallint[], $3::bigint[], $4::pilothouse.task_state[], "             \
    "$5::bigint[], $6::bigint[], $7::text[], $8::text[]) "                                         \
    "AS i (job_id, position, claim, state, ran_us, wait_ms, message, result)), "                   \
    "locked AS MATERIALIZED (SELECT id, state, tasks_failed FROM pilothouse.jobs "                 \
    "WHERE id = ANY ($1::bigint[]) ORDER BY id FOR NO KEY UPDATE), "                               \
    "special AS MATERIALIZED (SELECT array_agg(id) AS ids, array_agg(state) AS states, "           \
    "array_agg(tasks_failed) AS failed FROM locked WHERE state <> 'open' OR tasks_failed > 0), "   \
    "judged AS (SELECT i.*, i.state AS wanted, l.state AS job_state, CASE "                        \
    "WHEN l.state = 'cancelling' AND i.state IN ('delayed', 'ready', 'failed') THEN 'cancelled' "  \
    "WHEN l.tasks_failed > 0 AND i.state IN ('delayed', 'ready') THEN 'skipped' "                  \
    "WHEN l.state = 'paused' AND i.state = 'ready' THEN 'held' "                                   \
    "ELSE i.state END AS becomes FROM input i CROSS JOIN special s CROSS JOIN LATERAL "            \
    "(SELECT s.states[p.at] AS state, s.failed[p.at] AS tasks_failed FROM "                        \
    "(SELECT array_position(s.ids, i.job_id) AS at) p) l), "                                       \
    "ended AS (UPDATE pilothouse.job_tasks t SET state = j.becomes, claim = j.claim, "             \
    "message = j.message, result = j.result, worker_host = " host ", "                             \
    "tries = CASE WHEN j.wanted = 'ready' THEN t.tries ELSE t.tries + 1 END, "                     \
    "units_done = CASE WHEN j.becomes >= 'succeeded' THEN t.units_done ELSE 0 END, "               \
    "units_total = CASE WHEN j.becomes >= 'succeeded' THEN t.units_total ELSE 0 END, "             \
    "run_at = CASE WHEN j.becomes = 'delayed' "                                                    \
    "THEN clock_timestamp() + j.wait_ms * interval '1 millisecond' END, "                          \
    "started_at = CASE WHEN j.wanted = 'ready' THEN t.started_at "                                 \
    "ELSE clock_timestamp() - j.ran_us * interval '1 microsecond' END, "                           \
    "finished_at = CASE WHEN j.becomes >= 'succeeded' THEN clock_timestamp() END "                 \
    "FROM judged j WHERE t.job_id = j.job_id AND t.position = j.position "                         \
    "AND t.claim < j.claim AND t.state = 'ready' "                                                 \
    "RETURNING t.job_id, t.position, t.state, t.tries, t.run_at, t.unblocks, t.started_at, "       \
    "j.job_state), "                                                                               \
    "freed AS (UPDATE pilothouse.job_tasks c SET waits_for = c.waits_for - u.n, state = CASE "     \
    "WHEN c.waits_for > u.n THEN c.state WHEN u.job_state = 'paused' THEN 'held' "                 \
    "ELSE 'ready' END FROM (SELECT e.job_id, e.job_state, p AS position, count(*) AS n "           \
    "FROM ended e, unnest(e.unblocks) p WHERE e.state = 'succeeded' GROUP BY 1, 2, 3) u "          \
    "WHERE c.job_id = u.job_id AND c.position = u.position AND c.state = 'blocked' "               \
    "RETURNING c.job_id, c.position, c.state, c.tries), " PH_JOB_QUEUE_TASKS(                      \
        "SELECT job_id, position, state, tries, NULL::timestamptz AS run_at "                      \
        "FROM freed WHERE state <> 'blocked' UNION ALL SELECT job_id, position, state, tries, "    \
        "run_at FROM ended WHERE state < 'running'") ", " PH_JOBS_COUNTED

// The same when all have succeeded, have nothing to say, and nothing depends on them, as in a flood
// of small jobs: a third less to do. $1 … $4: job, position, claim, microseconds that it ran. That
// the jobs are counted locks them, once and before the first task; in FROM each task would count.
#define PH_JOBS_END_QUIETLY(host)                                                                  \
    "locked AS MATERIALIZED (SELECT id FROM pilothouse.jobs "                                      \
    "WHERE id = ANY ($1::bigint[]) ORDER BY id FOR NO KEY UPDATE), "                               \
    "ended AS (UPDATE pilothouse.job_tasks t SET state = 'succeeded', claim = i.claim, "           \
    "message = '', result = '', worker_host = " host ", tries = t.tries + 1, "                     \
    "started_at = clock_timestamp() - i.ran_us * interval '1 microsecond', "                       \
    "finished_at = clock_timestamp() FROM "                                                        \
    "unnest($1::bigint[], $2::smallint[], $3::bigint[], $4::bigint[]) "                            \
    "AS i (job_id, position, claim, ran_us) WHERE (SELECT count(*) FROM locked) >= 0 "             \
    "AND t.job_id = i.job_id AND t.position = i.position "                                         \
    "AND t.claim < i.claim AND t.state = 'ready' "                                                 \
    "RETURNING t.job_id, t.state, t.started_at), " PH_JOBS_COUNTED

// A claim takes rows out of the queue and is itself one row; that a job has started is not marked
// here, where whoever waits for it would wait for that, too: kMarkStarted does it when the task
// runs, or the end of the task. Rows that were picked are found by their place, so that one plan is
// made and kept however many they are.
#define PH_JOBS_CLAIM(worker)                                                                      \
    "taken AS (DELETE FROM pilothouse.job_queue "                                                  \
    "WHERE ctid = ANY (ARRAY(SELECT place FROM picked)) RETURNING *), "                            \
    "claim AS (INSERT INTO pilothouse.job_claims (worker_id, jobs, positions) SELECT " worker ", " \
    "array_agg(job_id), array_agg(position) FROM taken HAVING count(*) > 0 RETURNING id)"

#define PH_JOBS_MOST 50
#define PH_JOBS_TEXT(number) PH_JOBS_TEXT_OF(number)
#define PH_JOBS_TEXT_OF(number) #number
/// What a claim takes at the most, however many are wanted.
inline constexpr int kMostPicked = PH_JOBS_MOST;

// The fixed limit within the wanted one tells the planner that this is about a few rows: for a
// number that it does not know it takes a tenth of the table, and then it plans anew for every
// call.
#define PH_JOBS_PICK(worker, kinds, want)                                                          \
    "picked AS (SELECT place FROM (SELECT ctid AS place FROM pilothouse.job_queue "                \
    "WHERE state = 'ready' AND NOT is_limited AND kind = ANY (" kinds ") "                         \
    "AND EXISTS (SELECT 1 FROM pilothouse.job_workers w WHERE w.id = " worker                      \
    " AND w.expires_at > clock_timestamp()) "                                                      \
    "ORDER BY priority DESC, job_id, position LIMIT " PH_JOBS_TEXT(                                \
        PH_JOBS_MOST) " FOR UPDATE SKIP LOCKED) q LIMIT " want ")"

#define PH_JOBS_HAS_LIMITED                                                                        \
    "EXISTS (SELECT 1 FROM pilothouse.job_queue WHERE state = 'ready' AND is_limited) "            \
    "AS has_limited"

#define PH_JOBS_CLAIMED                                                                            \
    "k.id AS claim, x.job_id, x.position, x.kind, x.name, x.parameters, x.tries, x.max_tries, "    \
    "x.first_wait_ms, x.longest_wait_ms, x.timeout_ms, x.has_dependents FROM taken x CROSS JOIN "  \
    "claim k"
#define PH_JOBS_ORDER " ORDER BY x.priority DESC, x.job_id, x.position"

#define PH_JOBS_RELEASE(claims)                                                                    \
    "released AS (DELETE FROM pilothouse.job_claims WHERE id = ANY (" claims "::bigint[]))"

// The claimed tasks beside what comes before them, which is evaluated first: it locks the jobs.
#define PH_JOBS_AND_CLAIMED                                                                        \
    " LEFT JOIN LATERAL (SELECT " PH_JOBS_CLAIMED PH_JOBS_ORDER ") c ON true"

/// $9 … are the worker, its host, the claims of which nothing runs any more, the kinds, how many.
// clang-format off
inline constexpr postgres::Statement kCycle{
    "jobs.cycle",
    "WITH " PH_JOBS_END("$10::text") ", " PH_JOBS_RELEASE("$11") ", "
    PH_JOBS_PICK("$9::bigint", "$12::text[]", "$13") ", " PH_JOBS_CLAIM("$9::bigint")
    " SELECT a.accepted, f.freed, " PH_JOBS_HAS_LIMITED ", c.* "
    "FROM (SELECT count(*) AS accepted FROM ended) a CROSS JOIN "
    "(SELECT count(*) FILTER (WHERE state = 'ready') AS freed FROM freed) f" PH_JOBS_AND_CLAIMED};

/// With what PH_JOBS_END_QUIETLY is for; from $5 on as kCycle from $9.
inline constexpr postgres::Statement kQuietCycle{
    "jobs.quiet_cycle",
    "WITH " PH_JOBS_END_QUIETLY("$6::text") ", " PH_JOBS_RELEASE("$7") ", "
    PH_JOBS_PICK("$5::bigint", "$8::text[]", "$9") ", " PH_JOBS_CLAIM("$5::bigint")
    " SELECT a.accepted, 0 AS freed, " PH_JOBS_HAS_LIMITED ", c.* "
    "FROM (SELECT count(*) AS accepted FROM ended) a" PH_JOBS_AND_CLAIMED};

/// The cycle when nothing has ended: what begins a job that somebody waits for.
inline constexpr postgres::Statement kClaim{
    "jobs.claim",
    "WITH " PH_JOBS_PICK("$1::bigint", "$2::text[]", "$3") ", " PH_JOBS_CLAIM("$1::bigint")
    " SELECT 0 AS accepted, 0 AS freed, " PH_JOBS_HAS_LIMITED ", c.* "
    "FROM (SELECT) one" PH_JOBS_AND_CLAIMED};
// clang-format on

/// Of these jobs, those that something runs of.
inline constexpr postgres::Statement kMarkStarted{
    "jobs.mark_started",
    "UPDATE pilothouse.jobs j SET started_at = s.started_at FROM ("
    "SELECT o.id, r.started_at FROM pilothouse.jobs o JOIN (SELECT job_id, min(claimed_at) "
    "AS started_at FROM pilothouse.job_running WHERE job_id = ANY ($1::bigint[]) "
    "GROUP BY job_id) r ON r.job_id = o.id "
    "WHERE o.started_at IS NULL AND o.finished_at IS NULL "
    "FOR NO KEY UPDATE OF o SKIP LOCKED) s WHERE j.id = s.id"};

/// After kCycle in the same transaction: a job with a failed task starts nothing more, and ends
/// when nothing of it runs.
inline constexpr postgres::Statement kSettleFailures{
    "jobs.settle_failures",
    "WITH doomed AS (SELECT id FROM pilothouse.jobs WHERE id = ANY ($1::bigint[]) "
    "AND tasks_failed > 0 AND finished_at IS NULL), "
    "gone AS (DELETE FROM pilothouse.job_queue q USING doomed d WHERE q.job_id = d.id "
    "RETURNING q.job_id, q.position), "
    "skipped AS (UPDATE pilothouse.job_tasks t SET state = 'skipped', "
    "finished_at = clock_timestamp() FROM doomed d WHERE t.job_id = d.id AND (t.state = 'blocked' "
    "OR (t.job_id, t.position) IN (SELECT job_id, position FROM gone)) RETURNING t.job_id), "
    "known AS (INSERT INTO pilothouse.job_failures "
    "SELECT id FROM pilothouse.jobs WHERE id = ANY ($1::bigint[]) AND tasks_failed > 0 "
    "ON CONFLICT DO NOTHING), "
    "why AS (SELECT DISTINCT ON (t.job_id) t.job_id, t.title || ': ' || t.message AS message "
    "FROM pilothouse.job_tasks t WHERE t.job_id = ANY ($1::bigint[]) AND t.state = 'failed' "
    "ORDER BY t.job_id, t.finished_at DESC), "
    "settled AS (UPDATE pilothouse.jobs j SET "
    "tasks_open = j.tasks_open - COALESCE(n.skipped, 0), message = COALESCE(w.message, j.message), "
    "state = CASE WHEN j.finished_at IS NULL AND j.tasks_open = COALESCE(n.skipped, 0) "
    "THEN 'failed' ELSE j.state END, "
    "finished_at = CASE WHEN j.finished_at IS NULL AND j.tasks_open = COALESCE(n.skipped, 0) "
    "THEN clock_timestamp() ELSE j.finished_at END "
    "FROM why w LEFT JOIN (SELECT job_id, count(*) AS skipped FROM skipped GROUP BY job_id) n "
    "ON n.job_id = w.job_id WHERE j.id = w.job_id "
    "RETURNING j.id, j.finished_at), "
    "over AS (SELECT s.* FROM settled s JOIN doomed d ON d.id = s.id) " PH_JOB_RESULTS("over")};

inline constexpr postgres::Statement kLimitsLock{
    "jobs.limits_lock",
    "SELECT pg_try_advisory_xact_lock(hashtextextended('pilothouse.jobs.limits', 0)) AS locked"};

// $1 kinds, $2 their limits, $3 how many, $4 worker. A key belongs to the job that started last
// with it until that is over; then to the first of those that wait.
inline constexpr postgres::Statement kClaimLimited{
    "jobs.claim_limited",
    "WITH kinds AS (SELECT k.kind, k.most, COALESCE(b.running, 0) AS running "
    "FROM unnest($1::text[], $2::int[]) AS k (kind, most) LEFT JOIN (SELECT j.kind, "
    "count(*) AS running FROM pilothouse.job_running r JOIN pilothouse.jobs j ON j.id = r.job_id "
    "GROUP BY j.kind) b ON b.kind = k.kind), "
    "candidates AS (SELECT q.job_id, q.position, q.priority, q.kind, k.most, k.running, "
    "j.concurrency_key FROM pilothouse.job_queue q "
    "JOIN pilothouse.jobs j ON j.id = q.job_id JOIN kinds k ON k.kind = q.kind "
    "WHERE q.state = 'ready' AND q.is_limited AND (k.most = 0 OR k.running < k.most) "
    "AND EXISTS (SELECT 1 FROM pilothouse.job_workers w WHERE w.id = $4::bigint "
    "AND w.expires_at > clock_timestamp()) "
    "AND (j.concurrency_key = '' OR NOT EXISTS (SELECT 1 FROM pilothouse.job_keys h "
    "JOIN pilothouse.jobs o ON o.id = h.job_id WHERE h.concurrency_key = j.concurrency_key "
    "AND o.id <> j.id AND o.finished_at IS NULL)) "
    "ORDER BY q.priority DESC, q.job_id, q.position LIMIT 1000), "
    "keyed AS (SELECT *, first_value(job_id) OVER (PARTITION BY concurrency_key "
    "ORDER BY priority DESC, job_id) AS key_job FROM candidates), "
    "ranked AS (SELECT *, row_number() OVER (PARTITION BY kind "
    "ORDER BY priority DESC, job_id, position) AS place FROM keyed "
    "WHERE concurrency_key = '' OR key_job = job_id), "
    "chosen AS (SELECT job_id, position FROM ranked WHERE most = 0 OR place <= most - running "
    "ORDER BY priority DESC, job_id, position LIMIT $3), "
    "picked AS (SELECT q.ctid AS place FROM pilothouse.job_queue q "
    "JOIN chosen h ON h.job_id = q.job_id AND h.position = q.position WHERE q.state = 'ready' "
    "ORDER BY q.job_id, q.position FOR UPDATE OF q SKIP LOCKED), " PH_JOBS_CLAIM(
        "$4::bigint") ", "
                      "keys AS (INSERT INTO pilothouse.job_keys (concurrency_key, job_id) "
                      "SELECT DISTINCT j.concurrency_key, j.id FROM taken x JOIN pilothouse.jobs j "
                      "ON j.id = x.job_id "
                      "WHERE j.concurrency_key <> '' "
                      "ON CONFLICT (concurrency_key) DO UPDATE SET job_id = EXCLUDED.job_id) "
                      "SELECT " PH_JOBS_CLAIMED PH_JOBS_ORDER};

inline constexpr postgres::Statement kPromote{
    "jobs.promote",
    "WITH due AS (SELECT q.job_id, q.position FROM pilothouse.job_queue q "
    "JOIN pilothouse.jobs j ON j.id = q.job_id AND j.state = 'open' "
    "WHERE q.state = 'delayed' AND q.run_at <= clock_timestamp() "
    "ORDER BY q.job_id, q.position LIMIT 1000 FOR UPDATE OF q SKIP LOCKED), "
    "promoted AS (UPDATE pilothouse.job_queue q SET state = 'ready', run_at = NULL FROM due d "
    "WHERE q.job_id = d.job_id AND q.position = d.position RETURNING q.job_id, q.position), "
    "marked AS (UPDATE pilothouse.job_tasks t SET state = 'ready', run_at = NULL FROM promoted p "
    "WHERE t.job_id = p.job_id AND t.position = p.position) "
    "SELECT (SELECT count(*) FROM promoted) AS promoted, "
    "(SELECT ceil(extract(epoch FROM min(run_at) - clock_timestamp()) * 1000)::bigint "
    "FROM pilothouse.job_queue WHERE state = 'delayed' AND run_at > clock_timestamp()) AS wait_ms"};

inline constexpr postgres::Statement kHeldBy{
    "jobs.held_by",
    "SELECT job_id, position, claim FROM pilothouse.job_running WHERE worker_id = $1"};

/// Workers whose lease has run out: they count as dead.
inline constexpr postgres::Statement kDeadWorkers{
    "jobs.reaper.dead",
    "SELECT id FROM pilothouse.job_workers WHERE expires_at <= clock_timestamp() "
    "ORDER BY id FOR UPDATE SKIP LOCKED"};

/// Tasks of dead workers, and of workers that are gone altogether.
inline constexpr postgres::Statement kLostTasks{
    "jobs.reaper.lost",
    "SELECT job_id, position, claim, tries, max_tries, first_wait_ms, longest_wait_ms, host, "
    "(extract(epoch FROM clock_timestamp() - claimed_at) * 1000000)::bigint AS ran_us "
    "FROM pilothouse.job_running WHERE worker_id = ANY ($1::bigint[]) OR host IS NULL "
    "ORDER BY job_id, position LIMIT $2"};

/// $9: the hosts of those that were lost, as the other columns.
inline constexpr postgres::Statement kEnd{
    "jobs.reaper.end",
    "WITH " PH_JOBS_END(
        "($9::text[])[array_position($3::bigint[], j.claim)]") " "
                                                               "SELECT count(*) AS accepted FROM "
                                                               "ended"};

inline constexpr postgres::Statement kForgetWorkers{
    "jobs.reaper.forget",
    "DELETE FROM pilothouse.job_workers w WHERE w.id = ANY ($1::bigint[]) AND NOT EXISTS "
    "(SELECT 1 FROM pilothouse.job_running r WHERE r.worker_id = w.id)"};

/// Claims of workers that are gone, of which nothing runs.
inline constexpr postgres::Statement kForgetClaims{
    "jobs.reaper.forget_claims",
    "DELETE FROM pilothouse.job_claims c WHERE NOT EXISTS (SELECT 1 FROM pilothouse.job_workers w "
    "WHERE w.id = c.worker_id) AND NOT EXISTS "
    "(SELECT 1 FROM pilothouse.job_running r WHERE r.claim = c.id)"};

#undef PH_JOBS_AND_CLAIMED
#undef PH_JOBS_RELEASE
#undef PH_JOBS_ORDER
#undef PH_JOBS_CLAIMED
#undef PH_JOBS_CLAIM
#undef PH_JOBS_PICK
#undef PH_JOBS_TEXT_OF
#undef PH_JOBS_TEXT
#undef PH_JOBS_MOST
#undef PH_JOBS_HAS_LIMITED
#undef PH_JOBS_END_QUIETLY
#undef PH_JOBS_END
#undef PH_JOBS_COUNTED

} // namespace pilothouse::jobs::sql
