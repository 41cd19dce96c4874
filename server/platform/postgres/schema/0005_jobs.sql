-- Durable jobs: graphs of tasks that workers lease, the schedules that start them, and who leads.

-- 'held' is ready, in a job that is paused.
CREATE TYPE pilothouse.task_state AS ENUM (
    'blocked', 'delayed', 'ready', 'held', 'running', 'succeeded', 'failed', 'cancelled', 'skipped');

CREATE TABLE pilothouse.jobs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind <> ''),
    title text NOT NULL,
    target text NOT NULL,
    parameters text[] NOT NULL,
    state text NOT NULL DEFAULT 'open'
        CHECK (state IN ('open', 'paused', 'cancelling', 'succeeded', 'failed', 'cancelled')),
    priority smallint NOT NULL,
    concurrency_key text NOT NULL,
    created_by text NOT NULL,
    schedule text NOT NULL DEFAULT '',
    request_id text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    started_at timestamptz,
    finished_at timestamptz,
    tasks_total integer NOT NULL,
    tasks_open integer NOT NULL CHECK (tasks_open >= 0),
    tasks_succeeded integer NOT NULL DEFAULT 0,
    tasks_failed integer NOT NULL DEFAULT 0,
    fraction double precision NOT NULL DEFAULT -1,
    units_done bigint NOT NULL DEFAULT 0,
    units_total bigint NOT NULL DEFAULT 0,
    unit text NOT NULL DEFAULT '',
    units_per_second double precision NOT NULL DEFAULT 0,
    estimated_end timestamptz,
    message text NOT NULL DEFAULT '',
    log_dropped bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02);

COMMENT ON COLUMN pilothouse.jobs.parameters IS 'name, value, name, value, …';
COMMENT ON COLUMN pilothouse.jobs.state IS 'open is queued until started_at is set, then running';

CREATE UNIQUE INDEX jobs_by_request ON pilothouse.jobs (created_by, request_id) WHERE request_id <> '';
CREATE INDEX jobs_open ON pilothouse.jobs (id) WHERE finished_at IS NULL;
CREATE INDEX jobs_failed ON pilothouse.jobs (id) WHERE state = 'failed';
CREATE INDEX jobs_open_keys ON pilothouse.jobs (concurrency_key)
    WHERE finished_at IS NULL AND concurrency_key <> '';
CREATE INDEX jobs_of_schedule ON pilothouse.jobs (schedule, id) WHERE schedule <> '';

CREATE TABLE pilothouse.job_tasks (
    job_id bigint NOT NULL REFERENCES pilothouse.jobs (id) ON DELETE CASCADE,
    position smallint NOT NULL,
    kind text NOT NULL,
    state pilothouse.task_state NOT NULL,
    priority smallint NOT NULL,
    is_limited boolean NOT NULL,
    name text NOT NULL,
    title text NOT NULL,
    depends_on text[] NOT NULL DEFAULT '{}',
    -- Positions of the tasks that depend on this one.
    unblocks smallint[],
    waits_for smallint NOT NULL DEFAULT 0,
    weight real NOT NULL DEFAULT 1,
    -- The fence: counts claims and never goes back. Whoever writes for a task names the attempt it has.
    attempt integer NOT NULL DEFAULT 0,
    tries smallint NOT NULL DEFAULT 0,
    max_tries smallint NOT NULL,
    first_wait_ms bigint NOT NULL,
    longest_wait_ms bigint NOT NULL,
    timeout_ms bigint NOT NULL,
    run_at timestamptz,
    started_at timestamptz,
    finished_at timestamptz,
    worker_id bigint,
    worker_host text,
    units_done bigint NOT NULL DEFAULT 0,
    units_total bigint NOT NULL DEFAULT 0,
    unit text NOT NULL DEFAULT '',
    message text NOT NULL DEFAULT '',
    result text NOT NULL DEFAULT '',
    PRIMARY KEY (job_id, position)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.02);

-- Each is as small as the work that waits, however long the history is.
CREATE INDEX job_tasks_ready ON pilothouse.job_tasks (priority DESC, job_id, position)
    WHERE state = 'ready' AND NOT is_limited;
CREATE INDEX job_tasks_ready_limited ON pilothouse.job_tasks (priority DESC, job_id, position)
    WHERE state = 'ready' AND is_limited;
CREATE INDEX job_tasks_delayed ON pilothouse.job_tasks (run_at) WHERE state = 'delayed';
CREATE INDEX job_tasks_running ON pilothouse.job_tasks (worker_id) WHERE state = 'running';

-- One row a server process: its lease is the lease of every task that it runs.
CREATE TABLE pilothouse.job_workers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    server_id text NOT NULL,
    host text NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE pilothouse.job_log (
    job_id bigint NOT NULL REFERENCES pilothouse.jobs (id) ON DELETE CASCADE,
    sequence bigint GENERATED ALWAYS AS IDENTITY,
    written_at timestamptz NOT NULL,
    level text NOT NULL CHECK (level IN ('info', 'warning', 'error')),
    task text NOT NULL,
    attempt integer NOT NULL,
    line text NOT NULL,
    PRIMARY KEY (job_id, sequence)
);

CREATE TABLE pilothouse.job_artefacts (
    job_id bigint NOT NULL REFERENCES pilothouse.jobs (id) ON DELETE CASCADE,
    name text NOT NULL,
    media_type text NOT NULL,
    content bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (job_id, name)
);

CREATE TABLE pilothouse.job_schedules (
    name text PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
    kind text NOT NULL,
    parameters text[] NOT NULL,
    cron text NOT NULL,
    time_zone text NOT NULL,
    missed_runs text NOT NULL CHECK (missed_runs IN ('skip', 'run-once')),
    jitter_ms bigint NOT NULL CHECK (jitter_ms >= 0),
    paused boolean NOT NULL,
    priority smallint NOT NULL,
    description text NOT NULL,
    revision bigint NOT NULL DEFAULT 1,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- Everything up to here has been decided.
    decided_until timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE pilothouse.job_schedule_runs (
    schedule text NOT NULL REFERENCES pilothouse.job_schedules (name) ON DELETE CASCADE,
    planned_at timestamptz NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    outcome text NOT NULL CHECK (outcome IN ('started', 'overlapped', 'missed', 'failed')),
    job_id bigint,
    message text NOT NULL DEFAULT '',
    PRIMARY KEY (schedule, planned_at)
);

-- What only one of several servers may do belongs to the leader: the holder of this one row until it
-- expires. The fence grows with every new holder, and every write of a leader is checked against it.
CREATE TABLE pilothouse.leader (
    id boolean PRIMARY KEY DEFAULT true CHECK (id),
    instance text NOT NULL,
    server_id text NOT NULL,
    host text NOT NULL,
    fence bigint NOT NULL,
    since timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

-- Named measurements of a span, to compare with later; the newest of a name is kept.
CREATE TABLE pilothouse.metric_baselines (
    name text PRIMARY KEY,
    job_id bigint NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    report text NOT NULL
);

COMMENT ON COLUMN pilothouse.metric_baselines.report IS 'JSON, the artefact baseline.json of the job';
