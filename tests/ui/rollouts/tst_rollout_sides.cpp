// SPDX-License-Identifier: Apache-2.0
// Both sides of an application as they are shown, and their comparison.
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "tests/ui/rollouts/RolloutsWorld.h"
#include "ui/components/Tabs.h"
#include "ui/rollouts/CompareCard.h"
#include "ui/rollouts/PromoteCard.h"
#include "ui/rollouts/RolloutText.h"
#include "ui/rollouts/RolloutsPage.h"

#include <QLabel>

#include <algorithm>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;
using rollouts::Colour;
using rollouts::Step;

class RolloutSidesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<RolloutsWorld>(); }
    void cleanup() { m_world.reset(); }

    /// What is, never what was commanded.
    void sidesAreShownAsTheyAre()
    {
        auto one = makeApplication(Step::Switched);
        const auto history = std::vector{*one.rollout};
        QCOMPARE(slotView(one, Colour::Green, history).title, QStringLiteral("Green — serving"));
        QCOMPARE(slotView(one, Colour::Blue, history).title, QStringLiteral("Blue — kept warm"));
        QCOMPARE(slotView(one, Colour::Green, history).version, QStringLiteral("2.4.0"));
        auto approved = one;
        approved.rollout->approvedServers = one.observation->green.servers;
        QCOMPARE(slotView(approved, Colour::Green, {}).version, QStringLiteral("2.4.0"));
        approved.rollout->approvedServers = "another";
        QCOMPARE(
            slotView(approved, Colour::Green, {}).version, QStringLiteral("version not known"));
        QCOMPARE(slotView(one, Colour::Blue, history).version, QStringLiteral("version not known"));
        // Somebody else has switched: the server wants green, and blue has the traffic.
        one.observation->active = Colour::Blue;
        QVERIFY(slotView(one, Colour::Blue, history).isServing);
        QVERIFY(!slotView(one, Colour::Green, history).isServing);
        one.observation->blue.serversUp = 0;
        QVERIFY(slotView(one, Colour::Blue, history).severity == Severity::Critical);
        one.observation.reset();
        QCOMPARE(slotView(one, Colour::Blue, history).word, QStringLiteral("Not seen"));
        QVERIFY(!slotView(one, Colour::Blue, history).isServing);
    }

    void slowAnswersStandBesideErrors()
    {
        rollouts::Application late = makeApplication(Step::AwaitingPromotion);
        late.rollout->verdict = rollouts::Verdict::Abort;
        late.rollout->evidence.push_back({"slow responses", {9000, 90}, {1100, 110}, 0, 1});
        QCOMPARE(
            differenceText(*late.rollout),
            QStringLiteral("Green +9 points of slow responses · abort"));
        const SlotView green = slotView(late, Colour::Green, {});
        QStringList names;
        for (const auto& [name, value] : green.facts) {
            names << name;
        }
        QCOMPARE(
            names,
            (QStringList{"Servers", "Under way", "Server errors", "Slow responses", "Backend"}));
        QCOMPARE(green.facts[3].second, QStringLiteral(u"10\u2009% of 1\u2009100"));
    }

    void whatIsHeldBackIsShown()
    {
        auto one = makeApplication(Step::Switched);
        const auto history = std::vector{*one.rollout};
        const auto traffic = [&](Colour colour) {
            const auto facts = slotView(one, colour, history).facts;
            return facts.front().first == QStringLiteral("Traffic") ? facts.front().second
                                                                    : QString();
        };
        QCOMPARE(traffic(Colour::Green), QString()); // it is never split
        one.holdBackPercent = 5;
        QCOMPARE(traffic(Colour::Green), QStringLiteral("100 %"));
        one.observation->splitPercent = 5;
        QCOMPARE(traffic(Colour::Green), QStringLiteral("95 %"));
        QCOMPARE(traffic(Colour::Blue), QStringLiteral("5 %"));
        one.observation->active.reset();
        QCOMPARE(traffic(Colour::Blue), QStringLiteral("not known"));
        const auto detail = [&] { return stepLines(one, kRolloutsNow)[3].detail; };
        QVERIFY(!detail().contains(QStringLiteral("by itself")));
        one.rollsBackByItself = true;
        QVERIFY(detail().contains(QStringLiteral("by itself if worse")));
        one.rollout->isPaused = true;
        QVERIFY(!detail().contains(QStringLiteral("by itself")));
    }

    void theChartAsksForTheApplication()
    {
        m_world->openIn(Step::Analysing);
        auto* compare = m_world->page()->findChild<CompareCard*>();
        QVERIFY(compare->expression().contains(QStringLiteral("application=\"checkout\"")));
        QVERIFY(compare->expression().contains(QStringLiteral("server_errors_total")));
        compare->findChild<Tabs*>()->setCurrentIndex(1);
        QVERIFY(!compare->expression().contains(QStringLiteral("server_errors_total")));
    }

    void whatIsNotCountedIsSaid_data()
    {
        QTest::addColumn<QString>("driver");
        QTest::addColumn<QString>("named");
        QTest::addColumn<int>("mode");
        QTest::addColumn<QSize>("size");
        const int dark = int(ThemeMode::Dark);
        const int light = int(ThemeMode::Light);
        const QSize large(1440, 900);
        const QSize small(1024, 700);
        QTest::newRow("rollouts-cluster-dark") << "kubernetes"
                                               << "colour=green" << dark << large;
        QTest::newRow("rollouts-cluster-light-small") << "kubernetes"
                                                      << "colour=green" << light << small;
        QTest::newRow("rollouts-argo-dark") << "argo-rollouts"
                                            << "42 (checkout:2.4.0" << dark << large;
        QTest::newRow("rollouts-argo-dark-small") << "argo-rollouts"
                                                  << "42 (checkout:2.4.0" << dark << small;
        QTest::newRow("rollouts-argo-light") << "argo-rollouts"
                                             << "42 (checkout:2.4.0" << light << large;
        QTest::newRow("rollouts-argo-light-small") << "argo-rollouts"
                                                   << "42 (checkout:2.4.0" << light << small;
    }
    void whatIsNotCountedIsSaid()
    {
        QFETCH(QString, driver);
        QFETCH(QString, named);
        QFETCH(int, mode);
        QFETCH(QSize, size);
        m_world->theme.setMode(static_cast<ThemeMode>(mode));
        m_world->window->resize(size);
        m_world->client().receipts.answerAlways(makeReceipt(Step::AwaitingPromotion));
        m_world->openIn(Step::AwaitingPromotion);
        m_world->push({inCluster(makeApplication(Step::AwaitingPromotion), driver.toStdString())});
        m_world->feedNothing();
        const auto* card = m_world->page()->findChild<CompareCard*>();
        const auto says = [&](const QString& words) {
            const auto labels = m_world->page()->findChildren<QLabel*>();
            return std::ranges::any_of(labels, [&](const QLabel* label) {
                return label->isVisible() && label->text().contains(words);
            });
        };
        QTRY_VERIFY(says(QStringLiteral("not counted")));
        QTRY_VERIFY(says(QStringLiteral("Nothing counts what both sides answer")));
        QVERIFY(says(named));
        QCOMPARE(card->seriesShown(), 0);
        QCoreApplication::processEvents();
        picture(*m_world->window, QString::fromLatin1(QTest::currentDataTag()));
        // Long names of images wrap; what is below moves down and is not squeezed for it.
        const auto* steps = m_world->page()->findChild<PromoteCard*>();
        QVERIFY(steps->height() >= steps->minimumSizeHint().height());
    }

private:
    std::unique_ptr<RolloutsWorld> m_world;
};

PILOTHOUSE_UI_TEST_MAIN(RolloutSidesTest)
#include "tst_rollout_sides.moc"
