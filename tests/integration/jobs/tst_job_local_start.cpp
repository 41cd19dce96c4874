// SPDX-License-Identifier: Apache-2.0
// Jobs that start with the statement that makes them.
#include "server/jobs/JobStore.h"
#include "shared/base/StatusHelpers.h"
#include "tests/integration/jobs/JobDatabase.h"
#include "tests/support/Programs.h"
#include "tests/support/jobs/EngineHost.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

constexpr int kPatience = 60000;

} // namespace

class TestJobLocalStart : public QObject
{
    Q_OBJECT

private:
    JobDatabase m_database;
    std::unique_ptr<EngineHost> m_host;

    bool start(int threads)
    {
        EngineHost::Options options;
        options.url = m_database.url();
        options.threads = threads;
        auto host = EngineHost::start(options);
        m_host = host.ok() ? *std::move(host) : nullptr;
        return m_host != nullptr;
    }

    bool succeeds(std::int64_t job)
    {
        return waitUntil([&] { return m_host->state(job) == "succeeded"; }, kPatience);
    }

    /// The engine says only after a look at the queue that there is room.
    jobs::LocalWorker::Place place()
    {
        jobs::LocalWorker::Place place;
        waitUntil([&] { return (place = m_host->engine().reserve(1)).tasks == 1; }, kPatience);
        return place;
    }

    /// A job of one task, which this worker claims at once; no engine is told.
    absl::StatusOr<jobs::JobStore::Added> makeFor(std::int64_t worker)
    {
        jobs::JobDraft draft;
        draft.kind = m_host->handler().kind();
        draft.createdBy = "tester";
        PH_ASSIGN_OR_RETURN(draft.plan, m_host->handler().plan({}));
        audit::Entry entry;
        entry.actor.name = "tester";
        entry.action = "jobs.create";
        entry.target = "jobs";
        return m_host->database().single([&](postgres::Transaction& transaction) {
            return jobs::JobStore().add(transaction, draft, entry, {worker, {0}});
        });
    }

private Q_SLOTS:
    void initTestCase()
    {
        const absl::Status started = m_database.start();
        QVERIFY2(started.ok(), describe(started).c_str());
    }

    void init() { QVERIFY(m_database.reset().ok()); }

    void cleanup() { m_host.reset(); }

    void aFreeServerStartsWhatItMakes_data()
    {
        QTest::addColumn<QString>("shape");
        QTest::addColumn<int>("claimed");
        QTest::newRow("one") << "1" << 1;
        QTest::newRow("the first of a chain") << "chain:3" << 1;
        QTest::newRow("as many as there are threads") << "fan:6" << 4;
    }

    void aFreeServerStartsWhatItMakes()
    {
        QFETCH(QString, shape);
        QFETCH(int, claimed);
        QVERIFY(start(4));
        // The engine may be looking at the queue just then; most of the time it is not. Rows of one
        // transaction have the same xmin; until it ends nothing else writes the task.
        QVERIFY(waitUntil(
            [&] {
                const auto job =
                    m_host->create({{"shape", shape.toStdString()}, {"millis", "100"}});
                const auto atOnce = m_database.number(
                    "SELECT count(*) AS n FROM pilothouse.job_tasks t "
                    "JOIN pilothouse.job_claims c ON t.position = ANY (c.positions) "
                    "AND t.job_id = ANY (c.jobs) AND t.xmin = c.xmin WHERE t.job_id = " +
                    std::to_string(job));
                const bool isStarted = m_host->state(job) == "running";
                return succeeds(job) && isStarted && atOnce == claimed;
            },
            kPatience));
        QVERIFY(waitUntil(
            [&] {
                return m_database.number("SELECT count(*) AS n FROM pilothouse.job_claims") == 0;
            },
            kPatience));
    }

    /// However the room comes and goes, nobody is overtaken.
    void whoWaitsComesFirst()
    {
        QVERIFY(start(1));
        std::int64_t last = 0;
        for (int count = 0; count < 60; ++count) {
            last = m_host->create({{"millis", count % 3 == 0 ? "4" : "0"}});
            if (count % 7 == 0) {
                QVERIFY(succeeds(last));
            }
        }
        QVERIFY(succeeds(last));
        QCOMPARE(
            m_database.number(
                "SELECT count(*) AS n FROM test_effects a JOIN test_effects b ON a.id < b.id "
                "AND a.job::bigint > b.job::bigint WHERE a.job::bigint > " +
                std::to_string(last - 60)),
            std::int64_t(0));
    }

    /// The server made the job, and never heard of it.
    void aLostAnswerIsFoundOut()
    {
        QVERIFY(start(2));
        const jobs::LocalWorker::Place place = this->place();
        const auto added = makeFor(place.worker);
        QVERIFY2(added.ok(), describe(added.status()).c_str());
        QVERIFY(added->claim > 0);
        m_host->engine().giveUp(place, jobs::LocalWorker::Made::Unknown);
        QVERIFY(succeeds(added->id));
        const auto job = m_host->queries().get(added->id, absl::InfiniteFuture());
        QVERIFY(job.ok());
        QCOMPARE(job->tasks.front().attempts, 1);
        QCOMPARE(
            m_database.number(
                "SELECT count(*) AS n FROM test_effects WHERE job = '" + std::to_string(added->id) +
                "'"),
            std::int64_t(1));
        // And there is room again.
        QCOMPARE(this->place().tasks, 1);
    }

    /// A server whose lease has run out makes jobs, but does not claim.
    void withoutALeaseItIsQueued()
    {
        QVERIFY(start(2));
        const jobs::LocalWorker::Place place = this->place();
        const auto added = makeFor(place.worker + 1000);
        QVERIFY2(added.ok(), describe(added.status()).c_str());
        QCOMPARE(added->claim, std::int64_t(0));
        m_host->engine().giveUp(place, jobs::LocalWorker::Made::No);
        QVERIFY(succeeds(added->id)); // it was announced
    }
};

QTEST_GUILESS_MAIN(TestJobLocalStart)
#include "tst_job_local_start.moc"
