// SPDX-License-Identifier: Apache-2.0
// Policies that scale an application's processes: a real server with its HAProxy, or one that is
// given, real processes behind it, and clients that count what goes wrong.
#include "tests/integration/scaling/ScalingTest.h"
#include "tests/support/rollouts/HaproxyWorld.h"
#include "tests/support/rollouts/LoadClients.h"
#include "tests/support/rollouts/OwnHaproxy.h"

#include <QCoreApplication>
#include <QTest>

#include <csignal>
#include <thread>
#include <unistd.h>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

constexpr int kMost = 4;

/// Up and down at once: waiting for windows is what the rules' tests do. A hundred for each.
QString policy(const QString& keys = QStringLiteral("mode = \"act\"\n"))
{
    return QStringLiteral("[[scaling.policies]]\nname = \"shop\"\napplication = \"shop\"\n"
                          "maximum = %1\ndown_stabilisation = \"0s\"\nup_policies = []\n%2")
               .arg(kMost)
               .arg(keys) +
           loadMetric(100);
}

} // namespace

class TestScalingApplication : public ScalingTest
{
    Q_OBJECT

private:
    std::unique_ptr<OwnHaproxy> m_shop;

    QString dataDir() const { return m_folder + QStringLiteral("/server/data"); }
    QString application(const QString& keys = {}) const
    {
        return m_shop->config(
            QStringLiteral("compare = false\ninstances = 2\ndrain_most = \"10s\"\n") + keys);
    }
    /// Processes and servers up of each side that runs.
    bool hasInstances(int instances)
    {
        return waitUntil(
            [&] {
                const auto seen = state();
                return seen.last().current() == instances && seen.last().ready() == instances &&
                       OwnHaproxy::processes(dataDir()).size() == instances;
            },
            kPatience);
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (!HaproxyWorld::isInstalled()) {
            QSKIP("haproxy is not installed");
        }
    }
    void init()
    {
        beginTest();
        m_shop = std::make_unique<OwnHaproxy>(
            QCoreApplication::applicationDirPath() + QStringLiteral("/side_server"), kMost);
    }
    void cleanup()
    {
        m_server.reset();
        OwnHaproxy::killAll(dataDir());
        endTest();
    }

    void processesComeAndGoWithoutLosingARequest()
    {
        serve(application() + policy());
        QVERIFY2(hasInstances(2), state().problem().c_str());
        LoadClients load(m_shop->livePort(), 4, std::chrono::milliseconds(1));
        setLoad(400);
        QVERIFY2(hasInstances(4), state().problem().c_str());
        const auto scaled = newest(v1::SCALING_ACT_DONE);
        QCOMPARE(scaled.decision().text(), std::string("400 / 100 jobs = 4.00 → 4"));
        // Some on every process: those that go answer first.
        std::atomic<int> answered{0};
        std::vector<std::thread> slow;
        for (int index = 0; index < 12; ++index) {
            slow.emplace_back([&] {
                answered += answerOn(m_shop->livePort(), "/slow/1500", 10000).isEmpty() ? 0 : 1;
            });
        }
        setLoad(100);
        const bool isDown = hasInstances(1);
        for (std::thread& one : slow) {
            one.join();
        }
        QVERIFY2(isDown, state().problem().c_str());
        QCOMPARE(answered.load(), 12);
        QCOMPARE(load.counts().failed, 0);
        QVERIFY(isAudited("scaling.scale", 2));
        QCOMPARE(state().policy().target(), std::string("application shop"));
    }

    void theNumberOutlivesTheServer()
    {
        serve(application() + policy());
        setLoad(300);
        QVERIFY2(hasInstances(3), state().problem().c_str());
        m_server->kill();
        // Without its HAProxy, too.
        ::kill(OwnHaproxy::master(dataDir()), SIGKILL);
        serve(application() + policy());
        QVERIFY2(hasInstances(3), state().problem().c_str());
        QCOMPARE(count(v1::SCALING_ACT_DONE), 1);
        // Without a policy the configuration decides again.
        serve(application() + policy("mode = \"recommend\"\n"));
        QVERIFY2(hasInstances(2), state().problem().c_str());
        QVERIFY(recommends(3));
    }

    void killedBetweenDecisionAndActItIsDoneOnce_data()
    {
        QTest::addColumn<QString>("fault");
        QTest::newRow("before it") << "scaling.after_intent=1";
        QTest::newRow("after it") << "scaling.after_act=1";
    }
    void killedBetweenDecisionAndActItIsDoneOnce()
    {
        QFETCH(const QString, fault);
        serve(application() + policy());
        QVERIFY2(hasInstances(2), state().problem().c_str());
        QVERIFY(m_server->stop());
        setLoad(400);
        // It kills itself as soon as it has looked.
        m_server =
            makeServer(m_folder + QStringLiteral("/server"), application() + policy(), fault);
        QVERIFY(waitUntil([&] { return !m_server->isRunning(); }, kPatience));
        serve(application() + policy());
        QVERIFY2(hasInstances(4), state().problem().c_str());
        QVERIFY(waitUntil([&] { return count(v1::SCALING_ACT_DONE) == 1; }, kPatience));
        // One line a decision: before it is scraped again, the load may be that of before.
        QVERIFY(isAudited("scaling.scale", 1 + count(v1::SCALING_ACT_SUPERSEDED)));
    }

    void aGivenHaproxyHasAsManyPlacesAsItHas()
    {
        HaproxyWorld world(m_folder);
        QVERIFY(world.start());
        world.stopBlue();
        world.stopGreen();
        const QString program =
            QCoreApplication::applicationDirPath() + QStringLiteral("/side_server");
        serve(
            world.config(
                QStringLiteral("compare = false\nblue_command = [\"%1\", \"blue\", "
                               "\"{port}\"]\ngreen_command = [\"%1\", \"green\", "
                               "\"{port}\"]\n%2")
                    .arg(
                        program,
                        ::geteuid() == 0 ? QStringLiteral("run_as = \"root\"\n") : QString())) +
            policy());
        QVERIFY(hasProblem("the backends of shop have 1 servers each, and 2 are wanted"));
        QVERIFY(isAudited("scaling.scale", 1, v1::AUDIT_OUTCOME_FAILED));
        setLoad(100);
        QVERIFY2(hasInstances(1), state().problem().c_str());
    }
};

QTEST_GUILESS_MAIN(TestScalingApplication)
#include "tst_scaling_application.moc"
