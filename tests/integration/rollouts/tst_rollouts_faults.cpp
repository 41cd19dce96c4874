// SPDX-License-Identifier: Apache-2.0
// Servers, HAProxy and PostgreSQL that die or freeze at the edges of a switch: there is always one
// side with the traffic, what was decided is done, and the audit has each thing once.
#include "tests/integration/rollouts/RolloutsTest.h"
#include "tests/support/rollouts/LoadClients.h"

#include <QDir>
#include <QElapsedTimer>
#include <QTest>

#include <csignal>
#include <thread>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

constexpr int kPatience = 90000;
/// Until the database answers a rollback, which it does at once on a machine with time for it.
constexpr int kTries = 5;

} // namespace

class TestRolloutsFaults : public HaproxyRolloutsTest
{
    Q_OBJECT

public:
    TestRolloutsFaults() : HaproxyRolloutsTest(kPatience) {}

private:
    /// Starts a server on the folder; with `faults` it kills itself there.
    void serve(const QString& faults = {})
    {
        TestServer::Options options;
        options.folder = m_folder;
        options.config = m_haproxy->config(QStringLiteral("compare = false\n"));
        options.faults = faults;
        launch(options);
    }

    void begin()
    {
        const auto started = m_probe->start();
        QVERIFY2(started.status.ok(), said(started.status).c_str());
        QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
    }

    /// In memory, in the file, and as the server wants it.
    void verifySide(const char* side)
    {
        const QString wanted = QString::fromLatin1(side);
        QVERIFY(waitUntil(
            [&] { return m_haproxy->active() == wanted && m_haproxy->activeInFile() == wanted; },
            kPatience));
        QVERIFY(waitUntil(
            [&] {
                const auto shop = m_probe->shop();
                const auto colour = wanted == QLatin1String("blue") ? v1::ROLLOUT_COLOUR_BLUE
                                                                    : v1::ROLLOUT_COLOUR_GREEN;
                return shop.active() == colour && shop.observation().active() == colour;
            },
            kPatience));
    }

    void verifyAudit(const std::string& action, int count)
    {
        const auto channel = socketChannel(*m_server);
        QVERIFY(waitUntil([&] { return auditCount(channel, action) >= count; }, kPatience));
        QCOMPARE(auditCount(channel, action), count);
    }

    int eventsOf(const std::string& kind)
    {
        const auto receipt = m_probe->receipt(m_probe->shop().rollout().id());
        int count = 0;
        for (const auto& event : receipt.value.events()) {
            count += event.kind() == kind ? 1 : 0;
        }
        return count;
    }

private Q_SLOTS:
    void aServerKilledWhilePromotingDoesItAfterwards_data()
    {
        QTest::addColumn<QString>("place");
        for (const char* place :
             {"rollouts.after_intent",
              "rollouts.before_act",
              "rollouts.after_file",
              "rollouts.after_map",
              "rollouts.after_act",
              "rollouts.after_done"}) {
            QTest::newRow(place) << QString(place);
        }
    }

    void aServerKilledWhilePromotingDoesItAfterwards()
    {
        QFETCH(QString, place);
        serve(place + "=1");
        begin();
        LoadClients load(m_haproxy->livePort(), 2);
        QVERIFY(!m_probe->promote().status.ok());
        QVERIFY(waitUntil([&] { return !m_server->isRunning(); }, kPatience));
        QVERIFY(!m_haproxy->active().isEmpty());
        serve();
        QVERIFY(reaches(v1::ROLLOUT_STEP_SWITCHED));
        verifySide("green");
        QCOMPARE(eventsOf("promoted"), 1);
        QCOMPARE(eventsOf("switched"), 1);
        verifyAudit("rollouts.promote", 1);
        QCOMPARE(load.counts().failed, std::int64_t(0));
    }

    void aServerKilledWhileGoingBackDoesItAfterwards_data()
    {
        QTest::addColumn<QString>("place");
        // The promotion passes the places in the driver once.
        for (const char* place :
             {"rollouts.after_intent_back=1",
              "rollouts.before_act_back=1",
              "rollouts.after_file=2",
              "rollouts.after_map=2",
              "rollouts.after_act_back=1",
              "rollouts.after_done_back=1"}) {
            QTest::newRow(place) << QString(place);
        }
    }

