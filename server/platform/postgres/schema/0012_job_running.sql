-- What runs: claimed, and not ended under that claim. What is claimed is little and what has been is
-- much, but the statistics of a table that is always almost empty do not say so: OFFSET 0 keeps the
-- planner from reading the tasks of all jobs to find these.
CREATE OR REPLACE VIEW pilothouse.job_running AS
SELECT c.id AS claim, c.worker_id, c.claimed_at, w.host, u.job_id, u.position, t.title, t.tries,
    t.max_tries, t.first_wait_ms, t.longest_wait_ms
FROM pilothouse.job_claims c
CROSS JOIN LATERAL unnest(c.jobs, c.positions) AS u (job_id, position)
CROSS JOIN LATERAL (
    SELECT title, tries, max_tries, first_wait_ms, longest_wait_ms
    FROM pilothouse.job_tasks o
    WHERE o.job_id = u.job_id AND o.position = u.position AND o.claim < c.id
    OFFSET 0
) t
LEFT JOIN pilothouse.job_workers w ON w.id = c.worker_id;
