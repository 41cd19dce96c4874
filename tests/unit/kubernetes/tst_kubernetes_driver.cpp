// SPDX-License-Identifier: Apache-2.0
// The driver against a cluster's API that behaves as a real one does where it matters.
#include "server/rollouts/KubernetesDriver.h"
#include "shared/base/Clock.h"
#include "shared/base/StatusHelpers.h"
#include "tests/support/kubernetes/FakeCluster.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::rollouts;
using pilothouse::test::FakeCluster;
using pilothouse::test::FakeObjects;

namespace {

const SwitchRight kRight{"realm", 7};
const Routing kGreen{Colour::Green, 0};
const Routing kBlue{Colour::Blue, 0};

QString said(const absl::Status& status)
{
    return QString::fromStdString(describe(status));
}

} // namespace

class TestKubernetesDriver : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<FakeCluster> m_cluster;
    std::unique_ptr<QTemporaryDir> m_folder;

    QString configPath() const { return m_folder->filePath("kubeconfig"); }

    void writeConfig(const QString& user)
    {
        QFile file(configPath());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(m_cluster->kubeconfig(user).toUtf8());
    }

    config::RolloutApplication application() const
    {
        config::RolloutApplication one;
        one.name = "shop";
        one.driver = "kubernetes";
        one.kubeconfig = configPath().toStdString();
        one.service = "shop";
        one.previewService = "shop-preview";
        one.blueDeployment = "shop-blue";
        one.greenDeployment = "shop-green";
        return one;
    }

    std::unique_ptr<KubernetesDriver> driver() const
    {
        return std::make_unique<KubernetesDriver>(application(), systemClock(), nullptr);
    }

    std::string selected(const std::string& service)
    {
        return m_cluster->with([&](FakeObjects& objects) { return objects.selected(service); });
    }

    int replicas(const std::string& name)
    {
        return m_cluster->with(
            [&](FakeObjects& objects) { return objects.deployment(name).replicas; });
    }

