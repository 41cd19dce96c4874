// SPDX-License-Identifier: Apache-2.0
// The engine in this process, on a real PostgreSQL.
#include "shared/base/StatusHelpers.h"
#include "tests/integration/jobs/JobDatabase.h"
#include "tests/support/Programs.h"

#include <fmt/format.h>

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

constexpr int kPatience = 60000;

audit::Actor tester()
{
    return {"tester", {}, "test", {}, {}};
}

} // namespace

class TestJobEngine : public QObject
{
    Q_OBJECT

private:
    JobDatabase m_database;
    std::unique_ptr<EngineHost> m_host;

    std::unique_ptr<EngineHost> host(EngineHost::Options options = {})
    {
        options.url = m_database.url();
        auto made = EngineHost::start(options);
        return made.ok() ? *std::move(made) : nullptr;
    }

    bool reaches(std::int64_t job, const std::string& state)
    {
        // An end is final: waiting longer would not help.
        waitUntil(
            [&] {
                const std::string now = m_host->state(job);
                return now == state || jobs::hasEnded(jobs::jobStateOf(now));
            },
            kPatience);
        return m_host->state(job) == state;
    }

    jobs::Job job(std::int64_t id)
    {
        return m_host->queries().get(id, absl::InfiniteFuture()).value_or(jobs::Job{});
    }

    std::int64_t effects(std::int64_t id)
    {
        return m_database.number(
            "SELECT count(*) AS n FROM test_effects WHERE job = '" + std::to_string(id) + "'");
    }

    bool hasEffects(std::int64_t id, std::int64_t count) { return effects(id) == count; }

    std::string results(std::int64_t job)
    {
        return m_database.text(fmt::format(
            "SELECT string_agg(outcome || ' ' || (after::json ->> 'state'), ', ' ORDER BY id) AS t "
            "FROM pilothouse.audit_pending WHERE action = 'jobs.end' AND target = 'jobs/{}'",
            job));
    }

    /// "outcome state" of each of its ends; the leader records them.
    bool isResultOf(std::int64_t job, const std::string& result)
    {
        return waitUntil([&] { return results(job) == result; }, kPatience);
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
        m_host = host();
        QVERIFY(m_host != nullptr);
    }

    void cleanup() { m_host.reset(); }

    void jobsRunToTheirEnd_data()
    {
        QTest::addColumn<QString>("shape");
        QTest::addColumn<QString>("act");
        QTest::addColumn<QString>("on");
        QTest::addColumn<QString>("state");
        QTest::addColumn<QString>("tasks");
        QTest::addColumn<QString>("message");
        QTest::newRow("one") << "1"
                             << "work"
                             << ""
                             << "succeeded"
                             << "succeeded"
                             << "";
        QTest::newRow("chain") << "chain:3"
                               << "work"
                               << ""
                               << "succeeded"
                               << "succeeded succeeded succeeded"
                               << "";
        QTest::newRow("fan") << "fan:3"
                             << "work"
                             << ""
                             << "succeeded"
                             << "succeeded succeeded succeeded succeeded"
                             << "";
        QTest::newRow("tried again") << "chain:2"
                                     << "fail-once"
                                     << "t1"
                                     << "succeeded"
                                     << "succeeded succeeded"
                                     << "";
        QTest::newRow("fails") << "chain:3"
                               << "fail"
                               << "t1"
                               << "failed"
                               << "succeeded failed skipped"
                               << "Task 1: the thing is away";
        QTest::newRow("refuses") << "chain:2"
                                 << "refuse"
                                 << "t0"
                                 << "failed"
                                 << "failed skipped"
                                 << "Task 0: that makes no sense";
        QTest::newRow("throws") << "chain:2"
                                << "throw"
                                << "t0"
                                << "failed"
                                << "failed skipped"
                                << "thrown on purpose";
    }

