// SPDX-License-Identifier: Apache-2.0
// Policies that act, through the front door: a real server against an API that behaves as a
// cluster's does.
#include "tests/integration/scaling/ScalingTest.h"
#include "tests/support/kubernetes/FakeCluster.h"

#include <QFile>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

constexpr const char* kPatch = "PATCH /apis/apps/v1";

} // namespace

class TestScalingKubernetes : public ScalingTest
{
    Q_OBJECT

private:
    std::unique_ptr<FakeCluster> m_cluster;

    /// A policy that scales a Deployment, a hundred for each instance.
    QString policy(
        const QString& keys = {},
        const QString& name = QStringLiteral("shop"),
        const QString& deployment = QStringLiteral("shop-blue"))
    {
        return QStringLiteral("[[scaling.policies]]\nname = \"%1\"\nmode = \"act\"\n"
                              "kubeconfig = \"%2/kubeconfig\"\ndeployment = \"%3\"\n"
                              "maximum = 20\ndown_stabilisation = \"1h\"\n%4")
                   .arg(name, m_folder, deployment, keys) +
               loadMetric(100, name);
    }

    int replicas(const std::string& deployment = "shop-blue")
    {
        return m_cluster->with(
            [&](FakeObjects& objects) { return objects.deployment(deployment).replicas; });
    }

    bool scalesTo(int instances, const std::string& deployment = "shop-blue")
    {
        return waitUntil([&] { return replicas(deployment) == instances; }, kPatience);
    }

