-- Autoscaling: what was decided, and what operators hold up. The policies stand in the configuration.

CREATE TABLE pilothouse.scaling_policies (
    name text PRIMARY KEY,
    -- The leader's last look, for every server to show; and until when the last recommendation held.
    looked_at timestamptz,
    look text NOT NULL DEFAULT '',
    problem text NOT NULL DEFAULT '',
    paused_by text NOT NULL DEFAULT '',
    pause_reason text NOT NULL DEFAULT '',
    paused_at timestamptz
) WITH (fillfactor = 50);

COMMENT ON COLUMN pilothouse.scaling_policies.look IS 'pilothouse.v1.ScalingDecision as JSON';

CREATE TABLE pilothouse.scaling_decisions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    policy text NOT NULL,
    decided_at timestamptz NOT NULL,
    current integer NOT NULL,
    asked integer NOT NULL,
    recommended integer NOT NULL,
    decision text NOT NULL,
    act text NOT NULL CHECK (act IN ('none', 'pending', 'done', 'failed', 'superseded')),
    message text NOT NULL DEFAULT '',
    acted_at timestamptz,
    CHECK ((acted_at IS NULL) = (act IN ('none', 'pending')))
);

COMMENT ON COLUMN pilothouse.scaling_decisions.decision IS 'pilothouse.v1.ScalingDecision as JSON';

CREATE INDEX scaling_decisions_of_policy ON pilothouse.scaling_decisions (policy, id DESC);
-- Whatever the programs do: one act of a policy is under way.
CREATE UNIQUE INDEX scaling_decisions_pending ON pilothouse.scaling_decisions (policy) WHERE act = 'pending';

INSERT INTO pilothouse.revisions (name, value) VALUES ('scaling', 1);
