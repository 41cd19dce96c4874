// SPDX-License-Identifier: Apache-2.0
#include "server/jobs/Scheduler.h"
#include "shared/base/StatusHelpers.h"
#include "tests/integration/jobs/JobDatabase.h"
#include "tests/support/Programs.h"

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

class TestSchedules : public QObject
{
    Q_OBJECT

private:
    JobDatabase m_database;
    std::unique_ptr<EngineHost> m_host;

    static jobs::Schedule every(const char* name)
    {
        jobs::Schedule schedule;
        schedule.name = name;
        schedule.kind = "test.script";
        schedule.cron = "* * * * *";
        return schedule;
    }

    /// As if everything had been decided until then.
    void wind(const char* name, const char* ago)
    {
        QVERIFY(m_database.database()
                    .execute(
                        {"test.wind",
                         "UPDATE pilothouse.job_schedules SET decided_until = "
                         "date_trunc('minute', clock_timestamp()) - $2::interval WHERE name = $1"},
                        {name, ago})
                    .ok());
    }

    std::vector<jobs::ScheduleRun> runs(const char* name)
    {
        return m_host->schedules()
            .runs(name, absl::InfiniteFuture(), 100, absl::InfiniteFuture())
            .value_or(std::vector<jobs::ScheduleRun>());
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
        EngineHost::Options options;
        options.url = m_database.url();
        auto host = EngineHost::start(options);
        QVERIFY(host.ok());
        m_host = *std::move(host);
    }

    void cleanup() { m_host.reset(); }

    void missedTimes_data()
    {
        QTest::addColumn<bool>("isRunOnce");
        QTest::addColumn<QString>("outcome");
        QTest::newRow("skip") << false << "missed";
        QTest::newRow("run once") << true << "started";
    }

    void missedTimes()
    {
        QFETCH(bool, isRunOnce);
        QFETCH(QString, outcome);
        jobs::Schedule schedule = every("late");
        // Only times that are long gone: noon of yesterday and before, UTC.
        schedule.cron = "0 12 * * *";
        schedule.missedRunPolicy =
            isRunOnce ? jobs::MissedRunPolicy::RunOnce : jobs::MissedRunPolicy::Skip;
        QVERIFY(m_host->schedules().create(schedule, tester(), absl::InfiniteFuture()).ok());
        wind("late", "72 hours");
        QVERIFY(waitUntil([&] { return !runs("late").empty(); }, kPatience));
        const auto found = runs("late");
        QCOMPARE(found.size(), std::size_t(1));
        QCOMPARE(
            QString::fromStdString(std::string(jobs::runOutcomeName(found[0].outcome))), outcome);
        QVERIFY(!found[0].message.empty());
        QCOMPARE(found[0].jobId.empty(), !isRunOnce);
    }

    void timesDoNotOverlap()
    {
        jobs::Schedule schedule = every("often");
        schedule.parameters = {{"act", "wait"}};
        QVERIFY(m_host->schedules().create(schedule, tester(), absl::InfiniteFuture()).ok());
        // Several minutes may have passed at once: one job makes up for them.
        schedule.missedRunPolicy = jobs::MissedRunPolicy::RunOnce;
        QVERIFY(
            m_host->schedules()
                .update(schedule, {"missed_run_policy"}, false, tester(), absl::InfiniteFuture())
                .ok());
        wind("often", "5 minutes");
        QVERIFY(waitUntil([&] { return m_host->handler().running() == 1; }, kPatience));
        wind("often", "1 minutes");
        QVERIFY(m_database.database()
                    .execute({"test.forget", "DELETE FROM pilothouse.job_schedule_runs"})
                    .ok());
        QVERIFY(waitUntil([&] { return !runs("often").empty(); }, kPatience));
        QCOMPARE(runs("often")[0].outcome, jobs::RunOutcome::Overlapped);
        QCOMPARE(m_database.number("SELECT count(*) AS n FROM pilothouse.jobs"), std::int64_t(1));
    }

