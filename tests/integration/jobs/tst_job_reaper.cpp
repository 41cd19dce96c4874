// SPDX-License-Identifier: Apache-2.0
// What becomes of the tasks of a server that is gone.
#include "server/jobs/Reaper.h"
#include "server/jobs/TaskQueue.h"
#include "server/leader/LeaderElection.h"
#include "shared/base/StatusHelpers.h"
#include "tests/integration/jobs/JobDatabase.h"
#include "tests/support/Programs.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

constexpr int kPatience = 60000;
constexpr const char* kKind = "test.script";

} // namespace

class TestJobReaper : public QObject
{
    Q_OBJECT

private:
    JobDatabase m_database;

    absl::Status expireEveryWorker()
    {
        return m_database.database()
            .execute(
                {"test.expire",
                 "UPDATE pilothouse.job_workers SET expires_at = clock_timestamp() WHERE id < $1"},
                {std::int64_t(1) << 40})
            .status();
    }

private Q_SLOTS:
    void initTestCase()
    {
        const absl::Status started = m_database.start();
        QVERIFY2(started.ok(), describe(started).c_str());
    }

    void init() { QVERIFY(m_database.reset().ok()); }

    void tasksOfTheDeadGoOnAtOnceButNotForEver()
    {
        constexpr int kTasks = 20;
        QVERIFY(m_database.flood(kKind, kTasks, 1).ok()); // of three tries
        QVERIFY(m_database.database()
                    .execute(
                        {"test.wait",
                         "WITH t AS (UPDATE pilothouse.job_tasks SET first_wait_ms = $1, "
                         "longest_wait_ms = $1) UPDATE pilothouse.job_queue SET "
                         "first_wait_ms = $1, longest_wait_ms = $1"},
                        {60000})
                    .ok());
        jobs::TaskQueue queue(m_database.database(), {{kKind}, {0}});
        const leader::LeaderElection election(
            m_database.database(), systemClock(), {"living", "living", absl::Seconds(30)});
        QVERIFY(waitUntil([&] { return election.fence().has_value(); }, kPatience));
        jobs::Reaper reaper(m_database.database());

        const auto dead = queue.registerWorker("dead", "dead", absl::Minutes(1));
        QVERIFY2(dead.ok(), describe(dead.status()).c_str());
        const auto lost = queue.cycle(*dead, {}, {}, kTasks);
        QVERIFY(lost.ok());
        QCOMPARE(lost->claimed.size(), std::size_t(kTasks));
        QCOMPARE(reaper.run(*election.fence()).value_or(-1), 0); // its lease lasts
        QVERIFY(expireEveryWorker().ok());
        QCOMPARE(reaper.run(*election.fence()).value_or(-1), kTasks);

        const auto living = queue.registerWorker("living", "living", absl::Minutes(1));
        QVERIFY(living.ok());
        const auto found = queue.cycle(*living, {}, {}, kTasks);
        QVERIFY(found.ok());
        QCOMPARE(found->claimed.size(), std::size_t(kTasks));
        QCOMPARE(found->claimed.front().tries, 2); // the lost one counts
        QVERIFY(found->claimed.front().claim > lost->claimed.back().claim);
        // What the dead one says now is too late.
        jobs::TaskEnd end;
        end.id = lost->claimed.front().id;
        end.claim = lost->claimed.front().claim;
        const auto late = queue.cycle(*dead, {end}, {}, 0);
        QVERIFY(late.ok());
        QCOMPARE(late->accepted, 0);

        // A second time they wait, and after the third try they have failed.
        QVERIFY(expireEveryWorker().ok());
        QCOMPARE(reaper.run(*election.fence()).value_or(-1), kTasks);
        QCOMPARE(
            m_database.number("SELECT count(*) AS n FROM pilothouse.job_queue "
                              "WHERE state = 'delayed' "
                              "AND run_at > clock_timestamp() + interval '20 s'"),
            std::int64_t(kTasks));
        QVERIFY(
            m_database.database()
                .execute({"test.due", "UPDATE pilothouse.job_queue SET run_at = clock_timestamp()"})
                .ok());
        QCOMPARE(queue.promote().value_or(jobs::TaskQueue::Promoted()).count, kTasks);
        const auto third = queue.registerWorker("third", "third", absl::Minutes(1));
        QVERIFY(third.ok());
        QCOMPARE(queue.cycle(*third, {}, {}, kTasks)->claimed.size(), std::size_t(kTasks));
        QVERIFY(expireEveryWorker().ok());
        QCOMPARE(reaper.run(*election.fence()).value_or(-1), kTasks);
        QCOMPARE(
            m_database.number("SELECT count(*) AS n FROM pilothouse.jobs WHERE state = 'failed'"),
            std::int64_t(kTasks));
    }
};

QTEST_GUILESS_MAIN(TestJobReaper)
#include "tst_job_reaper.moc"