    void aServerKilledWhileGoingBackDoesItAfterwards()
    {
        QFETCH(QString, place);
        serve(place);
        begin();
        QVERIFY(m_probe->promote().status.ok());
        LoadClients load(m_haproxy->livePort(), 2);
        auto back = m_probe->rollBackAtOnce();
        int locally = 0;
        while (back.value.recorded_locally()) {
            // On a machine so busy that its database counts as away the journal answers, which
            // passes other places.
            QVERIFY(++locally < kTries);
            QVERIFY(reaches(v1::ROLLOUT_STEP_ROLLED_BACK));
            begin();
            QVERIFY(m_probe->promote().status.ok());
            back = m_probe->rollBackAtOnce();
        }
        QVERIFY(!back.status.ok());
        QVERIFY(waitUntil([&] { return !m_server->isRunning(); }, kPatience));
        serve();
        QVERIFY(reaches(v1::ROLLOUT_STEP_ROLLED_BACK));
        verifySide("blue");
        QCOMPARE(eventsOf("rollback"), 1);
        QCOMPARE(eventsOf("rolled-back"), 1);
        verifyAudit("rollouts.rollback", 1 + locally);
        QCOMPARE(load.counts().failed, std::int64_t(0));
    }

    void aServerKilledBetweenStepsGoesOn()
    {
        for (const char* place : {"rollouts.before_move=1", "rollouts.after_move=1"}) {
            serve(place);
            m_probe->start(place);
            QVERIFY(waitUntil([&] { return !m_server->isRunning(); }, kPatience));
            serve();
            QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
            QCOMPARE(eventsOf("preview-ready"), 1);
            QCOMPARE(eventsOf("awaiting-promotion"), 1);
            verifySide("blue");
            QVERIFY(m_probe->abort().status.ok());
        }
    }

    void aDatabaseThatHangsHoldsNoRollbackUp()
    {
        serve();
        begin();
        QVERIFY(m_probe->promote().status.ok());
        LoadClients load(m_haproxy->livePort(), 2);
        const QList<qint64> pids = postgresProcesses(*m_server);
        QVERIFY(pids.size() > 2);
        signalAll(pids, SIGSTOP);
        // A plan cannot be made; and from then on the server knows that the database hangs.
        ApiCall patience;
        v1::RollBackRequest planned;
        planned.set_application("shop");
        planned.set_validate_only(true);
        v1::RollBackResponse unplanned;
        QVERIFY(!m_probe->stub().RollBack(&patience.context, planned, &unplanned).ok());
        QElapsedTimer took;
        took.start();
        const auto back = m_probe->rollBackAtOnce();
        qInfo("rolled back with a frozen database in %lld ms", took.elapsed());
        load.expect("blue");
        QVERIFY2(back.status.ok(), said(back.status).c_str());
        QVERIFY(back.value.recorded_locally());
        QCOMPARE(m_haproxy->active(), QString("blue"));
        QCOMPARE(m_haproxy->activeInFile(), QString("blue"));
        QVERIFY(waitUntil([&] { return load.counts().bySide["blue"] > 10; }, kPatience));
        QCOMPARE(load.counts().stale, std::int64_t(0));
        QCOMPARE(load.counts().failed, std::int64_t(0));
        signalAll(pids, SIGCONT);
        QVERIFY(waitUntil(
            [&] {
                const auto receipt = m_probe->receipt(m_probe->shop().rollout().id());
                return receipt.value.rollout().step() == v1::ROLLOUT_STEP_ROLLED_BACK;
            },
            kPatience));
        verifySide("blue");
        verifyAudit("rollouts.rollback", 1);
        QCOMPARE(eventsOf("rolled-back"), 1);
    }