    void jobsRunToTheirEnd()
    {
        QFETCH(QString, shape);
        QFETCH(QString, act);
        QFETCH(QString, on);
        QFETCH(QString, state);
        QFETCH(QString, tasks);
        QFETCH(QString, message);
        const auto id = m_host->create(
            {{"shape", shape.toStdString()}, {"act", act.toStdString()}, {"on", on.toStdString()}});
        QVERIFY(id > 0);
        QVERIFY2(reaches(id, state.toStdString()), (m_host->state(id) + job(id).message).c_str());
        const jobs::Job found = job(id);
        QStringList states;
        for (const jobs::Task& task : found.tasks) {
            states << QString::fromStdString(std::string(jobs::taskStateName(task.state)));
        }
        QCOMPARE(states.join(' '), tasks);
        QVERIFY2(QString::fromStdString(found.message).contains(message), found.message.c_str());
        QVERIFY(hasEffects(id, states.count("succeeded")));
        if (act == "fail") {
            QCOMPARE(found.tasks[1].attempts, 3);
        } else if (act == "refuse") {
            QCOMPARE(found.tasks[0].attempts, 1);
        }
        QVERIFY(found.endTime >= found.startTime && found.startTime >= found.createTime);
    }

    void howAJobEndsIsInTheAudit_data()
    {
        QTest::addColumn<QString>("act");
        QTest::addColumn<bool>("isCancelled");
        QTest::addColumn<QString>("result");
        QTest::newRow("succeeds") << "" << false << "ok succeeded";
        QTest::newRow("fails") << "refuse" << false << "failed failed";
        QTest::newRow("is cancelled") << "wait" << true << "ok cancelled";
    }

    void howAJobEndsIsInTheAudit()
    {
        QFETCH(QString, act);
        QFETCH(bool, isCancelled);
        QFETCH(QString, result);
        const std::int64_t job = m_host->create(
            act.isEmpty() ? jobs::Parameters() : jobs::Parameters{{"act", act.toStdString()}});
        if (isCancelled) {
            QVERIFY(waitUntil([&] { return m_host->handler().running() == 1; }, kPatience));
            QVERIFY(m_host->jobs().cancel(job, "enough", tester(), absl::InfiniteFuture()).ok());
        }
        QVERIFY2(isResultOf(job, result.toStdString()), results(job).c_str());
        QCOMPARE(
            m_database.text("SELECT actor || ' ' || source AS t FROM pilothouse.audit_pending "
                            "WHERE action = 'jobs.end'"),
            std::string("tester server"));
    }

    /// Before anything of it has begun: there is no worker who could say so.
    void howAWaitingJobIsCancelledIsInTheAudit()
    {
        m_host->engine().stop(absl::ZeroDuration());
        const std::int64_t job = m_host->create({});
        QVERIFY(m_host->jobs().cancel(job, "enough", tester(), absl::InfiniteFuture()).ok());
        QVERIFY2(isResultOf(job, "ok cancelled"), results(job).c_str());
    }

    void deadLettersAreRetriedFromWhereTheyStopped()
    {
        const auto id = m_host->create({{"shape", "chain:3"}, {"act", "refuse"}, {"on", "t1"}});
        QVERIFY(reaches(id, "failed"));
        QVERIFY(m_database.database()
                    .execute(
                        {"test.mend",
                         "UPDATE pilothouse.jobs SET parameters = '{act,work}' WHERE id = $1"},
                        {id})
                    .ok());
        QVERIFY(m_host->jobs().retry(id, tester(), absl::InfiniteFuture()).ok());
        QVERIFY(reaches(id, "succeeded"));
        QVERIFY(hasEffects(id, 3)); // the first task was not run again
        QVERIFY(
            absl::IsFailedPrecondition(m_host->jobs().retry(id, tester(), absl::InfiniteFuture())));
        QCOMPARE(
            m_database.text("SELECT string_agg(action, ' ' ORDER BY id) AS t "
                            "FROM pilothouse.audit_pending WHERE action <> 'jobs.end'"),
            std::string("jobs.create jobs.retry"));
        QVERIFY2(isResultOf(id, "failed failed, ok succeeded"), results(id).c_str());
    }

    void oneRequestMakesOneJob()
    {
        jobs::JobOrder order;
        order.kind = "test.script";
        order.requestId = "r-1";
        const auto first = m_host->jobs().create(order, tester(), absl::InfiniteFuture());
        const auto second = m_host->jobs().create(order, tester(), absl::InfiniteFuture());
        QVERIFY(first.ok() && second.ok());
        QCOMPARE(*first, *second);
        audit::Actor other = tester();
        other.name = "other";
        const auto third = m_host->jobs().create(order, other, absl::InfiniteFuture());
        QVERIFY(third.ok() && *third != *first);
        // Each is recorded once, by its name.
        QCOMPARE(
            m_database.text(
                "SELECT string_agg(target, ' ' ORDER BY id) AS t FROM pilothouse.audit_pending"),
            "jobs/" + std::to_string(*first) + " jobs/" + std::to_string(*third));
    }

