// SPDX-License-Identifier: Apache-2.0
// Rollouts of a Service in a cluster, through the front door: a real server against an API that
// behaves as a cluster's does.
#include "tests/integration/rollouts/RolloutProbe.h"
#include "tests/support/Programs.h"
#include "tests/support/kubernetes/FakeCluster.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

constexpr int kPatience = 60000;

std::string said(const absl::Status& status)
{
    return std::string(status.message());
}

} // namespace

class TestRolloutsKubernetes : public QObject
{
    Q_OBJECT

private:
    QString m_folder;
    std::unique_ptr<FakeCluster> m_cluster;
    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<RolloutProbe> m_probe;

    void writeConfig(const QString& user)
    {
        QFile file(m_folder + "/kubeconfig");
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QStringLiteral("current-context: main\n"
                                  "contexts: [{name: main, context: {cluster: c, user: u, "
                                  "namespace: shop-space}}]\n"
                                  "clusters: [{name: c, cluster: {server: '%1'}}]\n"
                                  "users: [{name: u, user: %2}]\n")
                       .arg(m_cluster->url(), user)
                       .toUtf8());
    }

    /// A server whose application has these further keys, on the data of the one before.
    void serve(const QString& keys)
    {
        TestServer::Options options;
        options.folder = m_folder + "/server";
        QDir().mkpath(options.folder);
        options.config =
            QStringLiteral("[[rollouts.applications]]\nname = \"shop\"\n"
                           "driver = \"kubernetes\"\nkubeconfig = \"%1/kubeconfig\"\n"
                           "service = \"shop\"\npreview_service = \"shop-preview\"\n%2")
                .arg(m_folder, keys);
        m_probe.reset();
        m_server.reset();
        m_server = std::make_unique<TestServer>(options);
        const bool isUp = m_server->start();
        m_probe = std::make_unique<RolloutProbe>(socketChannel(*m_server));
        QVERIFY2(isUp, qPrintable(m_server->log()));
        QVERIFY(waitUntil(
            [&] { return m_probe->shop().active() != v1::ROLLOUT_COLOUR_UNSPECIFIED; }, kPatience));
    }

    bool reaches(v1::RolloutStep step)
    {
        return waitUntil([&] { return m_probe->step() == step; }, kPatience);
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
    void init()
    {
        m_folder = makeWorkFolder();
        m_cluster = std::make_unique<FakeCluster>();
        writeConfig("{}");
    }

    void cleanup()
    {
        m_probe.reset();
        m_server.reset();
        m_cluster.reset();
        QDir(m_folder).removeRecursively();
    }

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
                "servers",
                "done"}));
        const auto channel = socketChannel(*m_server);
        QVERIFY(waitUntil([&] { return auditCount(channel, "rollouts.servers") == 2; }, kPatience));
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

    void killedBetweenPatchAndRecordItIsDoneAfterwards()
    {
        serve("compare = false\n");
        QVERIFY(m_probe->start().status.ok());
        QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
        for (const char* place :
             {"rollouts.before_act", "rollouts.after_patch", "rollouts.after_act"}) {
            m_server->stop();
            qputenv("PILOTHOUSE_FAULTS", QByteArray(place) + "=1");
            serve("compare = false\n");
            qunsetenv("PILOTHOUSE_FAULTS");
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
        QTest::addColumn<int>("step");
        // 200 responses a second of each side; of green's, a tenth may be errors.
        const QString some = R"(label_replace(vector(time() * 20), 'side', '$side', '', '')
                                unless on(side) label_replace(vector(1), 'side', 'blue', '', ''))";
        QTest::newRow("good") << "vector(0) + 0 * label_replace(vector(1), 's', '$side', '', '')"
                              << int(v1::ROLLOUT_STEP_AWAITING_PROMOTION);
        QTest::newRow("bad") << QString(some).simplified() << int(v1::ROLLOUT_STEP_ABORTED);
    }

    void bothSidesAreComparedByQueries()
    {
        QFETCH(QString, errors);
        QFETCH(int, step);
        serve(
            QStringLiteral(
                "compare_least = \"2s\"\n"
                "responses_query = \"label_replace(vector(time() * 200), 's', '$side', '', '')\"\n"
                "server_errors_query = \"%1\"\n")
                .arg(errors));
        QVERIFY(m_probe->start().status.ok());
        QVERIFY(reaches(static_cast<v1::RolloutStep>(step)));
        QVERIFY(m_probe->shop().observation().counts_responses());
        QCOMPARE(selected(), std::string("blue"));
    }

    void itsCommandsSayWhatTheySee()
    {
        serve("compare = false\n");
        QVERIFY(m_probe->start().status.ok());
        const auto status = runProgram(
            "pilothousectl",
            {"--server", m_server->socketAddress(), "rollouts", "status", "shop"},
            kPatience);
        QCOMPARE(status.exitCode, 0);
        QVERIFY2(status.out.contains("selector colour=blue: 2 of 2"), qPrintable(status.out));
        QVERIFY(!status.out.contains("under way"));
        const auto step = runProgram(
            "pilothousectl",
            {"--server", m_server->socketAddress(), "rollouts", "step", "shop", "--percent", "5"},
            kPatience);
        QVERIFY(step.exitCode != 0);
        QVERIFY2(step.err.contains("cannot be split"), qPrintable(step.err));
    }
};

QTEST_GUILESS_MAIN(TestRolloutsKubernetes)
#include "tst_rollouts_kubernetes.moc"