private Q_SLOTS:
    void init()
    {
        m_cluster = std::make_unique<FakeCluster>();
        m_folder = std::make_unique<QTemporaryDir>();
        writeConfig("{}");
    }

    void cleanup() { m_cluster.reset(); }

    void itSeesWhatIs()
    {
        m_cluster->with([](FakeObjects& objects) {
            objects.deployment("shop-green").isReady = false;
            objects.deployment("shop-green").replicas = 3;
            objects.deployment("shop-green").restarts = 4;
        });
        const auto seen = driver()->observe();
        QVERIFY2(seen.ok(), qPrintable(said(seen.status())));
        QVERIFY(seen->isRouted(kBlue));
        QCOMPARE(seen->blue.serversUp, 2);
        QCOMPARE(seen->blue.serversTotal, 2);
        QCOMPARE(seen->blue.servers, std::string("r1"));
        QCOMPARE(seen->blue.backend, std::string("colour=blue"));
        QCOMPARE(seen->green.serversUp, 0);
        QCOMPARE(seen->green.serversTotal, 3);
        QCOMPARE(seen->green.timesDown, 12);
        QVERIFY(!seen->countsInFlight && !seen->countsResponses);
        m_cluster->with([](FakeObjects& objects) { objects.select("shop", "red"); });
        const auto foreign = driver()->observe();
        QVERIFY(foreign.ok());
        QVERIFY(!foreign->active);
        QCOMPARE(foreign->found, std::string("colour=red"));
    }

    void aSwitchIsThereWhenItsEndpointsAre()
    {
        m_cluster->with(
            [](FakeObjects& objects) { objects.setLag(std::chrono::milliseconds(150)); });
        const auto one = driver();
        const absl::Status switched = one->route({kGreen, kRight});
        QVERIFY2(switched.ok(), qPrintable(said(switched)));
        m_cluster->with([](FakeObjects& objects) {
            const std::string pod = objects.slice("shop")["endpoints"][0]["targetRef"]["name"];
            QCOMPARE(pod, std::string("shop-green-r1-0"));
            const std::string fence =
                objects.service("shop")["metadata"]["annotations"]["pilothouse/fence"];
            QCOMPARE(fence, std::string("realm:7"));
        });
        QCOMPARE(selected("shop-preview"), std::string("blue"));
        QCOMPARE(one->observe()->fence, 7);
        // Again: nothing is written.
        const int patches = m_cluster->countOf("PATCH");
        QVERIFY(one->route({kGreen, kRight}).ok());
        QCOMPARE(m_cluster->countOf("PATCH"), patches);
    }

    void anEarlierLeaderIsRefused()
    {
        const auto one = driver();
        QVERIFY(one->route({kGreen, kRight}).ok());
        QVERIFY(absl::IsAborted(one->route({kBlue, {"realm", 6}})));
        QCOMPARE(selected("shop"), std::string("green"));
        // Numbers of another database say nothing.
        QVERIFY(one->route({kBlue, {"another", 1}}).ok());
        QCOMPARE(selected("shop"), std::string("blue"));
    }

    void whoeverWasQuickerIsSeen()
    {
        // Somebody else annotates the Service between look and patch: it is looked at again, and
        // nothing of theirs is lost.
        m_cluster->beforePatch([](FakeObjects& objects) {
            objects.service("shop")["metadata"]["annotations"]["owner"] = "team";
            objects.service("shop")["metadata"]["resourceVersion"] = "55";
        });
        const auto one = driver();
        QVERIFY(one->route({kGreen, kRight}).ok());
        m_cluster->with([](FakeObjects& objects) {
            const std::string owner = objects.service("shop")["metadata"]["annotations"]["owner"];
            QCOMPARE(owner, std::string("team"));
        });
        // A later leader switches in the same moment: it is not switched back.
        m_cluster->beforePatch([](FakeObjects& objects) {
            objects.service("shop")["metadata"]["annotations"]["pilothouse/fence"] = "realm:9";
        });
        QVERIFY(absl::IsAborted(one->route({kBlue, {"realm", 8}})));
        QCOMPARE(selected("shop"), std::string("green"));
    }

    void refusalsOfTheCluster_data()
    {
        QTest::addColumn<QString>("part");
        QTest::addColumn<int>("code");
        QTest::addColumn<int>("times");
        QTest::addColumn<bool>("isDone");
        QTest::newRow("one conflict") << "PATCH" << 409 << 1 << true;
        QTest::newRow("failed tests") << "PATCH" << 422 << 3 << true;
        QTest::newRow("conflicts without end") << "PATCH" << 409 << 1000 << false;
        QTest::newRow("media type") << "PATCH" << 415 << 1 << false;
        QTest::newRow("no patience") << "PATCH" << 429 << 1 << false;
        QTest::newRow("in trouble") << "PATCH" << 503 << 1 << false;
        QTest::newRow("forbidden") << "PATCH" << 403 << 1 << false;
        QTest::newRow("no endpoints to see") << "endpointslices" << 403 << 1000 << false;
        QTest::newRow("version too old") << "watch=true" << 410 << 1 << true;
    }

    void refusalsOfTheCluster()
    {
        QFETCH(QString, part);
        QFETCH(int, code);
        QFETCH(int, times);
        QFETCH(bool, isDone);
        m_cluster->with(
            [](FakeObjects& objects) { objects.setLag(std::chrono::milliseconds(100)); });
        m_cluster->fail(part.toStdString(), code, times);
        const auto one = driver();
        const absl::Status switched = one->route({kGreen, kRight});
        QVERIFY2(switched.ok() == isDone, qPrintable(said(switched)));
        // Asked again, when the cluster is in order, it is done.
        if (!isDone && times == 1) {
            const absl::Status again = one->route({kGreen, kRight});
            QVERIFY2(again.ok(), qPrintable(said(again)));
            QCOMPARE(selected("shop"), std::string("green"));
        }
    }

    void aWatchThatIsCutIsNoEnd()
    {
        m_cluster->setDropsWatches(true);
        m_cluster->with(
            [](FakeObjects& objects) { objects.setLag(std::chrono::milliseconds(300)); });
        const absl::Status switched = driver()->route({kGreen, kRight});
        QVERIFY2(switched.ok(), qPrintable(said(switched)));
        QVERIFY(m_cluster->countOf("watch=true") > 1);
    }

    void aClusterThatForgetsIsNotBelieved()
    {
        m_cluster->with([](FakeObjects& objects) { objects.setForgetful(true); });
        const absl::Status switched = driver()->route({kGreen, kRight});
        QVERIFY(absl::IsUnavailable(switched));
        QVERIFY2(said(switched).contains("did not make it"), qPrintable(said(switched)));
    }

    void backToASideWithoutPodsThatAreReady()
    {
        const auto one = driver();
        QVERIFY(one->route({kGreen, kRight}).ok());
        m_cluster->with(
            [](FakeObjects& objects) { objects.deployment("shop-blue").isReady = false; });
        // Whether that is wise is others' to say; the Service goes where it shall.
        QVERIFY(one->route({kBlue, kRight}).ok());
        QCOMPARE(selected("shop"), std::string("blue"));
    }

    void theCandidateIsStartedAndTheOldSideStopped()
    {
        m_cluster->with([](FakeObjects& objects) {
            objects.deployment("shop-green").replicas = 0;
            objects.deployment("shop-blue").replicas = 5;
            objects.select("shop-preview", "blue");
        });
        const auto one = driver();
        const auto prepared = one->prepare(Colour::Green, 1, kRight);
        QVERIFY2(prepared.ok() && *prepared, qPrintable(said(prepared.status())));
        QCOMPARE(selected("shop-preview"), std::string("green"));
        QCOMPARE(replicas("shop-green"), 5);
        QVERIFY(!*one->prepare(Colour::Green, 1, kRight));
        // Never the side with the traffic.
        QVERIFY(absl::IsFailedPrecondition(one->release(Colour::Blue)));
        QVERIFY(one->route({kGreen, kRight}).ok());
        QVERIFY(one->runsServers());
        QVERIFY(one->release(Colour::Blue).ok());
        QCOMPARE(replicas("shop-blue"), 0);
        QVERIFY(one->release(Colour::Blue).ok());
        QCOMPARE(replicas("shop-blue"), 0);
        QCOMPARE(replicas("shop-green"), 5);
    }

    void eachSideThatRunsIsScaled()
    {
        const auto one = driver();
        QVERIFY(one->canScale());
        const auto seen = one->serverCount();
        QVERIFY2(seen.ok(), qPrintable(said(seen.status())));
        QCOMPARE(seen->wanted, 2);
        QCOMPARE(seen->obstacle, std::string());
        QVERIFY(one->scale(*seen, 5).ok());
        QCOMPARE(replicas("shop-blue"), 5);
        QCOMPARE(replicas("shop-green"), 5);
        // It is not as it was seen any more.
        QVERIFY(absl::IsAborted(one->scale(*seen, 7)));
        QCOMPARE(replicas("shop-green"), 5);
        // A side that is stopped stays so.
        m_cluster->with([](FakeObjects& objects) { objects.scale("shop-green", 0); });
        QVERIFY(one->scale(*one->serverCount(), 3).ok());
        QCOMPARE(replicas("shop-blue"), 3);
        QCOMPARE(replicas("shop-green"), 0);
    }

    void aScaleThatBreaksOffIsDoneAgain()
    {
        const auto one = driver();
        const auto seen = one->serverCount();
        m_cluster->fail("PATCH /apis/apps/v1/namespaces/shop-space/deployments/shop-blue", 503, 1);
        QVERIFY(absl::IsUnavailable(one->scale(*seen, 4)));
        QCOMPARE(replicas("shop-green"), 4);
        QCOMPARE(one->serverCount()->wanted, 2);
        QVERIFY(one->scale(*one->serverCount(), 4).ok());
        QCOMPARE(replicas("shop-blue"), 4);
        // Somebody else is quicker at the side that has the traffic.
        m_cluster->with([](FakeObjects& objects) { objects.scale("shop-green", 0); });
        const auto before = one->serverCount();
        m_cluster->beforePatch([](FakeObjects& objects) { objects.scale("shop-blue", 6); });
        QVERIFY(absl::IsAborted(one->scale(*before, 3)));
        QCOMPARE(replicas("shop-blue"), 6);
    }

    void whoeverScalesTooIsAnObstacle()
    {
        m_cluster->with(
            [](FakeObjects& objects) { objects.autoscalers()["shop-hpa"] = "shop-green"; });
        const auto one = driver();
        QVERIFY(one->serverCount()->obstacle.starts_with(
            "the HorizontalPodAutoscaler shop-hpa scales the same Deployment"));
        // Whose Deployments are not known is not scaled.
        auto unknown = application();
        unknown.blueDeployment.clear();
        unknown.greenDeployment.clear();
        KubernetesDriver other(unknown, systemClock(), nullptr);
        QVERIFY(!other.canScale());
        QVERIFY(absl::IsUnimplemented(other.serverCount().status()));
        QVERIFY(absl::IsUnimplemented(other.scale({2}, 3)));
        // Nor does anybody know how many there should be where neither side has the traffic.
        m_cluster->with([](FakeObjects& objects) { objects.select("shop", "red"); });
        QVERIFY(absl::IsUnavailable(one->serverCount().status()));
    }

    void aKubeconfigThatComesLaterWillDo()
    {
        QFile::remove(configPath());
        const auto one = driver();
        const auto none = one->observe();
        QVERIFY(absl::IsNotFound(none.status()));
        QVERIFY(said(none.status()).contains(configPath()));
        m_cluster->setToken("abc");
        writeConfig("{token: wrong}");
        QVERIFY(absl::IsUnauthenticated(one->observe().status()));
        writeConfig("{token: abc}");
        const auto seen = one->observe();
        QVERIFY2(seen.ok(), qPrintable(said(seen.status())));
    }
};

QTEST_GUILESS_MAIN(TestKubernetesDriver)
#include "tst_kubernetes_driver.moc"
