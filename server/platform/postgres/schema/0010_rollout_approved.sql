-- What ran on the candidate when its promotion was decided, in the driver's words: nothing else gets
-- the traffic by that decision. Empty: it was not promoted.
ALTER TABLE pilothouse.rollouts ADD COLUMN approved_servers text NOT NULL DEFAULT '';