    void runningJobsAreCancelled()
    {
        const auto id = m_host->create({{"shape", "chain:2"}, {"act", "wait"}});
        QVERIFY(waitUntil([&] { return m_host->handler().running() == 1; }, kPatience));
        QVERIFY(m_host->jobs().cancel(id, "enough", tester(), absl::InfiniteFuture()).ok());
        QVERIFY(reaches(id, "cancelled"));
        const jobs::Job found = job(id);
        QCOMPARE(found.message, std::string("cancelled by tester: enough"));
        QCOMPARE(found.tasks[1].state, jobs::TaskState::Cancelled);
        QVERIFY(absl::IsFailedPrecondition(
            m_host->jobs().cancel(id, "", tester(), absl::InfiniteFuture())));
    }

    void deafHandlersAreAbandoned()
    {
        const auto id = m_host->create({{"act", "hang"}});
        QVERIFY(waitUntil([&] { return m_host->handler().running() == 1; }, kPatience));
        QVERIFY(m_host->jobs().cancel(id, "", tester(), absl::InfiniteFuture()).ok());
        QVERIFY(reaches(id, "cancelled"));
        QVERIFY(QString::fromStdString(job(id).tasks[0].message).contains("abandoned"));
        // Its thread is lost, and all four places are there nevertheless.
        std::vector<std::int64_t> others;
        for (int count = 0; count < 4; ++count) {
            others.push_back(m_host->create({{"act", "wait"}}));
        }
        QVERIFY(waitUntil([&] { return m_host->handler().running() == 5; }, kPatience));
        for (const auto other : others) {
            QVERIFY(m_host->jobs().cancel(other, "", tester(), absl::InfiniteFuture()).ok());
        }
        m_host->handler().release();
        QVERIFY(waitUntil([&] { return m_host->handler().running() == 0; }, kPatience));
        QVERIFY(waitUntil([&] { return m_host->executor().status().threads == 4; }, kPatience));
        QVERIFY(hasEffects(id, 0));
    }

    void lateTasksAreStopped()
    {
        m_host.reset();
        EngineHost::Options options;
        options.kinds.front().timeout = absl::Milliseconds(300);
        options.kinds.front().maxAttempts = 2;
        m_host = host(options);
        const auto id = m_host->create({{"act", "wait"}});
        QVERIFY(reaches(id, "failed"));
        QVERIFY(QString::fromStdString(job(id).message).contains("longer than"));
        QCOMPARE(job(id).tasks[0].attempts, 2);
    }

    void pausedJobsStartNothing()
    {
        const auto id = m_host->create({{"shape", "chain:2"}, {"act", "wait"}, {"on", "t0"}});
        QVERIFY(waitUntil([&] { return m_host->handler().running() == 1; }, kPatience));
        QVERIFY(m_host->jobs().pause(id, tester(), absl::InfiniteFuture()).ok());
        QCOMPARE(m_host->state(id), std::string("paused"));
        const auto queued = m_host->create({});
        QVERIFY(reaches(queued, "succeeded")); // others go on
        QVERIFY(m_host->jobs().resume(id, tester(), absl::InfiniteFuture()).ok());
        QVERIFY(m_host->jobs().cancel(id, "", tester(), absl::InfiniteFuture()).ok());
        QVERIFY(reaches(id, "cancelled"));
    }

    void aTaskThatEndsInAPauseFreesNothing()
    {
        const auto id = m_host->create({{"shape", "chain:2"}, {"millis", "400"}});
        QVERIFY(waitUntil([&] { return m_host->handler().running() == 1; }, kPatience));
        QVERIFY(m_host->jobs().pause(id, tester(), absl::InfiniteFuture()).ok());
        QVERIFY(waitUntil(
            [&] { return job(id).tasks[0].state == jobs::TaskState::Succeeded; }, kPatience));
        QVERIFY(reaches(m_host->create({}), "succeeded")); // time for the second to start
        QCOMPARE(job(id).tasks[1].state, jobs::TaskState::Ready);
        QCOMPARE(job(id).tasks[1].attempts, 0);
        QVERIFY(m_host->jobs().resume(id, tester(), absl::InfiniteFuture()).ok());
        QVERIFY(reaches(id, "succeeded"));
    }

