// SPDX-License-Identifier: Apache-2.0
// After a promotion: requests that are held back on the stable side, and rollbacks that nobody has
// to ask for.
#include "tests/integration/rollouts/RolloutsTest.h"
#include "tests/support/rollouts/LoadClients.h"

#include <QDir>
#include <QElapsedTimer>
#include <QTest>

#include <csignal>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

constexpr int kPatience = 90000;
constexpr auto kPause = std::chrono::microseconds(1000);
constexpr int kAllErrors = 1000;

const char* const kFast = "compare = false\nautomatic_rollback = true\n";
const char* const kHeldBack =
    "compare = false\nautomatic_rollback = true\nsplit_key = \"split\"\nhold_back = 20\n";

} // namespace

class TestRolloutsAutomatic : public HaproxyRolloutsTest
{
    Q_OBJECT

public:
    TestRolloutsAutomatic() : HaproxyRolloutsTest(kPatience) {}

private:
    void serve(const char* config)
    {
        TestServer::Options options;
        options.folder = m_folder;
        options.config = m_haproxy->config(QString::fromLatin1(config));
        launch(options);
        QVERIFY(waitUntil(
            [&] { return m_probe->shop().active() == v1::ROLLOUT_COLOUR_BLUE; }, kPatience));
    }

    void promote()
    {
        const auto started = m_probe->start();
        QVERIFY2(started.status.ok(), said(started.status).c_str());
        QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
        const auto promoted = m_probe->promote();
        QVERIFY2(promoted.status.ok(), said(promoted.status).c_str());
        QCOMPARE(promoted.value.rollout().step(), v1::ROLLOUT_STEP_SWITCHED);
    }

    void verifyBlueHasEverything()
    {
        QCOMPARE(m_haproxy->active(), QStringLiteral("blue"));
        QCOMPARE(m_haproxy->activeInFile(), QStringLiteral("blue"));
        const QString split = m_haproxy->split();
        QVERIFY2(split.isEmpty() || split == QLatin1String("0"), qPrintable(split));
    }

    v1::RolloutEvent eventOf(const std::string& kind)
    {
        const auto receipt = m_probe->receipt(m_probe->shop().rollout().id());
        for (const auto& event : receipt.value.events()) {
            if (event.kind() == kind) {
                return event;
            }
        }
        return {};
    }

private Q_SLOTS:
    void aBadCandidateGoesBackByItself_data()
    {
        QTest::addColumn<QByteArray>("config");
        QTest::addColumn<QString>("reason");
        QTest::newRow("beside what was before") << QByteArray(kFast) << "server errors: ";
        QTest::newRow("beside what is held back") << QByteArray(kHeldBack) << "that were held back";
    }

    void aBadCandidateGoesBackByItself()
    {
        QFETCH(QByteArray, config);
        QFETCH(QString, reason);
        serve(config.constData());
        LoadClients load(m_haproxy->livePort(), 2, kPause);
        promote();
        QVERIFY(m_probe->shop().automatic_rollback());
        const auto before = load.counts();
        m_haproxy->green().setErrorsPerMille(kAllErrors);
        QVERIFY(reaches(v1::ROLLOUT_STEP_ROLLED_BACK));
        verifyBlueHasEverything();
        load.expect("blue");
        // Far fewer than there would be until somebody looks.
        QVERIFY2(
            load.counts().failed - before.failed < 2000,
            qPrintable(QString::number(load.counts().failed)));
        const auto event = eventOf("rollback");
        QCOMPARE(event.actor(), std::string("server"));
        QVERIFY2(QString::fromStdString(event.message()).contains(reason), event.message().c_str());
        const std::string message = m_probe->shop().rollout().message();
        QVERIFY2(message.find("blue has the traffic again: server errors") == 0, message.c_str());
        QCOMPARE(load.counts().stale, 0);
    }

    /// Fewer than are taken for usual where nothing is known; nobody looks at the preview.
    void aFewErrorsAreSeenBesideThePastOfTheOldSide()
    {
        serve("automatic_rollback = true\nmargin_basis_points = 10\n");
        LoadClients load(m_haproxy->livePort(), 2, kPause);
        QVERIFY(m_probe->start().status.ok());
        QVERIFY(waitUntil(
            [&] {
                const auto evidence = m_probe->shop().rollout().evidence();
                return !evidence.empty() && evidence[0].stable_requests() > 500 &&
                       evidence[0].candidate_requests() == 0;
            },
            kPatience));
        const auto promoted = m_probe->promote("a hot fix");
        QVERIFY2(promoted.status.ok(), said(promoted.status).c_str());
        m_haproxy->green().setErrorsPerMille(30);
        QVERIFY(reaches(v1::ROLLOUT_STEP_ROLLED_BACK));
        verifyBlueHasEverything();
    }