    void aDatabaseThatIsGoneHoldsNoRollbackUp()
    {
        serve();
        begin();
        QVERIFY(m_probe->promote().status.ok());
        // Frozen first, so that it is not started again before the call.
        const QList<qint64> pids = postgresProcesses(*m_server);
        signalAll(pids, SIGSTOP);
        const auto back = m_probe->rollBackAtOnce();
        QVERIFY2(back.status.ok(), said(back.status).c_str());
        QCOMPARE(m_haproxy->active(), QString("blue"));
        // Whatever was under way in it is lost; the server starts it again.
        signalAll(pids, SIGKILL);
        QVERIFY(waitUntil(
            [&] {
                const auto receipt = m_probe->receipt(m_probe->shop().rollout().id());
                return receipt.value.rollout().step() == v1::ROLLOUT_STEP_ROLLED_BACK;
            },
            kPatience));
        verifySide("blue");
        verifyAudit("rollouts.rollback", 1);
        QCOMPARE(eventsOf("rolled-back"), 1);
    }

    void theJournalOutlivesItsServer()
    {
        serve("rollouts.after_journal=1");
        begin();
        QVERIFY(m_probe->promote().status.ok());
        const QList<qint64> pids = postgresProcesses(*m_server);
        signalAll(pids, SIGSTOP);
        // Killed when it was written down, and before it was done.
        QVERIFY(!m_probe->rollBackAtOnce().status.ok());
        QVERIFY(waitUntil([&] { return !m_server->isRunning(); }, kPatience));
        QCOMPARE(m_haproxy->active(), QString("green"));
        signalAll(pids, SIGKILL);
        serve();
        QVERIFY(reaches(v1::ROLLOUT_STEP_ROLLED_BACK));
        verifySide("blue");
        verifyAudit("rollouts.rollback", 1);
        QCOMPARE(eventsOf("rolled-back"), 1);
        // The entry is taken once, and a further start changes nothing.
        serve();
        verifySide("blue");
        verifyAudit("rollouts.rollback", 1);
    }

    void haproxyThatIsAwayIsSwitchedWhenItIsBack()
    {
        serve();
        begin();
        m_haproxy->kill();
        QCOMPARE(m_haproxy->active(), QString());
        QVERIFY(!m_probe->promote().status.ok());
        QVERIFY(waitUntil([&] { return !m_probe->shop().problem().empty(); }, kPatience));
        QVERIFY(m_haproxy->start());
        verifySide("blue");
        QVERIFY(waitUntil(
            [&] { return m_probe->promote().status.ok(); }, kPatience)); // once green is up again
        verifySide("green");
        // Frozen in the middle of a promotion: it is decided, and done when HAProxy answers again.
        QVERIFY(m_probe->rollBack().status.ok());
        begin();
        m_haproxy->pause();
        QVERIFY(!m_probe->promote().status.ok());
        m_haproxy->resume();
        verifySide("blue");
        QVERIFY(waitUntil(
            [&] { return m_probe->step() == v1::ROLLOUT_STEP_AWAITING_PROMOTION; }, kPatience));
    }

    void killedAtRandomItConverges()
    {
        serve();
        LoadClients load(m_haproxy->livePort(), 2);
        for (int round = 0; round < 4; ++round) {
            begin();
            std::thread killer([&] {
                std::this_thread::sleep_for(std::chrono::milliseconds(3 * round));
                ::kill(static_cast<pid_t>(m_server->pid()), SIGKILL);
            });
            m_probe->promote();
            killer.join();
            QVERIFY(waitUntil([&] { return !m_server->isRunning(); }, kPatience));
            serve();
            const bool isPromoted = waitUntil(
                [&] {
                    const auto step = m_probe->step();
                    return step == v1::ROLLOUT_STEP_SWITCHED ||
                           step == v1::ROLLOUT_STEP_AWAITING_PROMOTION;
                },
                kPatience);
            QVERIFY(isPromoted);
            if (m_probe->step() == v1::ROLLOUT_STEP_SWITCHED) {
                verifySide("green");
                QVERIFY(m_probe->rollBack().status.ok());
            } else {
                QVERIFY(m_probe->abort().status.ok());
            }
            verifySide("blue");
        }
        QCOMPARE(load.counts().failed, std::int64_t(0));
    }
};

QTEST_GUILESS_MAIN(TestRolloutsFaults)
#include "tst_rollouts_faults.moc"
