// SPDX-License-Identifier: Apache-2.0
// The way of a rollout, and the gates before its promotion.
#include "tests/support/ui/StallGuard.h"
#include "tests/ui/rollouts/RolloutsWorld.h"
#include "ui/rollouts/GatesCard.h"
#include "ui/rollouts/MarkedList.h"
#include "ui/rollouts/RolloutText.h"
#include "ui/rollouts/RolloutsPage.h"

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;
using rollouts::Step;

class RolloutGatesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<RolloutsWorld>(); }
    void cleanup() { m_world.reset(); }

    void theWayHasItsLines_data()
    {
        QTest::addColumn<int>("step");
        QTest::addColumn<QStringList>("lines");
        const auto row = [](Step step, const QStringList& lines) {
            QTest::newRow(std::string(rollouts::stepName(step)).c_str())
                << static_cast<int>(step) << lines;
        };
        const QStringList all{
            QStringLiteral("Green is ready"),
            QStringLiteral("Compared with blue"),
            QStringLiteral("Promoted"),
            QStringLiteral("Blue kept warm"),
            QStringLiteral("Blue released")};
        const auto marked = [&](int done, bool isNow) {
            QStringList lines;
            for (int at = 0; at < all.size(); ++at) {
                lines << (at < done             ? QStringLiteral("done: ")
                          : at == done && isNow ? QStringLiteral("now: ")
                                                : QStringLiteral("to come: ")) +
                             all[at];
            }
            return lines;
        };
        row(Step::Planned, marked(0, true));
        row(Step::PreviewReady, marked(1, true));
        row(Step::Analysing, marked(1, true));
        row(Step::AwaitingPromotion, marked(2, true));
        row(Step::Switching, marked(2, true));
        row(Step::Switched, marked(3, true));
        row(Step::Draining, marked(4, true));
        row(Step::Done, marked(5, false));
        row(Step::SwitchingBack,
            {QStringLiteral("done: Promoted"), QStringLiteral("now: Rolling back")});
        row(Step::RolledBack,
            {QStringLiteral("done: Promoted"), QStringLiteral("ended: Rolled back")});
        row(Step::Aborted, {QStringLiteral("ended: Aborted")});
    }
    void theWayHasItsLines()
    {
        QFETCH(int, step);
        QFETCH(QStringList, lines);
        QCOMPARE(textsOf(stepLines(makeApplication(static_cast<Step>(step)), kRolloutsNow)), lines);
    }

    void aPauseIsSeenInTheWay()
    {
        auto paused = makeApplication(Step::Switched);
        paused.rollout->isPaused = true;
        QCOMPARE(
            textsOf(stepLines(paused, kRolloutsNow))[3], QStringLiteral("paused: Blue kept warm"));
        QCOMPARE(warmLeft(*paused.rollout, kRolloutsNow), QStringLiteral("while paused"));
        QCOMPARE(
            warmLeft(*makeApplication(Step::Switched).rollout, kRolloutsNow),
            QStringLiteral("9\u2009m"));
    }

    void gatesSayWhatWasSeen()
    {
        m_world->openIn(Step::Analysing);
        auto* gates = m_world->page()->findChild<GatesCard*>();
        QCOMPARE(
            textsOf(gates->findChild<MarkedList*>()->lines()),
            (QStringList{
                QStringLiteral("passed: Candidate is ready"),
                QStringLiteral("passed: Traffic is where it should be"),
                QStringLiteral("waiting: Comparison says promote")}));
    }

    void conditionsAreShownBeforeAndAfterThePromotion()
    {
        m_world->client().receipts.answerAlways(makeReceipt(Step::Switched));
        m_world->openIn(Step::Switched);
        const auto texts = [&] {
            return textsOf(
                m_world->page()->findChild<GatesCard*>()->findChild<MarkedList*>()->lines());
        };
        m_world->push({withEverythingConfigured(makeApplication(Step::Switched))});
        QTRY_COMPARE(texts(), QStringList{"waiting: Conditions on metrics hold"});
        m_world->push({makeApplication(Step::Switched)});
        QTRY_VERIFY(texts().isEmpty());
        m_world->push({withEverythingConfigured(makeApplication(Step::AwaitingPromotion))});
        QTRY_VERIFY(texts().contains("waiting: Conditions on metrics hold"));
        QCOMPARE(texts().size(), 5);
    }

private:
    std::unique_ptr<RolloutsWorld> m_world;
};

PILOTHOUSE_UI_TEST_MAIN(RolloutGatesTest)
#include "tst_rollout_gates.moc"