    void kindsAndKeysHaveLimits()
    {
        m_host.reset();
        EngineHost::Options options;
        options.kinds.front().concurrency = 2;
        options.threads = 6;
        m_host = host(options);
        const auto second = host(options); // another server counts too
        std::vector<std::int64_t> all;
        for (int count = 0; count < 12; ++count) {
            all.push_back(m_host->create({{"millis", "30"}}));
        }
        for (const auto id : all) {
            QVERIFY(reaches(id, "succeeded"));
        }
        QVERIFY(m_host->handler().mostAtOnce() <= 2 && second->handler().mostAtOnce() <= 2);
        all.clear();
        for (int count = 0; count < 4; ++count) {
            all.push_back(m_host->create({{"key", "one"}, {"shape", "chain:2"}, {"millis", "20"}}));
        }
        for (const auto id : all) {
            QVERIFY(reaches(id, "succeeded"));
        }
        QCOMPARE(
            m_database.number(
                "SELECT count(*) AS n FROM pilothouse.jobs a JOIN pilothouse.jobs b "
                "ON a.id < b.id AND a.concurrency_key = 'one' AND b.concurrency_key = 'one' "
                "AND a.started_at < b.finished_at AND b.started_at < a.finished_at"),
            std::int64_t(0));
    }

    void prioritiesGoFirst()
    {
        m_host.reset();
        EngineHost::Options options;
        options.threads = 1;
        options.prefetch = 0;
        m_host = host(options);
        const auto blocker = m_host->create({{"act", "wait"}});
        QVERIFY(waitUntil([&] { return m_host->handler().running() == 1; }, kPatience));
        const auto low = m_host->create({}, -5);
        const auto middle = m_host->create({}, 0);
        const auto high = m_host->create({}, 5);
        QVERIFY(m_host->jobs().cancel(blocker, "", tester(), absl::InfiniteFuture()).ok());
        QVERIFY(reaches(low, "succeeded") && reaches(middle, "succeeded"));
        QCOMPARE(
            m_database.text("SELECT string_agg(job, ' ' ORDER BY id) AS t FROM test_effects"),
            QString("%1 %2 %3").arg(high).arg(middle).arg(low).toStdString());
    }

    void logsProgressArtefactsAndResults()
    {
        const auto id = m_host->create({{"shape", "chain:2"}});
        QVERIFY(reaches(id, "succeeded"));
        const auto log = m_host->records().log(id, 0, 100, absl::InfiniteFuture());
        QVERIFY(log.ok());
        QCOMPARE(log->lines.size(), std::size_t(2));
        QCOMPARE(log->lines.front().text, std::string("t0 done"));
        QCOMPARE(*m_host->records().resultOf(id, "t1"), std::string("t1"));
        QVERIFY(absl::IsNotFound(m_host->records().resultOf(id, "nobody").status()));
        // Nobody may write for a try that is over.
        const jobs::TaskId task{id, 0};
        QVERIFY(absl::IsAborted(m_host->records().addArtefact(task, 1, "a", "text/plain", "x")));
        const auto waiting = m_host->create({{"act", "wait"}});
        QVERIFY(waitUntil([&] { return job(waiting).progress.unitsDone == 1; }, kPatience));
        QCOMPARE(job(waiting).progress.unit, std::string("waits"));
        const jobs::TaskId running{waiting, 0};
        const std::int64_t claim = m_database.number(
            "SELECT claim AS n FROM pilothouse.job_running WHERE job_id = " +
            std::to_string(waiting));
        auto& records = m_host->records();
        QVERIFY(records.addArtefact(running, claim, "a.txt", "text/plain", "first").ok());
        QVERIFY(records.addArtefact(running, claim, "a.txt", "text/plain", "second").ok());
        QVERIFY(absl::IsOutOfRange(records.addArtefact(
            running, claim, "big", "text/plain", std::string(jobs::kLargestArtefact + 1, 'x'))));
        for (const std::int64_t other : {claim - 1, claim + 1}) {
            QVERIFY(absl::IsAborted(records.addArtefact(running, other, "b", "text/plain", "x")));
        }
        const auto artefact = records.artefact(waiting, "a.txt", absl::InfiniteFuture());
        QVERIFY(artefact.ok());
        QCOMPARE(artefact->content, std::string("second"));
        QVERIFY(m_host->jobs().cancel(waiting, "", tester(), absl::InfiniteFuture()).ok());
        QVERIFY(reaches(waiting, "cancelled"));
    }