    void whatIsHeldBackReachesTheStableSide()
    {
        serve("compare = false\nsplit_key = \"split\"\nhold_back = 20\nkeep_warm = \"2s\"\n");
        LoadClients load(m_haproxy->livePort(), 2, kPause);
        promote();
        QCOMPARE(m_haproxy->split(), QStringLiteral("20"));
        const auto shop = m_probe->shop();
        QCOMPARE(shop.hold_back_percent(), 20);
        QVERIFY(!shop.automatic_rollback());
        auto before = load.counts();
        QVERIFY(
            waitUntil([&] { return load.counts().requests > before.requests + 500; }, kPatience));
        auto after = load.counts();
        const auto share = [&](const char* side) {
            return static_cast<double>(after.bySide[side] - before.bySide[side]) /
                   static_cast<double>(after.requests - before.requests);
        };
        QVERIFY2(
            share("blue") > 0.1 && share("blue") < 0.3, qPrintable(QString::number(share("blue"))));
        // Its end is no drift: nobody else has changed anything.
        QVERIFY(reaches(v1::ROLLOUT_STEP_DONE));
        QCOMPARE(m_haproxy->split(), QStringLiteral("0"));
        QCOMPARE(m_haproxy->active(), QStringLiteral("green"));
        load.expect("green");
        before = load.counts();
        QVERIFY(
            waitUntil([&] { return load.counts().requests > before.requests + 200; }, kPatience));
        after = load.counts();
        QCOMPARE(after.stale, 0);
        QCOMPARE(after.failed, 0);
        QCOMPARE(m_probe->shop().drifts_repaired(), 0);
        QCOMPARE(eventOf("drift").kind(), std::string());
    }

    void theCandidateGetsTrafficStepByStep()
    {
        serve("compare = false\nsplit_key = \"split\"\ntraffic_steps = [10, 50]\n");
        LoadClients load(m_haproxy->livePort(), 2, kPause);
        QVERIFY(m_probe->start().status.ok());
        QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
        v1::StepTrafficRequest next;
        next.set_application("shop");
        for (const char* percent : {"10", "50"}) {
            const auto stepped = m_probe->execute(&RolloutProbe::Stub::StepTraffic, next);
            QVERIFY2(stepped.status.ok(), said(stepped.status).c_str());
            QCOMPARE(m_haproxy->split(), QString::fromLatin1(percent));
        }
        QVERIFY(waitUntil([&] { return load.counts().bySide["green"] > 100; }, kPatience));
        const auto over = m_probe->execute(&RolloutProbe::Stub::StepTraffic, next);
        QCOMPARE(over.status.code(), absl::StatusCode::kFailedPrecondition);
        next.set_percent(100);
        QCOMPARE(
            m_probe->execute(&RolloutProbe::Stub::StepTraffic, next).status.code(),
            absl::StatusCode::kInvalidArgument);
        next.set_percent(0);
        QVERIFY(m_probe->execute(&RolloutProbe::Stub::StepTraffic, next).status.ok());
        QCOMPARE(m_haproxy->split(), QStringLiteral("0"));
        // An abort takes everything back, and no step is a drift.
        next.set_percent(30);
        QVERIFY(m_probe->execute(&RolloutProbe::Stub::StepTraffic, next).status.ok());
        QVERIFY(m_probe->abort().status.ok());
        QVERIFY(waitUntil([&] { return m_haproxy->split() == QLatin1String("0"); }, kPatience));
        QCOMPARE(m_probe->shop().drifts_repaired(), 0);
        QCOMPARE(load.counts().failed, 0);
        QCOMPARE(
            m_probe->execute(&RolloutProbe::Stub::StepTraffic, next).status.code(),
            absl::StatusCode::kNotFound);
    }

