-- The registry: services' instances as they registered, and when they were last heard.

INSERT INTO pilothouse.revisions (name, value) VALUES ('services', 1);

CREATE TABLE pilothouse.service_instances (
    service text NOT NULL CHECK (service ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
    id text NOT NULL CHECK (id <> ''),
    address text NOT NULL,
    version text NOT NULL,
    colour text NOT NULL,
    metadata text[] NOT NULL,
    tenants text[] NOT NULL,
    weight integer NOT NULL CHECK (weight > 0),
    metrics_path text NOT NULL,
    ttl_ms bigint NOT NULL CHECK (ttl_ms >= 0),
    check_kind text NOT NULL CHECK (check_kind IN ('none', 'http', 'tcp', 'grpc')),
    check_target text NOT NULL,
    check_tls boolean NOT NULL,
    check_interval_ms bigint NOT NULL,
    check_timeout_ms bigint NOT NULL,
    unhealthy_after smallint NOT NULL,
    healthy_after smallint NOT NULL,
    draining boolean NOT NULL DEFAULT false,
    -- Of the secret that the program was given; who shows it is the one who registered.
    registration bytea NOT NULL,
    -- Of the registry as a whole when this row was last written: of two readings the greater is newer.
    revision bigint NOT NULL,
    registered_by text NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (service, id)
);

COMMENT ON COLUMN pilothouse.service_instances.metadata IS 'name, value, name, value, …';

-- How other servers learn of the heartbeats that one server takes. Not worth a log: after a crash the next
-- heartbeats fill it again.
CREATE UNLOGGED TABLE pilothouse.service_heartbeats (
    service text NOT NULL,
    id text NOT NULL,
    -- Of the registration that it belongs to.
    revision bigint NOT NULL,
    server_id text NOT NULL,
    beat_at timestamptz NOT NULL,
    problem text NOT NULL,
    -- NULL: the program does not say.
    connections double precision,
    queue double precision,
    cpu double precision,
    memory_bytes double precision,
    PRIMARY KEY (service, id),
    FOREIGN KEY (service, id) REFERENCES pilothouse.service_instances (service, id) ON DELETE CASCADE
) WITH (fillfactor = 50);
