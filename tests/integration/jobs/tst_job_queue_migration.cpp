// SPDX-License-Identifier: Apache-2.0
// Jobs that were under way when the queue became a table of its own (0011) go on.
#include "server/platform/postgres/SchemaMigrator.h"
#include "shared/base/StatusHelpers.h"
#include "tests/integration/jobs/JobDatabase.h"
#include "tests/support/Programs.h"
#include "tests/support/jobs/EngineHost.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

constexpr int kQueue = 11;
constexpr int kPatience = 60000;

/// As the schema before had them: a job that ran, with a chain of four of which one is done; one
/// that waits for its time; one that is paused; one that failed; and two of one key, of which the
/// later has it.
constexpr const char* kBefore = R"(
INSERT INTO pilothouse.jobs (kind, title, target, parameters, priority, concurrency_key, created_by,
    tasks_total, tasks_open, tasks_succeeded, tasks_failed, state, started_at, finished_at) VALUES
('test.script', 'chain', 'tests', '{}', 0, '', 'x', 4, 3, 1, 0, 'open', now(), NULL),
('test.script', 'later', 'tests', '{}', 0, '', 'x', 1, 1, 0, 0, 'open', NULL, NULL),
('test.script', 'paused', 'tests', '{}', 0, '', 'x', 1, 1, 0, 0, 'paused', NULL, NULL),
('test.script', 'failed', 'tests', '{}', 0, '', 'x', 1, 0, 0, 1, 'failed', now(), now()),
('test.script', 'key first', 'tests', '{}', 0, 'k', 'x', 1, 1, 0, 0, 'open', NULL, NULL),
('test.script', 'key holder', 'tests', '{}', 0, 'k', 'x', 1, 1, 0, 0, 'open', now(), NULL);
INSERT INTO pilothouse.job_tasks (job_id, position, kind, state, priority, is_limited, name, title,
    depends_on, unblocks, waits_for, attempt, tries, max_tries, first_wait_ms, longest_wait_ms,
    timeout_ms, run_at, worker_id, worker_host) VALUES
(1, 0, 'test.script', 'succeeded', 0, false, 't0', 'T', '{}', '{1}', 0, 7, 1, 3, 10, 10, 60000, NULL, NULL, 'a'),
(1, 1, 'test.script', 'running', 0, false, 't1', 'T', '{t0}', '{2}', 0, 2, 2, 3, 10, 10, 60000, NULL, 1, 'a'),
(1, 2, 'test.script', 'blocked', 0, false, 't2', 'T', '{t1}', '{3}', 1, 0, 0, 3, 10, 10, 60000, NULL, NULL, NULL),
(1, 3, 'test.script', 'blocked', 0, false, 't3', 'T', '{t2}', NULL, 1, 0, 0, 3, 10, 10, 60000, NULL, NULL, NULL),
(2, 0, 'test.script', 'delayed', 0, false, 't0', 'T', '{}', NULL, 0, 1, 1, 3, 10, 10, 60000, now() + interval '1 s', NULL, NULL),
(3, 0, 'test.script', 'held', 0, false, 't0', 'T', '{}', NULL, 0, 0, 0, 3, 10, 10, 60000, NULL, NULL, NULL),
(4, 0, 'test.script', 'failed', 0, false, 't0', 'T', '{}', NULL, 0, 3, 3, 3, 10, 10, 60000, NULL, NULL, 'a'),
(5, 0, 'test.script', 'ready', 0, true, 't0', 'T', '{}', NULL, 0, 0, 0, 3, 10, 10, 60000, NULL, NULL, NULL),
(6, 0, 'test.script', 'ready', 0, true, 't0', 'T', '{}', NULL, 0, 0, 0, 3, 10, 10, 60000, NULL, NULL, NULL);
)";

} // namespace

class TestJobQueueMigration : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void jobsGoOn()
    {
        Cluster cluster;
        const absl::Status started = cluster.start();
        QVERIFY2(started.ok(), describe(started).c_str());
        prometheus::Registry registry;
        const auto database = cluster.database(registry);
        std::vector<postgres::Migration> before = postgres::embeddedMigrations();
        std::erase_if(before, [](const auto& migration) { return migration.version >= kQueue; });
        QVERIFY(postgres::migrateSchema(*database, before).ok());
        const absl::Status filled = database->transact([](postgres::Transaction& transaction) {
            return transaction.executeScript("test.before", kBefore);
        });
        QVERIFY2(filled.ok(), describe(filled).c_str());
        const auto migrated = postgres::migrateSchema(*database, postgres::embeddedMigrations());
        QVERIFY2(migrated.ok(), describe(migrated.status()).c_str());
        QVERIFY(ScriptedHandler::createTable(*database).ok());

        EngineHost::Options options;
        options.url = cluster.postgres().url();
        auto host = EngineHost::start(options);
        QVERIFY2(host.ok(), describe(host.status()).c_str());
        for (const std::int64_t job : {1, 2, 5, 6}) {
            QVERIFY2(
                waitUntil([&] { return (*host)->state(job) == "succeeded"; }, kPatience),
                (std::to_string(job) + " " + (*host)->state(job)).c_str());
        }
        QCOMPARE((*host)->state(3), std::string("paused"));
        const auto get = [&](std::int64_t id) {
            return (*host)->queries().get(id, absl::InfiniteFuture()).value();
        };
        // The try that was under way counts once, not twice.
        QCOMPARE(get(1).tasks[1].attempts, 2);
        QCOMPARE(get(2).tasks[0].attempts, 2);
        // The holder of the key went first.
        QVERIFY(get(6).endTime <= get(5).tasks[0].startTime);
        jobs::JobFilter failed;
        failed.states = {jobs::JobState::Failed};
        const auto listed = (*host)->queries().list(failed, 0, 10, absl::InfiniteFuture());
        QVERIFY(listed.ok());
        QCOMPARE(listed->size(), std::size_t(1));
        QCOMPARE(listed->front().title, std::string("failed"));
    }
};

QTEST_GUILESS_MAIN(TestJobQueueMigration)
#include "tst_job_queue_migration.moc"
