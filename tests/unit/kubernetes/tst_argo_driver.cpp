// SPDX-License-Identifier: Apache-2.0
// The driver against a Rollout whose controller behaves as Argo Rollouts does, with its traps.
#include "server/rollouts/ArgoRolloutsDriver.h"
#include "shared/base/Clock.h"
#include "shared/base/StatusHelpers.h"
#include "tests/support/Programs.h"
#include "tests/support/kubernetes/FakeCluster.h"

#include <absl/time/clock.h>

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::rollouts;
using pilothouse::test::FakeArgo;
using pilothouse::test::FakeCluster;
using pilothouse::test::FakeObjects;

namespace {

constexpr int kPatience = 20000;
const SwitchRight kRight{"realm", 7};
const Routing kGreen{Colour::Green, 0};
const Routing kBlue{Colour::Blue, 0};

QString said(const absl::Status& status)
{
    return QString::fromStdString(describe(status));
}

} // namespace

class TestArgoDriver : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<FakeCluster> m_cluster;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<ArgoRolloutsDriver> m_driver;

    template <typename Work>
    auto withArgo(Work work)
    {
        return m_cluster->with([&](FakeObjects& objects) { return work(objects.argo()); });
    }
    std::string hash(const std::string& image)
    {
        return withArgo([&](FakeArgo& argo) { return argo.hashOf(image); });
    }
    std::string active()
    {
        return m_cluster->with([](FakeObjects& objects) { return objects.selected("shop"); });
    }
    /// A new version, complete and waiting for its promotion.
    void push(const std::string& image)
    {
        withArgo([&](FakeArgo& argo) {
            argo.setImage(image);
            argo.settle();
        });
        for (int look = 0; look < 3; ++look) {
            QVERIFY(m_driver->prepare(Colour::Green, 1, kRight).ok());
        }
    }
    absl::Status promote(const std::string& image, Colour colour = Colour::Green)
    {
        return m_driver->route({{colour, 0}, kRight, hash(image), /*isPromotion=*/true});
    }
    absl::Status goBack(Colour colour = Colour::Blue)
    {
        return m_driver->route({{colour, 0}, kRight});
    }

