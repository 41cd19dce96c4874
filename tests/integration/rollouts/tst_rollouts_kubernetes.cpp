// SPDX-License-Identifier: Apache-2.0
// Rollouts of a Service in a cluster, through the front door: a real server against an API that
// behaves as a cluster's does.
#include "tests/integration/rollouts/RolloutsTest.h"
#include "tests/support/kubernetes/FakeCluster.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <csignal>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

constexpr int kPatience = 60000;

} // namespace

class TestRolloutsKubernetes : public RolloutsTest
{
    Q_OBJECT

public:
    TestRolloutsKubernetes() : RolloutsTest(kPatience) {}

protected:
    void makeWorld() override
    {
        m_cluster = std::make_unique<FakeCluster>();
        writeConfig("{}");
    }
    void dropWorld() override { m_cluster.reset(); }

private:
    std::unique_ptr<FakeCluster> m_cluster;

    void writeConfig(const QString& user)
    {
        QFile file(m_folder + "/kubeconfig");
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(m_cluster->kubeconfig(user).toUtf8());
    }

    /// A server whose application has these further keys, on the data of the one before.
    void serve(const QString& keys, const QString& faults = {})
    {
        TestServer::Options options;
        options.folder = m_folder + "/server";
        QDir().mkpath(options.folder);
        options.config =
            QStringLiteral("[[rollouts.applications]]\nname = \"shop\"\n"
                           "driver = \"kubernetes\"\nkubeconfig = \"%1/kubeconfig\"\n"
                           "service = \"shop\"\npreview_service = \"shop-preview\"\n%2")
                .arg(m_folder, keys);
        options.faults = faults;
        launch(options);
    }

    std::string selected(const std::string& service = "shop")
    {
        return m_cluster->with([&](FakeObjects& objects) { return objects.selected(service); });
    }

    int replicas(const std::string& deployment)
    {
        return m_cluster->with(
            [&](FakeObjects& objects) { return objects.deployment(deployment).replicas; });
    }

private Q_SLOTS:
    void aRolloutGoesFromItsStartToItsEnd()
    {
        m_cluster->with([](FakeObjects& objects) {
            objects.deployment("shop-green").replicas = 0;
            objects.deployment("shop-green").isReady = false;
        });
        serve("compare = false\nkeep_warm = \"3s\"\ndrain_most = \"1s\"\n"
              "blue_deployment = \"shop-blue\"\ngreen_deployment = \"shop-green\"\n");
        QCOMPARE(m_probe->shop().driver(), std::string("kubernetes"));
        const auto started = m_probe->start("2.4.0");
        QVERIFY2(started.status.ok(), said(started.status).c_str());
        QVERIFY(waitUntil([&] { return replicas("shop-green") == 2; }, kPatience));
        QCOMPARE(m_probe->step(), v1::ROLLOUT_STEP_PLANNED);
        m_cluster->with(
            [](FakeObjects& objects) { objects.deployment("shop-green").isReady = true; });
        QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
        QVERIFY(!m_probe->shop().observation().counts_in_flight());
        const auto promoted = m_probe->promote();
        QVERIFY2(promoted.status.ok(), said(promoted.status).c_str());
        QCOMPARE(promoted.value.rollout().step(), v1::ROLLOUT_STEP_SWITCHED);
        QCOMPARE(selected(), std::string("green"));
        QCOMPARE(selected("shop-preview"), std::string("blue"));
        QCOMPARE(replicas("shop-blue"), 2);
        QVERIFY(reaches(v1::ROLLOUT_STEP_DONE));
        QCOMPARE(replicas("shop-blue"), 0);
        const auto receipt = m_probe->receipt(promoted.value.rollout().id());
        QStringList kinds;
        for (const auto& event : receipt.value.events()) {
            kinds << QString::fromStdString(event.kind());
        }
        QCOMPARE(
            kinds,
            (QStringList{
                "started",
                "servers",
                "preview-ready",
                "awaiting-promotion",
                "promoted",
                "switched",
                "draining",
                "done"}));
        QVERIFY(QString::fromStdString(receipt.value.events().rbegin()->message())
                    .endsWith("the servers of blue are stopped"));
        const auto channel = socketChannel(*m_server);
        QVERIFY(waitUntil([&] { return auditCount(channel, "rollouts.servers") == 1; }, kPatience));
    }

