-- Blue-green rollouts: where the traffic of each application should be, and how it got there.

CREATE TABLE pilothouse.rollout_applications (
    name text PRIMARY KEY,
    -- The side that should have the traffic. What the driver shows is compared with this.
    active text NOT NULL CHECK (active IN ('blue', 'green')),
    -- Names this control database to drivers: the fence numbers of another one mean nothing here.
    realm text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE pilothouse.rollouts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    application text NOT NULL REFERENCES pilothouse.rollout_applications (name),
    revision text NOT NULL CHECK (revision <> ''),
    description text NOT NULL,
    stable text NOT NULL CHECK (stable IN ('blue', 'green')),
    candidate text NOT NULL CHECK (candidate IN ('blue', 'green') AND candidate <> stable),
    step text NOT NULL CHECK (step IN (
        'planned', 'preview-ready', 'analysing', 'awaiting-promotion', 'switching', 'switched',
        'draining', 'done', 'switching-back', 'rolled-back', 'aborted')),
    paused boolean NOT NULL DEFAULT false,
    -- Every change is made to the generation that was seen, or not at all.
    generation bigint NOT NULL DEFAULT 1,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    step_at timestamptz NOT NULL,
    promoted_by text NOT NULL DEFAULT '',
    promoted_at timestamptz,
    switched_at timestamptz,
    warm_until timestamptz,
    finished_at timestamptz,
    message text NOT NULL DEFAULT '',
    verdict text NOT NULL DEFAULT 'undecided'
        CHECK (verdict IN ('undecided', 'promote', 'abort', 'hold')),
    evidence text[] NOT NULL DEFAULT '{}',
    override_reason text NOT NULL DEFAULT '',
    CHECK ((finished_at IS NOT NULL) = (step IN ('done', 'rolled-back', 'aborted')))
);

COMMENT ON COLUMN pilothouse.rollouts.evidence IS 'pilothouse.v1.MetricEvidence as JSON, each';

-- Whatever the programs do: one open rollout of an application.
CREATE UNIQUE INDEX rollouts_open ON pilothouse.rollouts (application) WHERE finished_at IS NULL;
CREATE INDEX rollouts_of_application ON pilothouse.rollouts (application, id DESC);

CREATE TABLE pilothouse.rollout_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rollout_id bigint NOT NULL REFERENCES pilothouse.rollouts (id) ON DELETE CASCADE,
    -- Of the local journal of a server, so that nothing is taken from it twice.
    journal_id text UNIQUE,
    happened_at timestamptz NOT NULL,
    kind text NOT NULL,
    step text NOT NULL,
    actor text NOT NULL,
    message text NOT NULL
);

CREATE INDEX rollout_events_of_rollout ON pilothouse.rollout_events (rollout_id, id);
