// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/jobs/JobDatabase.h"

#include "server/platform/postgres/SchemaMigrator.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <functional>

namespace pilothouse::test {

namespace {

/// A statement's name stands for one text.
std::string nameOf(const std::string& sql)
{
    return "test." + std::to_string(std::hash<std::string>()(sql));
}

} // namespace

absl::Status JobDatabase::start()
{
    PH_RETURN_IF_ERROR(m_cluster.start());
    m_database = m_cluster.database(m_registry);
    PH_RETURN_IF_ERROR(
        postgres::migrateSchema(*m_database, postgres::embeddedMigrations()).status());
    return ScriptedHandler::createTable(*m_database);
}

absl::Status JobDatabase::flood(const std::string& kind, int jobs, int tasks)
{
    return m_database->transact([&](postgres::Transaction& transaction) {
        return transaction.executeScript(
            "test.flood",
            fmt::format(
                "WITH j AS (INSERT INTO pilothouse.jobs (kind, title, target, parameters, "
                "priority, concurrency_key, created_by, tasks_total, tasks_open) SELECT '{0}', "
                "'Flood', 'tests', '{{}}', 0, '', 'tests', {2}, {2} FROM generate_series(1, {1}) "
                "RETURNING id), "
                "t AS (INSERT INTO pilothouse.job_tasks (job_id, position, state, name, title, "
                "max_tries, first_wait_ms, longest_wait_ms, timeout_ms) SELECT id, p, 'ready', "
                "'t' || p, 'Task', 3, 10, 10, 60000 FROM j, generate_series(0, {2} - 1) p "
                "RETURNING *) "
                "INSERT INTO pilothouse.job_queue (job_id, position, state, priority, is_limited, "
                "has_dependents, kind, name, parameters, tries, max_tries, first_wait_ms, "
                "longest_wait_ms, "
                "timeout_ms) SELECT job_id, position, state, 0, false, false, '{0}', name, '{{}}', "
                "0, "
                "max_tries, first_wait_ms, longest_wait_ms, timeout_ms FROM t",
                kind,
                jobs,
                tasks));
    });
}

absl::Status JobDatabase::reset()
{
    return m_database->transact([](postgres::Transaction& transaction) {
        return transaction.executeScript(
            "test.reset",
            "DELETE FROM pilothouse.audit_pending; "
            "TRUNCATE pilothouse.jobs, pilothouse.job_queue, pilothouse.job_claims, "
            "pilothouse.job_results, "
            "pilothouse.job_workers, pilothouse.job_schedules, "
            "pilothouse.leader, test_effects CASCADE");
    });
}

std::int64_t JobDatabase::number(const std::string& sql)
{
    const std::string name = nameOf(sql);
    const auto found = m_database->queryOne(
        {name.c_str(), sql.c_str()}, {}, [](const postgres::Row& row) { return row.integer("n"); });
    return found.ok() ? found->value_or(-1) : -2;
}

std::string JobDatabase::text(const std::string& sql)
{
    const std::string name = nameOf(sql);
    const auto found = m_database->queryOne(
        {name.c_str(), sql.c_str()}, {}, [](const postgres::Row& row) { return row.text("t"); });
    return found.ok() ? found->value_or("") : std::string(found.status().message());
}

} // namespace pilothouse::test