    void aCandidateThatGoesDownLosesItsShare()
    {
        serve("compare = false\nsplit_key = \"split\"\n");
        QVERIFY(m_probe->start().status.ok());
        QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
        v1::StepTrafficRequest step;
        step.set_application("shop");
        QCOMPARE( // nothing is configured, and nothing was said
            m_probe->execute(&RolloutProbe::Stub::StepTraffic, step).status.code(),
            absl::StatusCode::kFailedPrecondition);
        step.set_percent(20);
        QVERIFY(m_probe->execute(&RolloutProbe::Stub::StepTraffic, step).status.ok());
        m_haproxy->stopGreen();
        QVERIFY(reaches(v1::ROLLOUT_STEP_PLANNED));
        QVERIFY(waitUntil([&] { return m_haproxy->split() == QLatin1String("0"); }, kPatience));
        QCOMPARE(m_probe->shop().rollout().candidate_percent(), 0);
        m_haproxy->startGreen();
        QVERIFY(reaches(v1::ROLLOUT_STEP_AWAITING_PROMOTION));
        QCOMPARE(m_haproxy->split(), QStringLiteral("0"));
    }

    void withoutASplitThereAreNoSteps()
    {
        serve("compare = false\n");
        QVERIFY(m_probe->start().status.ok());
        v1::StepTrafficRequest step;
        step.set_application("shop");
        step.set_percent(20);
        const auto refused = m_probe->execute(&RolloutProbe::Stub::StepTraffic, step);
        QCOMPARE(refused.status.code(), absl::StatusCode::kFailedPrecondition);
        QVERIFY(said(refused.status).find("cannot be split") != std::string::npos);
    }

    void aSplitThatSomebodyElseChangesIsPutRight()
    {
        serve("compare = false\nsplit_key = \"split\"\nhold_back = 20\n");
        promote();
        m_haproxy->runtime("set map " + m_haproxy->mapFile().toUtf8() + " split 90");
        QVERIFY(waitUntil([&] { return m_haproxy->split() == QLatin1String("20"); }, kPatience));
        QVERIFY(waitUntil([&] { return m_probe->shop().drifts_repaired() == 1; }, kPatience));
        QVERIFY(eventOf("drift").message().find("but for 90 %") != std::string::npos);
    }

    void anOutageOfBothSidesIsNoReason()
    {
        serve(kHeldBack);
        LoadClients load(m_haproxy->livePort(), 2, kPause);
        promote();
        m_haproxy->blue().setErrorsPerMille(kAllErrors);
        m_haproxy->green().setErrorsPerMille(kAllErrors);
        const auto before = load.counts();
        QVERIFY(waitUntil([&] { return load.counts().failed > before.failed + 2000; }, kPatience));
        QCOMPARE(m_probe->step(), v1::ROLLOUT_STEP_SWITCHED);
        QCOMPARE(m_haproxy->active(), QStringLiteral("green"));
        // One of them recovers, which is news.
        m_haproxy->blue().setErrorsPerMille(0);
        QVERIFY(reaches(v1::ROLLOUT_STEP_ROLLED_BACK));
    }

    /// No requests at all: what is seen is that its servers are down.
    void aCandidateWithoutServersGoesBack()
    {
        serve(kFast);
        promote();
        m_haproxy->stopGreen();
        QVERIFY(reaches(v1::ROLLOUT_STEP_ROLLED_BACK));
        verifyBlueHasEverything();
        QVERIFY(
            eventOf("rollback").message().find("no server of green is up any more") !=
            std::string::npos);
    }

    void withNothingToGoBackToItStays()
    {
        serve(kFast);
        promote();
        m_haproxy->stopBlue();
        const auto blueIsDown = [&] {
            return m_probe->shop().observation().blue().servers_up() == 0;
        };
        QVERIFY(waitUntil(blueIsDown, kPatience));
        LoadClients load(m_haproxy->livePort(), 2, kPause);
        m_haproxy->green().setErrorsPerMille(kAllErrors);
        QVERIFY(waitUntil([&] { return load.counts().failed > 1000; }, kPatience));
        QCOMPARE(m_probe->step(), v1::ROLLOUT_STEP_SWITCHED);
        // As soon as there is, it does.
        m_haproxy->startBlue();
        QVERIFY(reaches(v1::ROLLOUT_STEP_ROLLED_BACK));
    }

    void aPauseHoldsItUp()
    {
        serve(kFast);
        LoadClients load(m_haproxy->livePort(), 2, kPause);
        promote();
        v1::PauseRolloutRequest pause;
        pause.set_application("shop");
        QVERIFY(m_probe->execute(&RolloutProbe::Stub::PauseRollout, pause).status.ok());
        const auto before = load.counts();
        m_haproxy->green().setErrorsPerMille(kAllErrors);
        QVERIFY(waitUntil([&] { return load.counts().failed > before.failed + 1000; }, kPatience));
        QCOMPARE(m_probe->step(), v1::ROLLOUT_STEP_SWITCHED);
        v1::ResumeRolloutRequest resume;
        resume.set_application("shop");
        QVERIFY(m_probe->execute(&RolloutProbe::Stub::ResumeRollout, resume).status.ok());
        QVERIFY(reaches(v1::ROLLOUT_STEP_ROLLED_BACK));
    }