    void cancelRacesCompletion()
    {
        for (int round = 0; round < 60; ++round) {
            const auto id = m_host->create({{"shape", "fan:4"}});
            m_host->jobs().cancel(id, "", tester(), absl::InfiniteFuture()).IgnoreError();
            QVERIFY(waitUntil(
                [&] {
                    const std::string state = m_host->state(id);
                    return state == "succeeded" || state == "cancelled";
                },
                kPatience));
            const jobs::Job found = job(id);
            for (const jobs::Task& task : found.tasks) {
                QVERIFY(jobs::hasEnded(task.state));
            }
        }
        QCOMPARE(
            m_database.number("SELECT count(*) AS n FROM pilothouse.jobs WHERE tasks_open <> 0"),
            std::int64_t(0));
    }

    void whatIsClaimedInCrowdsIsShownAsRunning()
    {
        constexpr int kCrowd = 20;
        m_host->engine().stop(absl::ZeroDuration());
        for (int count = 0; count < kCrowd; ++count) {
            m_host->create({{"act", "wait"}});
        }
        EngineHost::Options options;
        options.threads = kCrowd;
        m_host = host(options);
        QVERIFY(m_host != nullptr);
        QVERIFY(waitUntil(
            [&] {
                return m_database.number("SELECT count(*) AS n FROM pilothouse.jobs "
                                         "WHERE started_at IS NOT NULL AND state = 'open'") ==
                       kCrowd;
            },
            kPatience));
    }

    /// Of many tasks: servers ask for it every second, and for every list.
    void whatRunsIsFoundWithoutReadingEveryTask()
    {
        QVERIFY(m_database.flood("test.unknown", 5000, 1).ok());
        const std::int64_t job = m_host->create({{"act", "wait"}});
        QVERIFY(waitUntil([&] { return m_host->handler().running() == 1; }, kPatience));
        using Counts = std::pair<std::int64_t, std::int64_t>;
        const auto counts = m_database.database().transact(
            [&](postgres::Transaction& transaction) -> absl::StatusOr<Counts> {
                const auto number = [&](const postgres::Statement& statement,
                                        const postgres::Params& params) {
                    return transaction.queryOne(statement, params, [](const postgres::Row& row) {
                        return row.integer("n");
                    });
                };
                constexpr postgres::Statement kScans{
                    "test.scans",
                    "SELECT seq_scan AS n FROM pg_stat_xact_user_tables "
                    "WHERE schemaname = 'pilothouse' AND relname = 'job_tasks'"};
                PH_ASSIGN_OR_RETURN(const auto before, number(kScans, {}));
                PH_ASSIGN_OR_RETURN(
                    const auto running,
                    number(
                        {"test.running",
                         "SELECT count(*) AS n FROM pilothouse.job_running "
                         "WHERE job_id = ANY ($1::bigint[])"},
                        {fmt::format("{{{}}}", job)}));
                PH_ASSIGN_OR_RETURN(const auto after, number(kScans, {}));
                return Counts(running.value_or(-1), after.value_or(-1) - before.value_or(-1));
            });
        QVERIFY2(counts.ok(), describe(counts.status()).c_str());
        QCOMPARE(*counts, Counts(1, 0));
    }

    void tenThousandAtTheStart()
    {
        m_host.reset();
        QVERIFY(m_database.flood("test.script", 10000, 1).ok());
        m_host = host();
        const auto second = host();
        QVERIFY(waitUntil(
            [&] {
                return m_database.number("SELECT count(*) AS n FROM pilothouse.jobs "
                                         "WHERE finished_at IS NULL") == 0;
            },
            120000));
        // None is lost, and none runs twice under one lease; a lease that was lost in between (on a
        // machine that is far too busy) makes a second attempt, which is its right.
        QCOMPARE(
            m_database.number("SELECT count(DISTINCT job) AS n FROM test_effects"),
            std::int64_t(10000));
        QCOMPARE(
            m_database.number("SELECT count(*) AS n FROM (SELECT job FROM test_effects GROUP BY "
                              "job, task, claim "
                              "HAVING count(*) > 1) x"),
            std::int64_t(0));
    }
};

QTEST_GUILESS_MAIN(TestJobEngine)
#include "tst_job_engine.moc"