    bool hasActed(v1::ScalingAct act, int times)
    {
        return waitUntil([&] { return count(act) == times; }, kPatience);
    }

private Q_SLOTS:
    void init()
    {
        beginTest();
        m_cluster = std::make_unique<FakeCluster>();
        QFile file(m_folder + QStringLiteral("/kubeconfig"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(m_cluster->kubeconfig().toUtf8());
    }

    void cleanup()
    {
        endTest();
        m_cluster.reset();
    }

    void scalesWithTheLoad()
    {
        serve(policy("down_stabilisation = \"1s\"\n").replace("down_stabilisation = \"1h\"\n", ""));
        QVERIFY(recommends(2));
        QCOMPARE(replicas(), 2);
        QCOMPARE(state().policy().target(), std::string("Deployment shop-blue"));
        setLoad(470);
        QVERIFY(scalesTo(5));
        QVERIFY(hasActed(v1::SCALING_ACT_DONE, 1));
        QCOMPARE(
            newest(v1::SCALING_ACT_DONE).decision().text(),
            std::string("470 / 100 jobs = 4.70 → 5"));
        QVERIFY(waitUntil([&] { return state().last().current() == 5; }, kPatience));
        QVERIFY(isAudited("scaling.scale", 1));
        setLoad(90);
        QVERIFY(scalesTo(1));
        QVERIFY(hasActed(v1::SCALING_ACT_DONE, 2));
        QVERIFY(isAudited("scaling.scale", 2));
    }

    void aRateLimitsEachStep()
    {
        serve(policy("up_policies = [\"1 / 10m\"]\n"));
        QVERIFY(recommends(2));
        setLoad(1500);
        QVERIFY(scalesTo(3));
        QVERIFY(waitUntil(
            [&] {
                return state().last().text().find("limited to 3 by +1 in 10 min") !=
                       std::string::npos;
            },
            kPatience));
        // Another process knows what was done.
        serve(policy("up_policies = [\"1 / 10m\"]\n"));
        QVERIFY(looksAgain());
        QVERIFY2(
            state().last().text().find("limited to 3 by +1 in 10 min") != std::string::npos,
            state().last().text().c_str());
        QCOMPARE(replicas(), 3);
        QVERIFY(isAudited("scaling.scale", 1));
    }

    void somebodyElseIsQuicker()
    {
        serve(policy());
        QVERIFY(recommends(2));
        m_cluster->beforePatch([](FakeObjects& objects) { objects.scale("shop-blue", 3); });
        setLoad(500);
        QVERIFY(scalesTo(5));
        QVERIFY(hasActed(v1::SCALING_ACT_DONE, 1));
        // The first was of two instances, and did nothing to three.
        QCOMPARE(count(v1::SCALING_ACT_SUPERSEDED), 1);
        QCOMPARE(newest(v1::SCALING_ACT_DONE).decision().current(), 3);
        QVERIFY(isAudited("scaling.scale", 2));
    }

    void whatOnlyLooksNewerIsTriedAgain()
    {
        serve(policy());
        QVERIFY(recommends(2));
        // As a controller does, which tells how far its pods are.
        m_cluster->beforePatch([](FakeObjects& objects) { objects.scale("shop-blue", 2); });
        setLoad(500);
        QVERIFY(scalesTo(5));
        QVERIFY(hasActed(v1::SCALING_ACT_DONE, 1));
        QCOMPARE(count(v1::SCALING_ACT_SUPERSEDED), 0);
        QCOMPARE(m_cluster->countOf(kPatch), 2);
        QVERIFY(isAudited("scaling.scale", 1));
    }

    void aClusterThatHangsHoldsUpItsPolicyAlone()
    {
        serve(policy() + policy({}, "other", "shop-green"));
        QVERIFY(recommends(2));
        QVERIFY(recommends(2, "other"));
        m_cluster->hang("shop-blue");
        setLoad(500);
        QVERIFY(scalesTo(5, "shop-green"));
        QCOMPARE(replicas(), 2);
        QVERIFY(hasProblem("did not answer in 2s"));
        m_cluster->hang("");
        QVERIFY(scalesTo(5));
    }

    void anAnswerThatIsLostIsFoundAgain()
    {
        serve(policy());
        QVERIFY(recommends(2));
        m_cluster->loseAnswer(kPatch);
        setLoad(500);
        QVERIFY(scalesTo(5));
        QVERIFY(hasActed(v1::SCALING_ACT_DONE, 1));
        // The connection may have sent it again by itself, and then it was refused.
        QVERIFY(m_cluster->countOf(kPatch) <= 2);
        QVERIFY(isAudited("scaling.scale", 1));
    }

    void whatIsRefusedIsToldOnceAndTriedAgain()
    {
        serve(policy());
        QVERIFY(recommends(2));
        m_cluster->fail(kPatch, 403, 3);
        setLoad(500);
        QVERIFY(scalesTo(5));
        QVERIFY(hasActed(v1::SCALING_ACT_DONE, 1));
        QCOMPARE(m_cluster->countOf(kPatch), 4);
        QVERIFY(isAudited("scaling.scale", 1));
        QVERIFY(isAudited("scaling.scale", 1, v1::AUDIT_OUTCOME_FAILED));
        QVERIFY(waitUntil([&] { return state().problem().empty(); }, kPatience));
    }

    void killedItIsDoneOnce_data()
    {
        QTest::addColumn<QString>("place");
        QTest::newRow("between decision and act") << "scaling.after_intent";
        QTest::newRow("between act and record") << "scaling.after_act";
    }

    void killedItIsDoneOnce()
    {
        QFETCH(QString, place);
        serve(policy(), place + "=1");
        QVERIFY(recommends(2));
        setLoad(500);
        QVERIFY(waitUntil([&] { return !m_server->isRunning(); }, kPatience));
        QCOMPARE(replicas(), place.contains("intent") ? 2 : 5);
        serve(policy());
        QVERIFY(scalesTo(5));
        QVERIFY(hasActed(v1::SCALING_ACT_DONE, 1));
        QCOMPARE(count(v1::SCALING_ACT_PENDING), 0);
        QCOMPARE(m_cluster->countOf(kPatch), 1);
        // One line a decision: before it is scraped again, the load may be that of before.
        QVERIFY(isAudited("scaling.scale", 1 + count(v1::SCALING_ACT_SUPERSEDED)));
    }

    void killedAndHeldUpItIsNotDone()
    {
        serve(policy(), "scaling.after_intent=1");
        QVERIFY(recommends(2));
        setLoad(500);
        QVERIFY(waitUntil([&] { return !m_server->isRunning(); }, kPatience));
        serve(policy().replace("mode = \"act\"", "mode = \"recommend\""));
        QVERIFY(hasActed(v1::SCALING_ACT_SUPERSEDED, 1));
        QCOMPARE(replicas(), 2);
        QCOMPARE(m_cluster->countOf(kPatch), 0);
    }

    void aPauseHoldsItUp()
    {
        serve(policy());
        QVERIFY(recommends(2));
        const auto paused = pause("shop", "load test");
        QVERIFY2(paused.status.ok(), said(paused.status).c_str());
        QCOMPARE(pause().status.code(), absl::StatusCode::kFailedPrecondition);
        QVERIFY(waitUntil([&] { return state().has_pause(); }, kPatience));
        QCOMPARE(state().pause().reason(), std::string("load test"));
        setLoad(500);
        QVERIFY(recommends(5));
        QCOMPARE(replicas(), 2);
        QCOMPARE(m_cluster->countOf(kPatch), 0);
        // Also after a restart.
        serve(policy());
        QVERIFY(looksAgain());
        QVERIFY(recommends(5));
        QVERIFY(state().has_pause());
        QCOMPARE(replicas(), 2);
        const auto resumed = resume();
        QVERIFY2(resumed.status.ok(), said(resumed.status).c_str());
        QVERIFY(scalesTo(5));
        QCOMPARE(resume().status.code(), absl::StatusCode::kFailedPrecondition);
        QVERIFY(isAudited("scaling.policies.pause", 1));
        QVERIFY(isAudited("scaling.policies.resume", 1));
    }

    void anotherAutoscalerIsNotFought()
    {
        m_cluster->with(
            [](FakeObjects& objects) { objects.autoscalers()["shop-hpa"] = "shop-blue"; });
        serve(policy());
        setLoad(500);
        QVERIFY(hasProblem("the HorizontalPodAutoscaler shop-hpa scales the same Deployment"));
        QVERIFY(recommends(5));
        QCOMPARE(replicas(), 2);
        QCOMPARE(m_cluster->countOf(kPatch), 0);
    }

    void whatSomebodyStoppedStaysStopped()
    {
        m_cluster->with([](FakeObjects& objects) { objects.scale("shop-blue", 0); });
        serve(policy());
        QVERIFY(hasProblem("there are 0 instances"));
        QCOMPARE(replicas(), 0);
        m_cluster->with([](FakeObjects& objects) { objects.scale("shop-blue", 1); });
        QVERIFY(scalesTo(2));
    }

    void aMetricThatIsGoneTakesNothingAway()
    {
        serve(
            policy("down_stabilisation = \"0s\"\n").replace("down_stabilisation = \"1h\"\n", "") +
            "[[scaling.metrics]]\npolicy = \"shop\"\nname = \"queue\"\n"
            "expression = \"max(nothing_has_this_name)\"\ntarget = 5\nmeasures = \"total\"\n");
        QVERIFY(hasProblem("queue: the expression has no answer"));
        setLoad(100);
        QVERIFY(waitUntil(
            [&] {
                return state().last().text().find("never fewer while a metric") !=
                       std::string::npos;
            },
            kPatience));
        QCOMPARE(replicas(), 2);
        setLoad(400);
        QVERIFY(scalesTo(4));
    }
};

QTEST_GUILESS_MAIN(TestScalingKubernetes)
#include "tst_scaling_kubernetes.moc"