    void aPolicyScalesWhicheverSideHasTheTraffic()
    {
        m_cluster->with([](FakeObjects& objects) { objects.scale("shop-green", 0); });
        serve(
            "compare = false\nkeep_warm = \"3s\"\ndrain_most = \"1s\"\n"
            "blue_deployment = \"shop-blue\"\ngreen_deployment = \"shop-green\"\n" +
            scalingPolicy(5));
        const auto channel = socketChannel(*m_server);
        const auto hasScaled = [&](int times) {
            return waitUntil(
                [&] { return auditCount(channel, "scaling.scale") == times; }, kPatience);
        };
        QVERIFY(waitUntil([&] { return replicas("shop-blue") == 5; }, kPatience));
        QVERIFY(hasScaled(1));
        QCOMPARE(replicas("shop-green"), 0);
        // The candidate begins with as many.
        QVERIFY(m_probe->start("2.4.0").status.ok());
        QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
        QCOMPARE(replicas("shop-green"), 5);
        QVERIFY(waitUntil(
            [&] { return m_probe->shop().observation().green().servers_up() == 5; }, kPatience));
        const auto promoted = m_probe->promote();
        QVERIFY2(promoted.status.ok(), said(promoted.status).c_str());
        // What is kept warm could take over everything, until it is stopped.
        m_cluster->with([](FakeObjects& objects) { objects.scale("shop-green", 3); });
        QVERIFY(waitUntil([&] { return replicas("shop-green") == 5; }, kPatience));
        QVERIFY(hasScaled(2));
        QVERIFY(reaches(v1::ROLLOUT_STEP_DONE));
        QCOMPARE(replicas("shop-blue"), 0);
        QCOMPARE(replicas("shop-green"), 5);
        QVERIFY(m_probe->shop().problem().empty());
    }

    void rollingBackAndSomebodyElsesHands()
    {
        serve("compare = false\n");
        QVERIFY(m_probe->start().status.ok());
        QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
        QVERIFY(m_probe->promote().status.ok());
        QVERIFY(waitUntil(
            [&] { return m_probe->shop().observation().active() == v1::ROLLOUT_COLOUR_GREEN; },
            kPatience));
        // Somebody with kubectl.
        m_cluster->with([](FakeObjects& objects) { objects.select("shop", "blue"); });
        QVERIFY(waitUntil([&] { return selected() == "green"; }, kPatience));
        QVERIFY(waitUntil([&] { return m_probe->shop().drifts_repaired() == 1; }, kPatience));
        const auto back = m_probe->rollBackAtOnce();
        QVERIFY2(back.status.ok(), said(back.status).c_str());
        QCOMPARE(back.value.rollout().step(), v1::ROLLOUT_STEP_ROLLED_BACK);
        QCOMPARE(selected(), std::string("blue"));
    }

    void withoutDatabaseAndClusterItGoesBackOnceTheClusterAnswers()
    {
        serve("compare = false\n");
        QVERIFY(m_probe->start().status.ok());
        QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
        QVERIFY(m_probe->promote().status.ok());
        QCOMPARE(selected(), std::string("green"));
        const QList<qint64> pids = postgresProcesses(*m_server);
        QVERIFY(pids.size() > 2);
        m_cluster->hang("/");
        signalAll(pids, SIGSTOP);
        const auto back = m_probe->rollBackAtOnce();
        QVERIFY(!back.status.ok());
        QVERIFY2(
            said(back.status).find("is written down and is tried on") != std::string::npos,
            said(back.status).c_str());
        QCOMPARE(selected(), std::string("green"));
        m_cluster->hang("");
        // The database still hangs.
        const bool isBack = waitUntil([&] { return selected() == "blue"; }, kPatience);
        signalAll(pids, SIGCONT);
        QVERIFY(isBack);
        QVERIFY(waitUntil(
            [&] {
                const auto receipt = m_probe->receipt(m_probe->shop().rollout().id());
                return receipt.value.rollout().step() == v1::ROLLOUT_STEP_ROLLED_BACK;
            },
            kPatience));
        QCOMPARE(selected(), std::string("blue"));
        const auto channel = socketChannel(*m_server);
        QVERIFY(
            waitUntil([&] { return auditCount(channel, "rollouts.rollback") == 1; }, kPatience));
    }