    void pausedSchedulesStartNothingAndMakeUpForNothing()
    {
        jobs::Schedule schedule = every("paused");
        schedule.isPaused = true;
        schedule.missedRunPolicy = jobs::MissedRunPolicy::RunOnce;
        const auto made = m_host->schedules().create(schedule, tester(), absl::InfiniteFuture());
        QVERIFY(made.ok());
        QVERIFY(made->nextRunTime == absl::InfiniteFuture());
        wind("paused", "5 minutes");
        jobs::Schedule other = every("other");
        other.missedRunPolicy = jobs::MissedRunPolicy::RunOnce;
        QVERIFY(m_host->schedules().create(other, tester(), absl::InfiniteFuture()).ok());
        wind("other", "5 minutes");
        QVERIFY(waitUntil([&] { return !runs("other").empty(); }, kPatience));
        QVERIFY(runs("paused").empty());
        schedule.isPaused = false;
        const auto resumed = m_host->schedules().update(
            schedule, {"paused"}, false, tester(), absl::InfiniteFuture());
        QVERIFY(resumed.ok());
        QCOMPARE(
            m_database.number(
                "SELECT count(*) AS n FROM pilothouse.job_schedules WHERE name = 'paused' "
                "AND decided_until > clock_timestamp() - interval '1 minute'"),
            std::int64_t(1));
    }

    void twoPeopleDoNotOverwriteEachOther()
    {
        const auto made =
            m_host->schedules().create(every("shared"), tester(), absl::InfiniteFuture());
        QVERIFY(made.ok());
        jobs::Schedule mine = *made;
        mine.cron = "0 1 * * *";
        QVERIFY(m_host->schedules().update(mine, {}, false, tester(), absl::InfiniteFuture()).ok());
        jobs::Schedule theirs = *made;
        theirs.cron = "0 2 * * *";
        QVERIFY(absl::IsAborted(m_host->schedules()
                                    .update(theirs, {}, false, tester(), absl::InfiniteFuture())
                                    .status()));
        QVERIFY(absl::IsAborted(
            m_host->schedules().remove("shared", made->etag, tester(), absl::InfiniteFuture())));
        QVERIFY(m_host->schedules().remove("shared", "", tester(), absl::InfiniteFuture()).ok());
        QVERIFY(
            absl::IsNotFound(m_host->schedules().get("shared", absl::InfiniteFuture()).status()));
    }

    void wrongOnesAreRefused_data()
    {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("value");
        QTest::newRow("name") << "name"
                              << "No Spaces";
        QTest::newRow("cron") << "cron"
                              << "61 * * * *";
        QTest::newRow("zone") << "zone"
                              << "Nowhere/At_All";
        QTest::newRow("parameter") << "parameter"
                                   << "x";
        QTest::newRow("kind") << "kind"
                              << "no.such";
    }

    void wrongOnesAreRefused()
    {
        QFETCH(QString, field);
        QFETCH(QString, value);
        jobs::Schedule schedule = every("wrong");
        const std::string text = value.toStdString();
        if (field == "name") {
            schedule.name = text;
        } else if (field == "cron") {
            schedule.cron = text;
        } else if (field == "zone") {
            schedule.timeZone = text;
        } else if (field == "kind") {
            schedule.kind = text;
        } else {
            schedule.parameters = {{text, text}};
        }
        const auto made = m_host->schedules().create(schedule, tester(), absl::InfiniteFuture());
        QVERIFY(absl::IsInvalidArgument(made.status()) || absl::IsNotFound(made.status()));
    }

    void theLeaderThatIsNoneStartsNothing()
    {
        QVERIFY(waitUntil([&] { return m_host->election().fence().has_value(); }, kPatience));
        jobs::Scheduler scheduler(m_database.database(), m_host->jobs());
        jobs::Schedule schedule = every("fenced");
        schedule.isPaused = true; // the host's own scheduler leaves it alone
        QVERIFY(m_host->schedules().create(schedule, tester(), absl::InfiniteFuture()).ok());
        wind("fenced", "1 minutes");
        const leader::Fence stale{m_host->election().fence()->number - 1};
        QVERIFY(m_database.database()
                    .execute(
                        {"test.wake",
                         "UPDATE pilothouse.job_schedules SET paused = false, "
                         "decided_until = 'infinity'"})
                    .ok());
        QVERIFY(scheduler.run(stale).ok()); // nothing due: nothing to refuse
        m_host->stop();
        wind("fenced", "1 minutes");
        QVERIFY(absl::IsAborted(scheduler.run(stale)));
    }
};

QTEST_GUILESS_MAIN(TestSchedules)
#include "tst_schedules.moc"
