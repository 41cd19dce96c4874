-- What waits to be claimed is a queue of its own, and a claim is one row for all that it took. Claiming
-- takes rows out of the queue and writes nothing to tasks or jobs; a task is written when it ends. No
-- index names what ends write, so that PostgreSQL writes it in place: hence the room in the pages.

ALTER TABLE pilothouse.jobs ADD COLUMN is_limited boolean NOT NULL DEFAULT false;
UPDATE pilothouse.jobs j SET is_limited = true WHERE EXISTS (
    SELECT 1 FROM pilothouse.job_tasks t WHERE t.job_id = j.id AND t.is_limited);
COMMENT ON COLUMN pilothouse.jobs.is_limited IS 'of a kind or key that runs so many at once at most';

CREATE TABLE pilothouse.job_queue (
    job_id bigint NOT NULL,
    run_at timestamptz,
    first_wait_ms bigint NOT NULL,
    longest_wait_ms bigint NOT NULL,
    timeout_ms bigint NOT NULL,
    state pilothouse.task_state NOT NULL CHECK (state IN ('delayed', 'ready', 'held')),
    position smallint NOT NULL,
    priority smallint NOT NULL,
    tries smallint NOT NULL,
    max_tries smallint NOT NULL,
    is_limited boolean NOT NULL,
    has_dependents boolean NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    parameters text[] NOT NULL,
    PRIMARY KEY (job_id, position)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

COMMENT ON TABLE pilothouse.job_queue IS
    'tasks that nothing but time, an operator or a free server is missing for, with all that a claim needs';

-- What a server that is gone had claimed waits again, as it did before the claim.
INSERT INTO pilothouse.job_queue (job_id, position, state, run_at, priority, is_limited, has_dependents,
    kind, name, parameters, tries, max_tries, first_wait_ms, longest_wait_ms, timeout_ms)
SELECT t.job_id, t.position, CASE WHEN t.state = 'running' THEN 'ready' ELSE t.state END, t.run_at,
    t.priority, t.is_limited, t.unblocks IS NOT NULL, t.kind, t.name, j.parameters,
    CASE WHEN t.state = 'running' THEN GREATEST(t.tries - 1, 0) ELSE t.tries END, t.max_tries,
    t.first_wait_ms, t.longest_wait_ms, t.timeout_ms
FROM pilothouse.job_tasks t JOIN pilothouse.jobs j ON j.id = t.job_id
WHERE t.state IN ('delayed', 'ready', 'held', 'running');

-- Each is as small as the work that waits, however long the history is.
CREATE INDEX job_queue_ready ON pilothouse.job_queue (priority DESC, job_id, position)
    WHERE state = 'ready' AND NOT is_limited;
CREATE INDEX job_queue_ready_limited ON pilothouse.job_queue (priority DESC, job_id, position)
    WHERE state = 'ready' AND is_limited;
CREATE INDEX job_queue_delayed ON pilothouse.job_queue (run_at) WHERE state = 'delayed';

-- The columns that a claim wrote are gone, and those that are the job's.
CREATE TABLE pilothouse.job_tasks_new (
    job_id bigint NOT NULL REFERENCES pilothouse.jobs (id) ON DELETE CASCADE,
    -- The fence: the last claim under which the task ended. Claims are numbered upwards: whoever writes
    -- for a task names a claim that is higher.
    claim bigint NOT NULL DEFAULT 0,
    first_wait_ms bigint NOT NULL,
    longest_wait_ms bigint NOT NULL,
    timeout_ms bigint NOT NULL,
    units_done bigint NOT NULL DEFAULT 0,
    units_total bigint NOT NULL DEFAULT 0,
    state pilothouse.task_state NOT NULL,
    weight real NOT NULL DEFAULT 1,
    position smallint NOT NULL,
    waits_for smallint NOT NULL DEFAULT 0,
    -- Tries that have ended.
    tries smallint NOT NULL DEFAULT 0,
    max_tries smallint NOT NULL,
    name text NOT NULL,
    title text NOT NULL,
    unit text NOT NULL DEFAULT '',
    message text NOT NULL DEFAULT '',
    result text NOT NULL DEFAULT '',
    depends_on text[] NOT NULL DEFAULT '{}',
    -- Positions of the tasks that depend on this one.
    unblocks smallint[],
    run_at timestamptz,
    started_at timestamptz,
    finished_at timestamptz,
    worker_host text
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02);

COMMENT ON COLUMN pilothouse.job_tasks_new.state IS
    'ready is in the queue, or claimed: job_running has those; running is not stored';

INSERT INTO pilothouse.job_tasks_new (job_id, first_wait_ms, longest_wait_ms, timeout_ms, units_done,
    units_total, state, weight, position, waits_for, tries, max_tries, name, title, unit, message,
    result, depends_on, unblocks, run_at, started_at, finished_at, worker_host)
SELECT job_id, first_wait_ms, longest_wait_ms, timeout_ms, units_done, units_total,
    CASE WHEN state = 'running' THEN 'ready' ELSE state END, weight, position, waits_for,
    CASE WHEN state = 'running' THEN GREATEST(tries - 1, 0) ELSE tries END, max_tries, name, title,
    unit, message, result, depends_on, unblocks, run_at, started_at, finished_at, worker_host
FROM pilothouse.job_tasks ORDER BY job_id, position;

DROP TABLE pilothouse.job_tasks;
ALTER TABLE pilothouse.job_tasks_new RENAME TO job_tasks;
ALTER TABLE pilothouse.job_tasks ADD CONSTRAINT job_tasks_pkey PRIMARY KEY (job_id, position);
ALTER TABLE pilothouse.job_tasks RENAME CONSTRAINT job_tasks_new_job_id_fkey TO job_tasks_job_id_fkey;

-- A batch of tasks that a worker took at once. It goes when the last of them has ended.
CREATE TABLE pilothouse.job_claims (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    worker_id bigint NOT NULL,
    claimed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    jobs bigint[] NOT NULL,
    positions smallint[] NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- What runs: claimed, and not ended under that claim.
CREATE VIEW pilothouse.job_running AS
SELECT c.id AS claim, c.worker_id, c.claimed_at, w.host, u.job_id, u.position, t.title, t.tries,
    t.max_tries, t.first_wait_ms, t.longest_wait_ms
FROM pilothouse.job_claims c
CROSS JOIN LATERAL unnest(c.jobs, c.positions) AS u (job_id, position)
JOIN pilothouse.job_tasks t ON t.job_id = u.job_id AND t.position = u.position AND t.claim < c.id
LEFT JOIN pilothouse.job_workers w ON w.id = c.worker_id;

-- The jobs that are not over: something of each waits or is claimed. One may be here many times.
CREATE VIEW pilothouse.job_open AS
SELECT job_id FROM pilothouse.job_queue UNION ALL SELECT unnest(jobs) FROM pilothouse.job_claims;

-- Jobs of which a task failed for good, so that the failed ones are found in a long history.
CREATE TABLE pilothouse.job_failures (
    job_id bigint PRIMARY KEY REFERENCES pilothouse.jobs (id) ON DELETE CASCADE
);
INSERT INTO pilothouse.job_failures SELECT id FROM pilothouse.jobs WHERE tasks_failed > 0;

-- Who started last with a key has it until it is over.
CREATE TABLE pilothouse.job_keys (
    concurrency_key text PRIMARY KEY,
    job_id bigint NOT NULL REFERENCES pilothouse.jobs (id) ON DELETE CASCADE
);
CREATE INDEX job_keys_by_job ON pilothouse.job_keys (job_id);
INSERT INTO pilothouse.job_keys SELECT DISTINCT ON (concurrency_key) concurrency_key, id
FROM pilothouse.jobs WHERE concurrency_key <> '' AND started_at IS NOT NULL AND finished_at IS NULL
ORDER BY concurrency_key, started_at;

DROP INDEX pilothouse.jobs_open;
DROP INDEX pilothouse.jobs_failed;
DROP INDEX pilothouse.jobs_open_keys;
ALTER TABLE pilothouse.jobs SET (fillfactor = 50);