    void aNewRevisionVoidsWhatWasPlanned()
    {
        serve("compare = false\n");
        QVERIFY(m_probe->start().status.ok());
        QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
        v1::PromoteRolloutRequest promote;
        promote.set_application("shop");
        promote.set_validate_only(true);
        const auto plan = call(m_probe->stub(), &RolloutProbe::Stub::PromoteRollout, promote);
        QVERIFY(plan.status.ok());
        m_cluster->with(
            [](FakeObjects& objects) { objects.deployment("shop-green").revision = "r2"; });
        promote.set_validate_only(false);
        promote.mutable_confirmation()->set_plan_digest(plan.value.plan().digest());
        const auto promoted = call(m_probe->stub(), &RolloutProbe::Stub::PromoteRollout, promote);
        QVERIFY(absl::IsFailedPrecondition(promoted.status));
        QVERIFY2(
            said(promoted.status).find("r2") != std::string::npos, said(promoted.status).c_str());
        QCOMPARE(selected(), std::string("blue"));
    }

    void aRevisionThatComesAfterTheDecisionIsNotSwitchedTo()
    {
        serve("compare = false\n");
        QVERIFY(m_probe->start().status.ok());
        QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
        m_server->stop();
        serve("compare = false\n", "rollouts.after_intent=1");
        QVERIFY(waitUntil([&] { return m_probe->shop().gates_size() > 0; }, kPatience));
        QVERIFY(!m_probe->promote().status.ok());
        QVERIFY(waitUntil([&] { return !m_server->isRunning(); }, kPatience));
        m_cluster->with(
            [](FakeObjects& objects) { objects.deployment("shop-green").revision = "r2"; });
        serve("compare = false\n");
        QVERIFY(reaches(v1::ROLLOUT_STEP_ROLLED_BACK));
        QCOMPARE(selected(), std::string("blue"));
        const std::string message = m_probe->shop().rollout().message();
        QVERIFY2(message.find("green runs r2") != std::string::npos, message.c_str());
    }

    void trafficIsNotSwitchedToWhereNoServerIs()
    {
        serve("compare = false\n");
        // Somebody with kubectl, who knows what is left.
        m_cluster->with([](FakeObjects& objects) {
            objects.scale("shop-blue", 0);
            objects.select("shop", "green");
        });
        QVERIFY(waitUntil(
            [&] { return m_probe->shop().active() == v1::ROLLOUT_COLOUR_GREEN; }, kPatience));
        QCOMPARE(selected(), std::string("green"));
        const auto channel = socketChannel(*m_server);
        QVERIFY(
            waitUntil([&] { return auditCount(channel, "rollouts.drift.adopt") == 1; }, kPatience));
        QCOMPARE(m_probe->shop().drifts_repaired(), 0);
        // With a rollout open it is told, and left.
        m_cluster->with([](FakeObjects& objects) { objects.scale("shop-blue", 2); });
        QVERIFY(m_probe->start().status.ok());
        QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
        m_cluster->with([](FakeObjects& objects) {
            objects.scale("shop-green", 0);
            objects.select("shop", "blue");
        });
        QVERIFY(waitUntil(
            [&] {
                return m_probe->shop().problem().find("no server of green is up") !=
                       std::string::npos;
            },
            kPatience));
        QCOMPARE(selected(), std::string("blue"));
        QVERIFY(m_probe->abort().status.ok());
        QVERIFY(waitUntil(
            [&] { return m_probe->shop().active() == v1::ROLLOUT_COLOUR_BLUE; }, kPatience));
        QCOMPARE(selected(), std::string("blue"));
    }

    void killedBetweenPatchAndRecordItIsDoneAfterwards()
    {
        serve("compare = false\n");
        QVERIFY(m_probe->start().status.ok());
        QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
        for (const char* place :
             {"rollouts.before_act", "rollouts.after_patch", "rollouts.after_act"}) {
            m_server->stop();
            serve("compare = false\n", QString(place) + "=1");
            QVERIFY(waitUntil([&] { return m_probe->shop().gates_size() > 0; }, kPatience));
            QVERIFY(!m_probe->promote().status.ok());
            QVERIFY(waitUntil([&] { return !m_server->isRunning(); }, kPatience));
            serve("compare = false\n");
            QVERIFY(reaches(v1::ROLLOUT_STEP_SWITCHED));
            QCOMPARE(selected(), std::string("green"));
            QVERIFY(m_probe->rollBackAtOnce().status.ok());
            QCOMPARE(selected(), std::string("blue"));
            QVERIFY(m_probe->start().status.ok());
            QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
        }
    }

    void killedWhileItStopsTheOldSideItIsDoneAfterwards_data()
    {
        QTest::addColumn<QString>("place");
        QTest::newRow("before") << "rollouts.before_release";
        QTest::newRow("after") << "rollouts.after_release";
    }

