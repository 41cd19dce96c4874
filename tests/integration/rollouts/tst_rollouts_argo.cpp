// SPDX-License-Identifier: Apache-2.0
// Rollouts of a Rollout of Argo Rollouts, through the front door: a real server against an API and
// a controller that behave as the real ones do.
#include "tests/integration/rollouts/RolloutsTest.h"
#include "tests/support/kubernetes/FakeCluster.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

constexpr int kPatience = 60000;

} // namespace

class TestRolloutsArgo : public RolloutsTest
{
    Q_OBJECT

public:
    TestRolloutsArgo() : RolloutsTest(kPatience) {}

protected:
    void makeWorld() override
    {
        m_cluster = std::make_unique<FakeCluster>();
        m_cluster->with([](FakeObjects& objects) { objects.useArgo(); });
        QFile file(m_folder + "/kubeconfig");
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(m_cluster->kubeconfig("{}").toUtf8());
    }
    void dropWorld() override { m_cluster.reset(); }

private:
    std::unique_ptr<FakeCluster> m_cluster;

    /// With `faults` it kills itself there.
    void serve(const QString& keys = "compare = false\n", const QString& faults = {})
    {
        TestServer::Options options;
        options.folder = m_folder + "/server";
        QDir().mkpath(options.folder);
        options.config = QStringLiteral("[[rollouts.applications]]\nname = \"shop\"\n"
                                        "driver = \"argo-rollouts\"\nrollout = \"shop\"\n"
                                        "kubeconfig = \"%1/kubeconfig\"\n%2")
                             .arg(m_folder, keys);
        options.faults = faults;
        launch(options);
    }
    template <typename Work>
    auto withArgo(Work work)
    {
        return m_cluster->with([&](FakeObjects& objects) { return work(objects.argo()); });
    }
    void push(const std::string& image)
    {
        withArgo([&](FakeArgo& argo) { argo.setImage(image); });
    }
    /// As `kubectl argo rollouts promote` does it.
    void promoteElsewhere()
    {
        withArgo([](FakeArgo& argo) {
            argo.settle();
            argo.promote();
            argo.settle();
        });
    }
    bool isActive(const std::string& image)
    {
        return m_cluster->with([&](FakeObjects& objects) {
            return objects.selected("shop") == objects.argo().hashOf(image);
        });
    }
    void awaitPromotion(const std::string& image)
    {
        push(image);
        const auto started = m_probe->start(image);
        QVERIFY2(started.status.ok(), said(started.status).c_str());
        QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
    }

private Q_SLOTS:
    void aRolloutGoesFromItsStartToItsEnd()
    {
        serve("compare = false\nkeep_warm = \"3s\"\ndrain_most = \"1s\"\n");
        QCOMPARE(m_probe->shop().driver(), std::string("argo-rollouts"));
        // It may begin before there is anything to roll out.
        QVERIFY(m_probe->start("2").status.ok());
        QCOMPARE(m_probe->step(), v1::ROLLOUT_STEP_PLANNED);
        push("shop:2");
        QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
        QCOMPARE(m_probe->shop().observation().green().backend(), std::string("2 (shop:2)"));
        const auto promoted = m_probe->promote();
        QVERIFY2(promoted.status.ok(), said(promoted.status).c_str());
        QCOMPARE(promoted.value.rollout().step(), v1::ROLLOUT_STEP_SWITCHED);
        QVERIFY(isActive("shop:2"));
        QVERIFY(reaches(v1::ROLLOUT_STEP_DONE));
        QVERIFY(isActive("shop:2"));
        QCOMPARE(m_probe->shop().problem(), std::string());
        QCOMPARE(m_probe->shop().drifts_repaired(), 0);
        // The next one takes the other side.
        awaitPromotion("shop:3");
        QCOMPARE(m_probe->shop().rollout().candidate(), v1::ROLLOUT_COLOUR_BLUE);
        QVERIFY(m_probe->promote().status.ok());
        QVERIFY(isActive("shop:3"));
    }

    void aPolicyScalesEachRevisionThatRuns()
    {
        serve("compare = false\n" + scalingPolicy(4));
        const auto up = [&] {
            const auto seen = m_probe->shop().observation();
            return std::pair(seen.blue().servers_up(), seen.green().servers_up());
        };
        QVERIFY(waitUntil([&] { return up() == std::pair(4, 0); }, kPatience));
        awaitPromotion("shop:2");
        QVERIFY(waitUntil([&] { return up() == std::pair(4, 4); }, kPatience));
        QVERIFY(isActive("shop:1"));
        const auto promoted = m_probe->promote();
        QVERIFY2(promoted.status.ok(), said(promoted.status).c_str());
        QVERIFY(isActive("shop:2"));
        const auto back = m_probe->rollBack();
        QVERIFY2(back.status.ok(), said(back.status).c_str());
        QVERIFY(waitUntil([&] { return up().first == 4; }, kPatience));
        const auto channel = socketChannel(*m_server);
        QVERIFY(waitUntil([&] { return auditCount(channel, "scaling.scale") == 1; }, kPatience));
    }

