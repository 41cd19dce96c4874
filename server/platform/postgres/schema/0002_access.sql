-- Operators of the console, their sessions and failed sign-ins.
CREATE TABLE pilothouse.operators (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9][a-z0-9._@-]{0,63}$'),
    display_name text NOT NULL DEFAULT '',
    roles text[] NOT NULL,
    password_hash text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    password_changed_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON COLUMN pilothouse.operators.password_hash IS 'argon2id in its standard text form';

CREATE TABLE pilothouse.sessions (
    id text PRIMARY KEY,
    operator_id bigint NOT NULL REFERENCES pilothouse.operators (id) ON DELETE CASCADE,
    token_hash bytea NOT NULL UNIQUE,
    client text NOT NULL,
    address text NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

COMMENT ON COLUMN pilothouse.sessions.token_hash IS 'BLAKE2b-256; the token itself is never stored';

CREATE INDEX sessions_of_operator ON pilothouse.sessions (operator_id, created_at DESC, id DESC);
CREATE INDEX sessions_by_expiry ON pilothouse.sessions (expires_at);

-- By name, whether or not there is such an operator: both must look the same from outside.
CREATE TABLE pilothouse.sign_in_failures (
    name text PRIMARY KEY,
    failures integer NOT NULL,
    last_failed_at timestamptz NOT NULL,
    locked_until timestamptz NOT NULL
);

CREATE INDEX sign_in_failures_by_age ON pilothouse.sign_in_failures (last_failed_at);
