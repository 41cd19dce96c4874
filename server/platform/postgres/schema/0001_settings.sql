-- Facts about this installation that every server on this database shares.
CREATE TABLE pilothouse.settings (
    key text PRIMARY KEY CHECK (key <> ''),
    value text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE pilothouse.settings IS 'facts about the installation, one row each';

-- The installation's identity: consoles know a server by it, whatever its address is.
INSERT INTO pilothouse.settings (key, value) VALUES ('server_id', gen_random_uuid()::text);
