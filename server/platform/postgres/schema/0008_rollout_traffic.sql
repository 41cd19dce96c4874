-- Requests of a hundred that the candidate of a rollout gets before its promotion.
ALTER TABLE pilothouse.rollouts
    ADD COLUMN candidate_percent integer NOT NULL DEFAULT 0 CHECK (candidate_percent BETWEEN 0 AND 99);
