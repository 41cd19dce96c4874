-- What was done, written in the transaction that did it; the chain writer moves it on into the
-- hash-chained audit within moments.
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

-- A day of the chain. The newest is open and holds the head; the others are sealed and stay when
-- their entries are dropped.
CREATE TABLE pilothouse.audit_days (
    day date PRIMARY KEY,
    first_sequence bigint NOT NULL UNIQUE,
    last_sequence bigint NOT NULL CHECK (last_sequence >= first_sequence),
    last_hash bytea NOT NULL CHECK (octet_length(last_hash) = 32),
    first_recorded_at timestamptz NOT NULL,
    last_recorded_at timestamptz NOT NULL,
    seal bytea CHECK (octet_length(seal) = 32),
    sealed_at timestamptz,
    dropped_at timestamptz,
    CHECK ((seal IS NULL) = (sealed_at IS NULL)),
    CHECK (dropped_at IS NULL OR seal IS NOT NULL)
);

CREATE TABLE pilothouse.audit_entries (
    day date NOT NULL,
    sequence bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    actor text NOT NULL,
    roles text[] NOT NULL,
    action text NOT NULL,
    target text NOT NULL,
    before text NOT NULL,
    after text NOT NULL,
    plan_digest text NOT NULL,
    reason text NOT NULL,
    source text NOT NULL,
    request_id text NOT NULL,
    trace_id text NOT NULL,
    outcome text NOT NULL,
    message text NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (day, sequence)
) PARTITION BY RANGE (day);

-- What happened to one thing, however long ago; everything else is found by walking back.
CREATE INDEX audit_entries_by_target ON pilothouse.audit_entries (target text_pattern_ops, sequence);

-- Counted in the transaction that chains.
CREATE TABLE pilothouse.audit_hourly (
    hour timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    outcome text NOT NULL,
    entries bigint NOT NULL,
    PRIMARY KEY (hour, actor, action, outcome)
);

CREATE FUNCTION pilothouse.audit_refuse() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: the audit is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON pilothouse.audit_entries
    FOR EACH ROW EXECUTE FUNCTION pilothouse.audit_refuse();
CREATE TRIGGER audit_append_only BEFORE UPDATE ON pilothouse.audit_pending
    FOR EACH ROW EXECUTE FUNCTION pilothouse.audit_refuse();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON pilothouse.audit_pending
    FOR EACH STATEMENT EXECUTE FUNCTION pilothouse.audit_refuse();
CREATE TRIGGER audit_append_only BEFORE DELETE ON pilothouse.audit_days
    FOR EACH ROW EXECUTE FUNCTION pilothouse.audit_refuse();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON pilothouse.audit_days
    FOR EACH STATEMENT EXECUTE FUNCTION pilothouse.audit_refuse();

-- The head moves on and a day is sealed once; a sealed day changes only by being dropped.
CREATE FUNCTION pilothouse.audit_days_forward() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.day, NEW.first_sequence) IS DISTINCT FROM (OLD.day, OLD.first_sequence)
        OR NEW.last_sequence < OLD.last_sequence
        OR OLD.dropped_at IS NOT NULL
        OR (OLD.seal IS NOT NULL
            AND (NEW.last_sequence, NEW.last_hash, NEW.seal, NEW.sealed_at)
                IS DISTINCT FROM (OLD.last_sequence, OLD.last_hash, OLD.seal, OLD.sealed_at)) THEN
        RAISE EXCEPTION 'UPDATE of audit_days is refused: the chain only goes on'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER audit_forward BEFORE UPDATE ON pilothouse.audit_days
    FOR EACH ROW EXECUTE FUNCTION pilothouse.audit_days_forward();

-- The two things that need the owner of the tables, as functions with the owner's rights, so that
-- the role that the server works with needs none of them.
CREATE FUNCTION pilothouse.audit_make_day(wanted date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    partition text := 'audit_entries_' || to_char(wanted, 'YYYYMMDD');
BEGIN
    IF to_regclass('pilothouse.' || partition) IS NOT NULL THEN
        RETURN;
    END IF;
    -- Made apart and then attached: the table can be read and written meanwhile.
    EXECUTE format('CREATE TABLE pilothouse.%I (LIKE pilothouse.audit_entries INCLUDING ALL)', partition);
    EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON pilothouse.%I FROM PUBLIC, CURRENT_USER', partition);
    EXECUTE format(
        'CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON pilothouse.%I
         FOR EACH STATEMENT EXECUTE FUNCTION pilothouse.audit_refuse()', partition);
    EXECUTE format(
        'ALTER TABLE pilothouse.audit_entries ATTACH PARTITION pilothouse.%I FOR VALUES FROM (%L) TO (%L)',
        partition, wanted, wanted + 1);
END $$;

CREATE FUNCTION pilothouse.audit_drop_day(unwanted date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s' AS $$
BEGIN
    -- Whatever the server asks for, the newest month stays.
    IF unwanted > (clock_timestamp() AT TIME ZONE 'UTC')::date - 30 THEN
        RAISE EXCEPTION 'dropping % from the audit is refused: it is younger than 30 days', unwanted
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE pilothouse.audit_days SET dropped_at = clock_timestamp()
        WHERE day = unwanted AND seal IS NOT NULL AND dropped_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'dropping % from the audit is refused: it is not sealed', unwanted
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('DROP TABLE pilothouse.%I', 'audit_entries_' || to_char(unwanted, 'YYYYMMDD'));
END $$;

REVOKE ALL ON FUNCTION pilothouse.audit_make_day(date), pilothouse.audit_drop_day(date) FROM PUBLIC;

-- Where the server works with the role that owns the tables, this is what PostgreSQL offers: the
-- owner could grant it to itself again, which the chain then shows.
REVOKE UPDATE, DELETE, TRUNCATE ON pilothouse.audit_entries FROM PUBLIC, CURRENT_USER;
REVOKE UPDATE, TRUNCATE ON pilothouse.audit_pending FROM PUBLIC, CURRENT_USER;
REVOKE DELETE, TRUNCATE ON pilothouse.audit_days FROM PUBLIC, CURRENT_USER;

-- Large documents before and after are compressed as they are written, by lz4 where this PostgreSQL
-- was built with it.
DO $$
BEGIN
    ALTER TABLE pilothouse.audit_entries ALTER COLUMN before SET COMPRESSION lz4;
    ALTER TABLE pilothouse.audit_entries ALTER COLUMN after SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
    NULL;
END $$;