    void itGoesBackFromABrokenCandidate()
    {
        serve();
        awaitPromotion("shop:2");
        QVERIFY(m_probe->promote().status.ok());
        // Argo's own abort does nothing now.
        withArgo([](FakeArgo& argo) {
            argo.revision("shop:2").isBroken = true;
            argo.abort();
            argo.settle();
        });
        QVERIFY(isActive("shop:2"));
        const auto back = m_probe->rollBack();
        QVERIFY2(back.status.ok(), said(back.status).c_str());
        QCOMPARE(back.value.rollout().step(), v1::ROLLOUT_STEP_ROLLED_BACK);
        QVERIFY(isActive("shop:1"));
        // Its pods end, so that Argo Rollouts does not bring it back without asking.
        QVERIFY(waitUntil(
            [&] {
                return withArgo([](FakeArgo& argo) { return argo.revision("shop:2").replicas; }) ==
                       0;
            },
            kPatience));
        push("shop:2");
        withArgo([](FakeArgo& argo) { argo.settle(); });
        QVERIFY(isActive("shop:1"));
    }

    void anAbortedCandidateIsAbortedThereToo()
    {
        serve();
        awaitPromotion("shop:2");
        QVERIFY(m_probe->abort().status.ok());
        QVERIFY(waitUntil(
            [&] {
                return withArgo(
                    [](FakeArgo& argo) { return argo.rollout()["status"].value("abort", false); });
            },
            kPatience));
        QVERIFY(isActive("shop:1"));
        // And taken up again by the next rollout of it.
        QVERIFY(m_probe->start("2").status.ok());
        QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
        QVERIFY(isActive("shop:1"));
        QVERIFY(m_probe->promote().status.ok());
        QVERIFY(isActive("shop:2"));
    }

    void aRevisionThatComesAfterTheDecisionIsNotPromoted()
    {
        serve();
        awaitPromotion("shop:2");
        serve("compare = false\n", "rollouts.after_intent=1");
        QVERIFY(waitUntil([&] { return m_probe->shop().gates_size() > 0; }, kPatience));
        QVERIFY(!m_probe->promote().status.ok());
        QVERIFY(waitUntil([&] { return !m_server->isRunning(); }, kPatience));
        push("shop:3");
        serve();
        QVERIFY(reaches(v1::ROLLOUT_STEP_ROLLED_BACK));
        QVERIFY(isActive("shop:1"));
        const std::string message = m_probe->shop().rollout().message();
        QVERIFY2(message.find("what was approved is") != std::string::npos, message.c_str());
        withArgo([](FakeArgo& argo) { QCOMPARE(argo.image(), std::string("shop:3")); });
    }

    void killedAnywhereItIsDoneAfterwards_data()
    {
        QTest::addColumn<QString>("place");
        for (const char* place :
             {"rollouts.after_intent",
              "rollouts.before_act",
              "rollouts.after_patch",
              "rollouts.after_act",
              "rollouts.after_done"}) {
            QTest::newRow(place) << QString(place);
        }
    }

    void killedAnywhereItIsDoneAfterwards()
    {
        QFETCH(QString, place);
        serve();
        awaitPromotion("shop:2");
        serve("compare = false\n", place + "=1");
        QVERIFY(waitUntil([&] { return m_probe->shop().gates_size() > 0; }, kPatience));
        QVERIFY(!m_probe->promote().status.ok());
        QVERIFY(waitUntil([&] { return !m_server->isRunning(); }, kPatience));
        serve();
        QVERIFY(reaches(v1::ROLLOUT_STEP_SWITCHED));
        QVERIFY(isActive("shop:2"));
        QVERIFY(m_probe->rollBackAtOnce().status.ok());
        QVERIFY(isActive("shop:1"));
    }

    void killedWhileItGoesBackItIsDoneAfterwards_data()
    {
        QTest::addColumn<QString>("place");
        for (const char* place :
             {"rollouts.after_intent_back", "rollouts.after_patch", "rollouts.after_act_back"}) {
            QTest::newRow(place) << QString(place);
        }
    }