private Q_SLOTS:
    void init()
    {
        m_cluster = std::make_unique<FakeCluster>();
        m_cluster->with([](FakeObjects& objects) { objects.useArgo(); });
        m_folder = std::make_unique<QTemporaryDir>();
        QFile file(m_folder->filePath("kubeconfig"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(m_cluster->kubeconfig("{}").toUtf8());
        config::RolloutApplication one;
        one.name = "shop";
        one.driver = "argo-rollouts";
        one.kubeconfig = file.fileName().toStdString();
        one.rollout = "shop";
        m_driver = std::make_unique<ArgoRolloutsDriver>(one, systemClock(), nullptr);
    }

    void cleanup() { m_cluster.reset(); }

    void aRolloutThatNobodyHasTouchedIsBlue()
    {
        const auto seen = m_driver->observe();
        QVERIFY2(seen.ok(), qPrintable(said(seen.status())));
        QVERIFY(seen->isRouted(kBlue));
        QCOMPARE(seen->blue.servers, hash("shop:1"));
        QCOMPARE(seen->blue.backend, std::string("1 (shop:1)"));
        QCOMPARE(seen->blue.serversUp, 2);
        QCOMPARE(seen->green.backend, std::string("none"));
        QCOMPARE(seen->green.serversTotal, 0);
        QVERIFY(m_driver->isShared() && !m_driver->canSplit());
    }

    void promotedAndNoted()
    {
        push("shop:2");
        const auto candidate = m_driver->observe();
        QVERIFY2(candidate.ok(), qPrintable(said(candidate.status())));
        QVERIFY(candidate->isRouted(kBlue));
        QCOMPARE(candidate->green.backend, std::string("2 (shop:2)"));
        QCOMPARE(candidate->green.serversUp, 2);
        const absl::Status promoted = promote("shop:2");
        QVERIFY2(promoted.ok(), qPrintable(said(promoted)));
        QCOMPARE(active(), hash("shop:2"));
        const auto seen = m_driver->observe();
        QVERIFY(seen->isRouted(kGreen));
        QCOMPARE(seen->fence, 7);
        QCOMPARE(seen->blue.servers, hash("shop:1"));
        QVERIFY(promote("shop:2").ok()); // repeated, it changes nothing
        // The next one takes the other side.
        withArgo([](FakeArgo& argo) {
            argo.setImage("shop:3");
            argo.settle();
        });
        const auto next = m_driver->observe();
        QVERIFY(next->isRouted(kGreen));
        QCOMPARE(next->blue.servers, hash("shop:3"));
        QVERIFY(promote("shop:3", Colour::Blue).ok());
        QVERIFY(m_driver->observe()->isRouted(kBlue));
        QCOMPARE(active(), hash("shop:3"));
        QVERIFY(goBack(Colour::Green).ok());
        QCOMPARE(active(), hash("shop:2"));
    }

    void onlyWhatWasApproved()
    {
        push("shop:2");
        // The accident of the field: another image moments before the promotion.
        m_cluster->beforePatch([](FakeObjects& objects) {
            objects.argo().setImage("shop:3");
            objects.argo().settle();
        });
        const absl::Status promoted = promote("shop:2");
        QVERIFY(absl::IsFailedPrecondition(promoted));
        QCOMPARE(reasonOf(promoted), std::string(kRevisionChanged));
        QVERIFY2(
            said(promoted).contains(QString::fromStdString(hash("shop:3"))),
            qPrintable(said(promoted)));
        QCOMPARE(active(), hash("shop:1"));
        // And the new one waits for a promotion of its own.
        withArgo([](FakeArgo& argo) {
            argo.settle();
            QVERIFY(argo.rollout()["status"].contains("pauseConditions"));
        });
        QVERIFY(goBack().ok());
        withArgo([](FakeArgo& argo) { QCOMPARE(argo.image(), std::string("shop:3")); });
    }

    void whatWasAbortedIsNotPromoted()
    {
        push("shop:2");
        withArgo([](FakeArgo& argo) {
            argo.abort();
            argo.settle();
        });
        QCOMPARE(m_driver->observe()->green.serversUp, 0);
        QCOMPARE(reasonOf(promote("shop:2")), std::string(kRevisionChanged));
        QCOMPARE(active(), hash("shop:1"));
    }

    void itGoesBackWhateverTheCandidateDoes_data()
    {
        QTest::addColumn<bool>("isBroken");
        QTest::addColumn<bool>("isPaused");
        QTest::addColumn<bool>("isCold");
        QTest::newRow("in order") << false << false << false;
        QTest::newRow("broken: an abort would do nothing") << true << false << false;
        QTest::newRow("paused by somebody") << false << true << false;
        QTest::newRow("the old pods are gone") << true << false << true;
    }

    void itGoesBackWhateverTheCandidateDoes()
    {
        QFETCH(bool, isBroken);
        QFETCH(bool, isPaused);
        QFETCH(bool, isCold);
        push("shop:2");
        QVERIFY(promote("shop:2").ok());
        withArgo([&](FakeArgo& argo) {
            argo.settle();
            argo.revision("shop:2").isBroken = isBroken;
            argo.rollout()["spec"]["paused"] = isPaused;
            if (isCold) {
                argo.revision("shop:1").replicas = 0;
                argo.revision("shop:1").deadline = 0;
            }
        });
        const absl::Status back = goBack();
        QVERIFY2(back.ok(), qPrintable(said(back)));
        QCOMPARE(active(), hash("shop:1"));
        QVERIFY(m_driver->observe()->isRouted(kBlue));
        withArgo([](FakeArgo& argo) { QCOMPARE(argo.image(), std::string("shop:1")); });
    }

    void aPromotionUnderWayIsTakenBack()
    {
        push("shop:2");
        withArgo([](FakeArgo& argo) { argo.setRunning(false); });
        const absl::Status promoted = promote("shop:2");
        QVERIFY(absl::IsUnavailable(promoted));
        QVERIFY2(said(promoted).contains("not switched yet"), qPrintable(said(promoted)));
        // The controller comes back as soon as the old template is there.
        std::thread controller([this] {
            QVERIFY(test::waitUntil(
                [this] {
                    return withArgo([](FakeArgo& argo) { return argo.image() == "shop:1"; });
                },
                kPatience));
            withArgo([](FakeArgo& argo) { argo.setRunning(true); });
        });
        const absl::Status back = goBack();
        controller.join();
        QVERIFY2(back.ok(), qPrintable(said(back)));
        withArgo([](FakeArgo& argo) { argo.settle(); });
        QCOMPARE(active(), hash("shop:1"));
    }

    void aLeaderOfBeforeSwitchesNothing()
    {
        push("shop:2");
        QVERIFY(promote("shop:2").ok());
        QVERIFY(absl::IsAborted(m_driver->route({kBlue, {"realm", 6}})));
        QVERIFY(absl::IsAborted(m_driver->adopt(Colour::Blue, {"realm", 6})));
        QVERIFY(absl::IsAborted(m_driver->prepare(Colour::Blue, 1, {"realm", 6}).status()));
        QCOMPARE(active(), hash("shop:2"));
        // Another control database has its own numbers.
        QVERIFY(m_driver->route({kBlue, {"another", 1}}).ok());
    }

    void somebodyElsesPromotionIsSeenAndCanBeTaken()
    {
        push("shop:2");
        QVERIFY(promote("shop:2").ok());
        withArgo([](FakeArgo& argo) {
            argo.setImage("shop:3");
            argo.settle();
            argo.promote();
            argo.settle();
        });
        QCOMPARE(active(), hash("shop:3"));
        const auto foreign = m_driver->observe();
        QVERIFY(!foreign->active);
        QCOMPARE(foreign->found, std::string("revision 3 (shop:3)"));
        QVERIFY(m_driver->adopt(Colour::Blue, kRight).ok());
        const auto seen = m_driver->observe();
        QVERIFY(seen->isRouted(kBlue));
        QCOMPARE(seen->blue.servers, hash("shop:3"));
        QCOMPARE(seen->green.servers, hash("shop:2"));
        QVERIFY(m_driver->route({kGreen, kRight}).ok());
        QCOMPARE(active(), hash("shop:2"));
    }

    void nothingIsTakenWhereNothingHasTheTraffic()
    {
        withArgo([](FakeArgo& argo) { argo.setRunning(false); });
        m_cluster->with([](FakeObjects& objects) {
            objects.service("shop")["spec"]["selector"].erase("rollouts-pod-template-hash");
        });
        const auto seen = m_driver->observe();
        QVERIFY(seen.ok());
        QVERIFY(!seen->active);
        QVERIFY(seen->found.find("has no rollouts-pod-template-hash") != std::string::npos);
        QVERIFY(absl::IsFailedPrecondition(m_driver->adopt(Colour::Green, kRight)));
    }

    void theOldRevisionIsKeptAsLongAsItShallBe()
    {
        push("shop:2");
        QVERIFY(promote("shop:2").ok());
        withArgo([](FakeArgo& argo) { argo.settle(); });
        const absl::Time until = absl::Now() + absl::Minutes(10);
        QVERIFY(m_driver->keepWarm(Colour::Blue, until).ok());
        withArgo([&](FakeArgo& argo) {
            QCOMPARE(argo.revision("shop:1").deadline, absl::ToUnixSeconds(until));
        });
        // A longer time of Argo's own stays.
        QVERIFY(m_driver->keepWarm(Colour::Blue, absl::Now()).ok());
        withArgo([&](FakeArgo& argo) {
            QCOMPARE(argo.revision("shop:1").deadline, absl::ToUnixSeconds(until));
        });
    }

    void aDismissedCandidateIsAbortedOnce()
    {
        push("shop:2");
        QVERIFY(m_driver->observe().ok());
        QVERIFY(m_driver->dismiss(Colour::Green, kRight).ok());
        withArgo([](FakeArgo& argo) { QVERIFY(argo.rollout()["status"]["abort"].get<bool>()); });
        QVERIFY(m_driver->dismiss(Colour::Green, kRight).ok());
        // Whoever takes it up again with Argo's tools is let be.
        withArgo([](FakeArgo& argo) { argo.retry(); });
        QVERIFY(m_driver->observe().ok());
        QVERIFY(m_driver->dismiss(Colour::Green, kRight).ok());
        withArgo([](FakeArgo& argo) { QVERIFY(!argo.rollout()["status"]["abort"].get<bool>()); });
    }

    void aNewerRevisionIsNotDismissed()
    {
        push("shop:2");
        withArgo([](FakeArgo& argo) {
            argo.setImage("shop:3");
            argo.settle();
        });
        QVERIFY(m_driver->observe().ok());
        QVERIFY(m_driver->dismiss(Colour::Green, kRight).ok());
        withArgo([](FakeArgo& argo) { QVERIFY(!argo.rollout()["status"]["abort"].get<bool>()); });
    }

    void whatWasRolledBackIsStoppedSoThatNothingBringsItBack()
    {
        push("shop:2");
        QVERIFY(promote("shop:2").ok());
        QVERIFY(goBack().ok());
        withArgo([](FakeArgo& argo) { argo.settle(); });
        QVERIFY(withArgo([](FakeArgo& argo) { return argo.revision("shop:2").replicas; }) == 2);
        QVERIFY(m_driver->observe().ok());
        QVERIFY(m_driver->dismiss(Colour::Green, kRight).ok());
        withArgo([](FakeArgo& argo) { argo.settle(); });
        QCOMPARE(withArgo([](FakeArgo& argo) { return argo.revision("shop:2").replicas; }), 0);
        // A repository that still says so writes the bad template again: it waits.
        withArgo([](FakeArgo& argo) {
            argo.setImage("shop:2");
            argo.settle();
        });
        QCOMPARE(active(), hash("shop:1"));
    }

    void anAbortedCandidateComesBackWithoutBeingPromoted()
    {
        push("shop:2");
        QVERIFY(m_driver->observe().ok());
        QVERIFY(m_driver->dismiss(Colour::Green, kRight).ok());
        withArgo([](FakeArgo& argo) { argo.settle(); });
        // Its pods still run, and Argo has written when they end: taken up now, it would be
        // promoted.
        bool isStarted = false;
        QVERIFY(test::waitUntil(
            [&] {
                const auto prepared = m_driver->prepare(Colour::Green, 1, kRight);
                isStarted = isStarted || (prepared.ok() && *prepared);
                const auto seen = m_driver->observe();
                return seen.ok() && seen->green.serversUp == 2;
            },
            kPatience));
        QVERIFY(isStarted);
        withArgo([](FakeArgo& argo) { argo.settle(); });
        QCOMPARE(active(), hash("shop:1"));
        QVERIFY(promote("shop:2").ok());
    }

    void whatCannotBeDrivenIsSaid_data()
    {
        QTest::addColumn<QString>("pointer");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("says");
        QTest::newRow("promotes by itself") << "/spec/strategy/blueGreen/autoPromotionEnabled"
                                            << "true"
                                            << "promotes by itself";
        QTest::newRow("after a while") << "/spec/strategy/blueGreen/autoPromotionSeconds"
                                       << "30"
                                       << "promotes by itself";
        QTest::newRow("canary") << "/spec/strategy"
                                << R"({"canary":{}})"
                                << "blueGreen";
        QTest::newRow("workloadRef") << "/spec/workloadRef"
                                     << R"({"name":"x"})"
                                     << "workloadRef";
    }

    void whatCannotBeDrivenIsSaid()
    {
        QFETCH(QString, pointer);
        QFETCH(QString, value);
        QFETCH(QString, says);
        withArgo([&](FakeArgo& argo) {
            argo.setRunning(false);
            argo.rollout()[FakeArgo::Json::json_pointer(pointer.toStdString())] =
                FakeArgo::Json::parse(value.toStdString());
        });
        const auto seen = m_driver->observe();
        QVERIFY(absl::IsFailedPrecondition(seen.status()));
        QVERIFY2(said(seen.status()).contains(says), qPrintable(said(seen.status())));
    }

    void eachRevisionThatRunsIsScaled()
    {
        push("shop:2");
        QVERIFY(m_driver->canScale());
        const auto seen = m_driver->serverCount();
        QVERIFY2(seen.ok(), qPrintable(said(seen.status())));
        QCOMPARE(seen->wanted, 2);
        QCOMPARE(seen->obstacle, std::string());
        QVERIFY(m_driver->scale(*seen, 4).ok());
        withArgo([](FakeArgo& argo) { argo.settle(); });
        QCOMPARE(m_driver->serverCount()->wanted, 4);
        QCOMPARE(m_driver->observe()->blue.serversUp, 4);
        QCOMPARE(m_driver->observe()->green.serversUp, 4);
        // Neither promoted nor a new revision by that.
        QCOMPARE(active(), hash("shop:1"));
        QVERIFY(absl::IsAborted(m_driver->scale(*seen, 7)));
        QCOMPARE(m_driver->serverCount()->wanted, 4);
        QVERIFY(promote("shop:2").ok());
    }

    void aRolloutThatDoesNotSayHowManyHasOne()
    {
        m_cluster->with([](FakeObjects& objects) { objects.autoscalers()["shop-hpa"] = "shop"; });
        const auto seen = m_driver->serverCount();
        QVERIFY(seen->obstacle.starts_with(
            "the HorizontalPodAutoscaler shop-hpa scales the same Rollout"));
        const auto parsed = kubernetes::parseArgoRollout(
            R"({"kind": "Rollout", "spec": {"strategy": {"blueGreen": {}}}})");
        QVERIFY(parsed.ok());
        QCOMPARE(parsed->replicas, 1);
    }

    void nothingToGoBackToIsSaid()
    {
        push("shop:2");
        QVERIFY(promote("shop:2").ok());
        withArgo([](FakeArgo& argo) {
            argo.setRunning(false);
            argo.rollout()["metadata"]["annotations"].erase(kSidesAnnotation);
        });
        const absl::Status back = m_driver->route({kGreen, kRight});
        QVERIFY(absl::IsFailedPrecondition(back));
        QVERIFY2(said(back).contains(kSidesAnnotation), qPrintable(said(back)));
    }
};

QTEST_GUILESS_MAIN(TestArgoDriver)
#include "tst_argo_driver.moc"