    void theDatabaseIsNotNeeded()
    {
        serve(kFast);
        LoadClients load(m_haproxy->livePort(), 2, kPause);
        promote();
        const QList<qint64> pids = postgresProcesses(*m_server);
        QVERIFY(pids.size() > 1);
        signalAll(pids, SIGSTOP);
        m_haproxy->green().setErrorsPerMille(kAllErrors);
        const bool isBack =
            waitUntil([&] { return m_haproxy->active() == QLatin1String("blue"); }, kPatience);
        signalAll(pids, SIGCONT);
        QVERIFY(isBack);
        QVERIFY(reaches(v1::ROLLOUT_STEP_ROLLED_BACK));
        verifyBlueHasEverything();
        const auto isRecorded = [&] { return eventOf("rolled-back").actor() == "server"; };
        QVERIFY(waitUntil(isRecorded, kPatience));
        const std::string told = eventOf("rolled-back").message();
        QVERIFY2(told.find("server errors: ") != std::string::npos, told.c_str());
    }

    void aServerThatComesBackWatchesOn()
    {
        serve(kFast);
        promote();
        m_server->kill();
        LoadClients load(m_haproxy->livePort(), 2, kPause);
        m_haproxy->green().setErrorsPerMille(kAllErrors);
        m_server.reset();
        TestServer::Options options;
        options.folder = m_folder;
        options.config = m_haproxy->config(QString::fromLatin1(kFast));
        m_server = std::make_unique<TestServer>(options);
        QVERIFY2(m_server->start(), qPrintable(m_server->log()));
        m_probe = std::make_unique<RolloutProbe>(socketChannel(*m_server));
        QVERIFY(reaches(v1::ROLLOUT_STEP_ROLLED_BACK));
        verifyBlueHasEverything();
    }

    /// Neither a server nor a console is there: HAProxy itself asks the other side.
    void withNobodyThereTheOtherSideStandsIn()
    {
        serve("compare = false\n");
        promote();
        m_server->kill();
        LoadClients load(m_haproxy->livePort(), 2, kPause);
        load.expect("");
        QVERIFY(waitUntil([&] { return load.counts().bySide["green"] > 200; }, kPatience));
        const auto before = load.counts();
        m_haproxy->stopGreen();
        QVERIFY(waitUntil(
            [&] { return load.counts().bySide["blue"] > before.bySide.at("green"); }, kPatience));
        const auto lost = load.counts().failed - before.failed;
        QVERIFY2(lost <= 4, qPrintable(QString::number(lost)));
        QCOMPARE(m_haproxy->active(), QStringLiteral("green"));
    }

    void configurationsThatCannotBeAreRefused_data()
    {
        QTest::addColumn<QString>("lines");
        QTest::addColumn<QString>("problem");
        QTest::newRow("nothing splits") << "hold_back = 5\n"
                                        << "hold_back needs a split_key";
        QTest::newRow("one key for two") << "split_key = \"active\"\n"
                                         << "must be different keys";
        QTest::newRow("more than half") << "split_key = \"split\"\nhold_back = 51\n"
                                        << "50";
        QTest::newRow("steps that shrink") << "split_key = \"split\"\ntraffic_steps = [25, 5]\n"
                                           << "traffic_steps that grow";
        QTest::newRow("steps without a split") << "traffic_steps = [5]\n"
                                               << "traffic_steps need a split_key";
        QTest::newRow("no word") << "split_key = \"a b\"\n"
                                 << "split_key";
    }

    void configurationsThatCannotBeAreRefused()
    {
        QFETCH(QString, lines);
        QFETCH(QString, problem);
        TestServer::Options options;
        options.folder = m_folder;
        options.config = m_haproxy->config(lines);
        m_server = std::make_unique<TestServer>(options);
        QVERIFY(!m_server->start());
        QVERIFY2(m_server->log().contains(problem), qPrintable(m_server->log()));
    }
};

QTEST_GUILESS_MAIN(TestRolloutsAutomatic)
#include "tst_rollouts_automatic.moc"
