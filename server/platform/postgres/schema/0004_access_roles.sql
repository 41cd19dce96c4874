-- Operators that can be disabled, roles of one's own, personal tokens; plans, write leases and approvals.
ALTER TABLE pilothouse.operators
    ADD COLUMN disabled_at timestamptz,
    ADD COLUMN revision bigint NOT NULL DEFAULT 1;

CREATE TABLE pilothouse.roles (
    name text PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
    description text NOT NULL,
    permissions text[] NOT NULL CHECK (cardinality(permissions) > 0),
    revision bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON COLUMN pilothouse.roles.permissions IS 'patterns, as metrics.view, metrics.*, *.view';

-- A personal token is a session that was not opened by a password, does not end by idling, and may no
-- more than its scopes; its name stands in "client".
ALTER TABLE pilothouse.sessions
    ADD COLUMN kind text NOT NULL DEFAULT 'session' CHECK (kind IN ('session', 'token')),
    ADD COLUMN scopes text[] NOT NULL DEFAULT '{}',
    ADD CHECK (kind = 'session' OR cardinality(scopes) > 0);

CREATE INDEX sessions_by_creation ON pilothouse.sessions (created_at DESC, id DESC);

-- Counted up by whoever changes something that other servers keep in memory: they look every second.
CREATE TABLE pilothouse.revisions (
    name text PRIMARY KEY,
    value bigint NOT NULL
);

INSERT INTO pilothouse.revisions (name, value) VALUES ('access', 1), ('safety', 1);

-- Plans that an operator was shown and may confirm.
CREATE TABLE pilothouse.plans (
    digest text NOT NULL,
    operator_name text NOT NULL,
    plan text NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (digest, operator_name)
);

COMMENT ON COLUMN pilothouse.plans.plan IS 'pilothouse.v1.Plan as JSON';

CREATE INDEX plans_by_expiry ON pilothouse.plans (expires_at);

CREATE TABLE pilothouse.write_leases (
    operator_name text PRIMARY KEY,
    reason text NOT NULL CHECK (reason <> ''),
    started_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE TABLE pilothouse.approvals (
    id text PRIMARY KEY,
    digest text NOT NULL,
    plan text NOT NULL,
    requester text NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    requested_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'approved', 'rejected', 'withdrawn', 'used')),
    decided_by text NOT NULL DEFAULT '',
    decided_at timestamptz,
    comment text NOT NULL DEFAULT '',
    used_at timestamptz,
    -- Whatever the programs do: nobody approves a request of their own.
    CHECK (state NOT IN ('approved', 'used') OR (decided_by <> '' AND decided_by <> requester))
);

CREATE INDEX approvals_by_time ON pilothouse.approvals (requested_at DESC, id DESC);
CREATE INDEX approvals_open ON pilothouse.approvals (expires_at) WHERE state IN ('pending', 'approved');