    void killedWhileItStopsTheOldSideItIsDoneAfterwards()
    {
        QFETCH(QString, place);
        const QString keys = QStringLiteral("compare = false\nkeep_warm = \"1s\"\n"
                                            "drain_most = \"0s\"\n"
                                            "blue_deployment = \"shop-blue\"\n"
                                            "green_deployment = \"shop-green\"\n");
        serve(keys, place + "=1");
        QVERIFY(m_probe->start().status.ok());
        QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
        QVERIFY(m_probe->promote().status.ok());
        QVERIFY(waitUntil([&] { return !m_server->isRunning(); }, kPatience));
        QCOMPARE(replicas("shop-blue"), place.contains("before") ? 2 : 0);
        serve(keys);
        QVERIFY(reaches(v1::ROLLOUT_STEP_DONE));
        QCOMPARE(replicas("shop-blue"), 0);
        QCOMPARE(replicas("shop-green"), 2);
        QCOMPARE(selected(), std::string("green"));
    }

    void aTokenThatEndsIsTold()
    {
        m_cluster->setToken("first");
        writeConfig("{token: first}");
        serve("compare = false\n");
        m_cluster->setToken("second");
        QVERIFY(waitUntil(
            [&] { return m_probe->shop().problem().find("Unauthorized") != std::string::npos; },
            kPatience));
        writeConfig("{token: second}");
        QVERIFY(waitUntil([&] { return m_probe->shop().problem().empty(); }, kPatience));
    }

    void bothSidesAreComparedByQueries_data()
    {
        QTest::addColumn<QString>("errors");
        QTest::addColumn<QString>("slow");
        QTest::addColumn<int>("step");
        QTest::addColumn<QString>("says");
        // 200 responses a second of each side; of green's, a tenth may be errors, or slow.
        const QString some = R"(label_replace(vector(time() * 20), 'side', '$side', '', '')
                                unless on(side) label_replace(vector(1), 'side', 'blue', '', ''))";
        const QString none = "vector(0) + 0 * label_replace(vector(1), 's', '$side', '', '')";
        const QString both = "label_replace(vector(time() * 0.2), 's', '$side', '', '')";
        const int good = v1::ROLLOUT_STEP_AWAITING_PROMOTION;
        QTest::newRow("good") << none << QString() << good << "";
        QTest::newRow("bad") << some.simplified() << QString() << int(v1::ROLLOUT_STEP_ABORTED)
                             << "server errors: ";
        QTest::newRow("as slow as the other") << none << both << good << "";
        QTest::newRow("late") << none << some.simplified() << int(v1::ROLLOUT_STEP_ABORTED)
                              << "slow responses: ";
    }

    void bothSidesAreComparedByQueries()
    {
        QFETCH(QString, errors);
        QFETCH(QString, slow);
        QFETCH(int, step);
        QFETCH(QString, says);
        serve(
            QStringLiteral(
                "compare_least = \"2s\"\n"
                "responses_query = \"label_replace(vector(time() * 200), 's', '$side', '', '')\"\n"
                "server_errors_query = \"%1\"\n%2")
                .arg(
                    errors,
                    slow.isEmpty() ? QString()
                                   : QStringLiteral("slow_responses_query = \"%1\"\n").arg(slow)));
        QVERIFY(m_probe->start().status.ok());
        QVERIFY(reaches(static_cast<v1::RolloutStep>(step)));
        const v1::RolloutApplication shop = m_probe->shop();
        QVERIFY(shop.observation().counts_responses());
        QCOMPARE(shop.rollout().evidence_size(), slow.isEmpty() ? 1 : 2);
        QVERIFY2(
            shop.rollout().message().find(says.toStdString()) != std::string::npos,
            shop.rollout().message().c_str());
        QCOMPARE(selected(), std::string("blue"));
    }

    void itsCommandsSayWhatTheySee()
    {
        serve("compare = false\n");
        QVERIFY(m_probe->start().status.ok());
        const auto status = ctl({"rollouts", "status", "shop"});
        QCOMPARE(status.exitCode, 0);
        QVERIFY2(status.out.contains("selector colour=blue: 2 of 2"), qPrintable(status.out));
        QVERIFY(!status.out.contains("under way"));
        const auto step = ctl({"rollouts", "step", "shop", "--percent", "5"});
        QVERIFY(step.exitCode != 0);
        QVERIFY2(step.err.contains("cannot be split"), qPrintable(step.err));
    }
};

QTEST_GUILESS_MAIN(TestRolloutsKubernetes)
#include "tst_rollouts_kubernetes.moc"
