// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/AuditLog.h"

/// A CTE that puts tasks into the queue, with what a claim needs to know of them and of their jobs.
/// `source` answers job_id, position, state, tries and run_at of each.
#define PH_JOB_QUEUE_TASKS(source)                                                                 \
    "queued AS (" PH_JOB_QUEUE_INSERT "SELECT t.job_id, t.position, f.state, f.run_at, "           \
    "j.priority, j.is_limited, t.unblocks IS NOT NULL, j.kind, t.name, j.parameters, f.tries, "    \
    "t.max_tries, t.first_wait_ms, t.longest_wait_ms, t.timeout_ms FROM (" source ") f "           \
    "JOIN pilothouse.job_tasks t ON t.job_id = f.job_id AND t.position = f.position "              \
    "JOIN pilothouse.jobs j ON j.id = f.job_id)"

/// What is inserted follows, column by column.
#define PH_JOB_QUEUE_INSERT                                                                        \
    "INSERT INTO pilothouse.job_queue (job_id, position, state, run_at, priority, is_limited, "    \
    "has_dependents, kind, name, parameters, tries, max_tries, first_wait_ms, longest_wait_ms, "   \
    "timeout_ms) "

/// Keeps for the audit which jobs have ended. `source` is a CTE with id and finished_at of jobs
/// that may be over by now.
#define PH_JOB_RESULTS(source)                                                                     \
    "INSERT INTO pilothouse.job_results (jobs) SELECT array_agg(id) FROM " source                  \
    " WHERE finished_at IS NOT NULL HAVING count(*) > 0"

/// The audit's entry of how a job ended; `source` begins with FROM and has the job as j. Who
/// started it answers for how it ended.
#define PH_JOB_RESULT_ENTRY(source)                                                                \
    PH_AUDIT_INSERT                                                                                \
    "SELECT j.created_by, '{}', 'jobs.end', 'jobs/' || j.id, '', "                                 \
    "'{\"state\":\"' || j.state || '\"}', '', '', 'server', '', '', "                              \
    "CASE WHEN j.state = 'failed' THEN 'failed' ELSE 'ok' END, j.message " source
