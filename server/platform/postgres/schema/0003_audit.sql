-- What was done, written in the transaction that did it; the chain writer moves it on into the
-- hash-chained audit.
CREATE TABLE pilothouse.audit_pending (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL,
    roles text[] NOT NULL,
    action text NOT NULL CHECK (action <> ''),
    target text NOT NULL,
    before text NOT NULL,
    after text NOT NULL,
    plan_digest text NOT NULL,
    reason text NOT NULL,
    source text NOT NULL,
    request_id text NOT NULL,
    trace_id text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('ok', 'denied', 'failed')),
    message text NOT NULL
);
