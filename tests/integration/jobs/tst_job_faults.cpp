// SPDX-License-Identifier: Apache-2.0
// Servers that die, freeze and lose their database: no job is lost, run twice past its fence, or
// left behind.
#include "shared/base/StatusHelpers.h"
#include "tests/integration/jobs/JobDatabase.h"
#include "tests/support/Programs.h"

#include <fmt/format.h>

#include <QProcess>
#include <QTest>

#include <csignal>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

constexpr int kPatience = 120000;

/// A server as a process of its own.
class Worker
{
public:
    Worker(const std::string& url, const char* id, const QString& faults = {}, int jobs = 0)
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert("PILOTHOUSE_FAULTS", faults);
        m_process.setProcessEnvironment(environment);
        m_process.setStandardErrorFile(QProcess::nullDevice());
        m_process.start(
            QCoreApplication::applicationDirPath() + "/jobs_worker",
            {QString::fromStdString(url), id, "2", QString::number(jobs)});
        waitUntil(
            [this] {
                m_out += m_process.readAllStandardOutput();
                return m_out.contains("ready") || m_process.state() == QProcess::NotRunning;
            },
            kPatience);
    }
    ~Worker()
    {
        signal(SIGCONT);
        m_process.kill();
        m_process.waitForFinished(10000);
    }
    void signal(int number)
    {
        if (m_process.processId() > 0) {
            ::kill(static_cast<pid_t>(m_process.processId()), number);
        }
    }
    bool hasDied()
    {
        return waitUntil([this] { return m_process.state() == QProcess::NotRunning; }, kPatience);
    }

private:
    QProcess m_process;
    QByteArray m_out;
};

} // namespace

class TestJobFaults : public QObject
{
    Q_OBJECT

private:
    JobDatabase m_database;

    bool allEnd()
    {
        return waitUntil(
            [&] {
                return m_database.number("SELECT count(*) AS n FROM pilothouse.jobs "
                                         "WHERE finished_at IS NULL") == 0;
            },
            kPatience);
    }

    /// Makes jobs without a server, so that nothing has begun.
    bool make(int jobs, const char* shape, int millis)
    {
        EngineHost::Options options;
        options.url = m_database.url();
        options.serverId = "maker";
        options.kinds.front().name = "test.nobody"; // it runs nothing
        options.kinds.push_back({});
        options.kinds.back().maxAttempts = 20;
        options.threads = 1;
        const auto host = EngineHost::start(options);
        if (!host.ok()) {
            return false;
        }
        (*host)->engine().stop(absl::ZeroDuration());
        for (int count = 0; count < jobs; ++count) {
            jobs::JobOrder order;
            order.kind = "test.script";
            order.parameters = {{"shape", shape}, {"millis", std::to_string(millis)}};
            if (!(*host)
                     ->jobs()
                     .create(order, {"tester", {}, "test", {}, {}}, absl::InfiniteFuture())
                     .ok()) {
                return false;
            }
        }
        return true;
    }

    void verifyNothingLostOrDoubled(int jobs, int tasks)
    {
        QCOMPARE(
            m_database.number(
                "SELECT count(*) AS n FROM pilothouse.jobs WHERE state = 'succeeded'"),
            std::int64_t(jobs));
        QCOMPARE(
            m_database.number(
                "SELECT count(*) AS n FROM (SELECT DISTINCT job, task FROM test_effects) x"),
            std::int64_t(jobs) * tasks);
        // How each ended is in the audit, once.
        QVERIFY(waitUntil(
            [&] {
                return m_database.number("SELECT count(*) AS n FROM pilothouse.job_results") == 0;
            },
            kPatience));
        QCOMPARE(
            m_database.text("SELECT count(*) || ' ' || count(DISTINCT target) AS t "
                            "FROM pilothouse.audit_pending WHERE action = 'jobs.end' "
                            "AND outcome = 'ok'"),
            fmt::format("{} {}", jobs, jobs));
        // An attempt acts once, and never after a later one has.
        QCOMPARE(
            m_database.number(
                "SELECT count(*) AS n FROM test_effects a JOIN test_effects b ON a.job = b.job "
                "AND a.task = b.task AND a.id < b.id AND a.claim >= b.claim"),
            std::int64_t(0));
        QCOMPARE(
            m_database.number(
                "SELECT count(*) AS n FROM pilothouse.job_tasks WHERE state <> 'succeeded'"),
            std::int64_t(0));
    }

private Q_SLOTS:
    void initTestCase()
    {
        const absl::Status started = m_database.start();
        QVERIFY2(started.ok(), describe(started).c_str());
    }