    void killedWhileItGoesBackItIsDoneAfterwards()
    {
        QFETCH(QString, place);
        serve();
        awaitPromotion("shop:2");
        QVERIFY(m_probe->promote().status.ok());
        serve("compare = false\n", place + "=1");
        QVERIFY(reaches(v1::ROLLOUT_STEP_SWITCHED));
        QVERIFY(!m_probe->rollBackAtOnce().status.ok());
        QVERIFY(waitUntil([&] { return !m_server->isRunning(); }, kPatience));
        serve();
        QVERIFY(reaches(v1::ROLLOUT_STEP_ROLLED_BACK));
        QVERIFY(isActive("shop:1"));
    }

    void withARolloutOpenSomebodyElsesPromotionIsPutRight()
    {
        serve();
        awaitPromotion("shop:2");
        promoteElsewhere();
        QVERIFY(waitUntil([&] { return m_probe->shop().drifts_repaired() == 1; }, kPatience));
        QVERIFY(isActive("shop:1"));
    }

    void somebodyElsesWayBackIsTakenForOne()
    {
        serve();
        awaitPromotion("shop:2");
        QVERIFY(m_probe->promote().status.ok());
        // As `kubectl argo rollouts undo` does it: while the old pods are kept there is no pause.
        withArgo([](FakeArgo& argo) { argo.settle(); });
        push("shop:1");
        withArgo([](FakeArgo& argo) { argo.settle(); });
        QVERIFY(reaches(v1::ROLLOUT_STEP_ROLLED_BACK));
        QVERIFY(isActive("shop:1"));
        const std::string message = m_probe->shop().rollout().message();
        QVERIFY2(message.find("somebody else") != std::string::npos, message.c_str());
    }

    void withNoneOpenSomebodyElsesPromotionIsTakenAsItIs()
    {
        serve();
        awaitPromotion("shop:2");
        QVERIFY(m_probe->abort().status.ok());
        push("shop:3");
        promoteElsewhere();
        QVERIFY(waitUntil(
            [&] { return m_probe->shop().active() == v1::ROLLOUT_COLOUR_GREEN; }, kPatience));
        QVERIFY(isActive("shop:3"));
        const auto channel = socketChannel(*m_server);
        QVERIFY(
            waitUntil([&] { return auditCount(channel, "rollouts.drift.adopt") == 1; }, kPatience));
        QVERIFY2(
            m_probe->shop().problem().find("taken as it is") != std::string::npos,
            m_probe->shop().problem().c_str());
        // From there it goes on as ever.
        awaitPromotion("shop:4");
        QVERIFY(m_probe->promote().status.ok());
        QVERIFY(isActive("shop:4"));
        QVERIFY(m_probe->rollBackAtOnce().status.ok());
        QVERIFY(isActive("shop:3"));
        QCOMPARE(m_probe->shop().drifts_repaired(), 0);
    }

    void bothSidesAreComparedByTheirHashes()
    {
        // 200 responses a second of each side, of which a twentieth of the new one's are errors.
        serve(
            QStringLiteral(
                "compare_least = \"2s\"\n"
                "responses_query = \"label_replace(vector(time() * 200), 's', '$side', '', '')\"\n"
                "server_errors_query = \"label_replace(vector(time() * 10), 's', '$side', '', '') "
                "and "
                "on(s) label_replace(vector(1), 's', '%1', '', '')\"\n")
                .arg(QString::fromStdString(
                    withArgo([](FakeArgo& argo) { return argo.hashOf("shop:2"); }))));
        push("shop:2");
        QVERIFY(m_probe->start("2").status.ok());
        QVERIFY(reaches(v1::ROLLOUT_STEP_ABORTED));
        QVERIFY(m_probe->shop().rollout().evidence_size() == 1);
        QVERIFY(isActive("shop:1"));
    }

    void itsCommandsSayWhatTheySee()
    {
        serve();
        awaitPromotion("shop:2");
        const auto status = ctl({"rollouts", "status", "shop"});
        QCOMPARE(status.exitCode, 0);
        QVERIFY2(status.out.contains("revision 2 (shop:2): 2 of 2"), qPrintable(status.out));
        const auto step = ctl({"rollouts", "step", "shop", "--percent", "5"});
        QVERIFY(step.exitCode != 0);
        QVERIFY2(step.err.contains("cannot be split"), qPrintable(step.err));
    }
};

QTEST_GUILESS_MAIN(TestRolloutsArgo)
#include "tst_rollouts_argo.moc"
