-- Which jobs have ended, by the statement that ended them, a row for a batch; the leader moves it into
-- the audit within moments. An entry for each there and then would cost more than a short job.
CREATE TABLE pilothouse.job_results (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    jobs bigint[] NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