    void init()
    {
        const absl::Status reset = m_database.reset();
        QVERIFY2(reset.ok(), describe(reset).c_str());
    }

    void killedAtEveryEdge_data()
    {
        QTest::addColumn<QString>("fault");
        for (const char* fault :
             {"jobs.before_cycle=4",
              "jobs.after_cycle=3",
              "jobs.after_cycle=6",
              "jobs.before_run=5",
              "jobs.after_run=5",
              "jobs.before_beat=2",
              "jobs.in_results=1",
              "jobs.after_results=1"}) {
            QTest::newRow(fault) << QString(fault);
        }
    }

    void killedAtEveryEdge()
    {
        QFETCH(QString, fault);
        QVERIFY(make(20, "chain:3", 20));
        Worker first(m_database.url(), "server-a", fault);
        QVERIFY(first.hasDied());
        Worker second(m_database.url(), "server-b");
        QVERIFY(allEnd());
        verifyNothingLostOrDoubled(20, 3);
    }

    /// What is claimed by the statement that makes it is somebody's, too, when its server dies.
    void killedBeforeWhatItMadeBegins()
    {
        Worker first(m_database.url(), "server-a", "jobs.before_local_start=3", 50);
        QVERIFY(first.hasDied());
        QCOMPARE(
            m_database.number("SELECT count(*) AS n FROM pilothouse.job_claims"), std::int64_t(1));
        const auto made = m_database.number("SELECT count(*) AS n FROM pilothouse.jobs");
        Worker second(m_database.url(), "server-b");
        QVERIFY(allEnd());
        verifyNothingLostOrDoubled(static_cast<int>(made), 1);
    }

    void killedAgainAndAgain()
    {
        QVERIFY(make(100, "fan:3", 10));
        for (int round = 0; round < 5; ++round) {
            Worker worker(m_database.url(), "server-a");
            const auto before = m_database.number("SELECT count(*) AS n FROM test_effects");
            waitUntil(
                [&] {
                    return m_database.number("SELECT count(*) AS n FROM test_effects") >
                           before + 20;
                },
                10000);
            worker.signal(SIGKILL);
            QVERIFY(worker.hasDied());
        }
        Worker last(m_database.url(), "server-a");
        QVERIFY(allEnd());
        verifyNothingLostOrDoubled(100, 4);
    }

    void frozenLongerThanTheLease()
    {
        QVERIFY(make(40, "chain:2", 50));
        Worker frozen(m_database.url(), "server-a");
        QVERIFY(waitUntil(
            [&] {
                return m_database.number("SELECT count(*) AS n FROM pilothouse.job_running") > 0;
            },
            kPatience));
        frozen.signal(SIGSTOP);
        Worker other(m_database.url(), "server-b");
        // The other one takes everything over; then the first wakes with what it had in hand.
        QVERIFY(waitUntil(
            [&] {
                return m_database.number("SELECT count(*) AS n FROM pilothouse.job_running "
                                         "WHERE host = 'server-a'") == 0;
            },
            kPatience));
        frozen.signal(SIGCONT);
        QVERIFY(allEnd());
        verifyNothingLostOrDoubled(40, 2);
    }

    void databaseRestartsUnderLoad()
    {
        QVERIFY(make(200, "chain:2", 5));
        Worker first(m_database.url(), "server-a");
        Worker second(m_database.url(), "server-b");
        QVERIFY(waitUntil(
            [&] { return m_database.number("SELECT count(*) AS n FROM test_effects") > 20; },
            kPatience));
        QVERIFY(m_database.database()
                    .execute(
                        {"test.cut",
                         "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                         "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"})
                    .ok());
        m_database.cluster().stop();
        const absl::Status started = m_database.cluster().start();
        QVERIFY2(started.ok(), describe(started).c_str());
        QVERIFY(allEnd());
        verifyNothingLostOrDoubled(200, 2);
    }
};

QTEST_GUILESS_MAIN(TestJobFaults)
#include "tst_job_faults.moc"
