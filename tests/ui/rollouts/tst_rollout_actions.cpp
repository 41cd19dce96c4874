// SPDX-License-Identifier: Apache-2.0
// What can be done with a rollout: which verb when, and each through its plan and its sheets.
#include "tests/support/ui/StallGuard.h"
#include "tests/ui/rollouts/RolloutsWorld.h"
#include "ui/rollouts/OverrideSheet.h"
#include "ui/rollouts/RolloutCommands.h"
#include "ui/rollouts/RolloutText.h"
#include "ui/rollouts/RolloutWatch.h"
#include "ui/rollouts/RolloutsPage.h"
#include "ui/shell/EnvBand.h"
#include "ui/shell/Sheet.h"
#include "ui/shell/SheetHost.h"

#include <QLabel>
#include <QLineEdit>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;
using rollouts::Colour;
using rollouts::GateResult;
using rollouts::Step;

class RolloutActionsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<RolloutsWorld>(); }
    void cleanup() { m_world.reset(); }

    void verbsBelongToTheirStep_data()
    {
        QTest::addColumn<int>("step");
        QTest::addColumn<QStringList>("possible");
        const auto row = [](Step step, const QStringList& possible) {
            QTest::newRow(std::string(rollouts::stepName(step)).c_str())
                << static_cast<int>(step) << possible;
        };
        using namespace rolloutcommand;
        row(Step::Planned, {kPause, kAbort});
        row(Step::Analysing, {kPromote, kPause, kAbort});
        row(Step::Switching, {kRollBack});
        row(Step::Switched, {kRollBack, kPause, kKeepWarm});
        row(Step::Done, {kStart});
        row(Step::RolledBack, {kStart});
    }
    void verbsBelongToTheirStep()
    {
        QFETCH(int, step);
        QFETCH(QStringList, possible);
        m_world->openIn(static_cast<Step>(step));
        using namespace rolloutcommand;
        for (const QString& id :
             {kStart, kPromote, kRollBack, kPause, kResume, kKeepWarm, kAbort}) {
            QTRY_COMPARE(m_world->reason(id).isEmpty(), possible.contains(id));
        }
    }

    void verbsNeedThePermission()
    {
        m_world->signIn({"rollouts.view"});
        m_world->open();
        m_world->push({makeApplication(Step::Switched)});
        QTRY_VERIFY(m_world->page()->application() != nullptr);
        QVERIFY(!m_world->reason(rolloutcommand::kRollBack).isEmpty());
        QVERIFY(!m_world->reason(rolloutcommand::kPause).isEmpty());
        QVERIFY(!m_world->window->band().rollBack().has_value());
    }

    void promotingGoesThroughItsPlan()
    {
        m_world->openIn(Step::AwaitingPromotion);
        QCOMPARE(m_world->reason(rolloutcommand::kPromote), QString());
        QVERIFY(!m_world->reason(rolloutcommand::kRollBack).isEmpty());
        m_world->run(rolloutcommand::kPromote);
        QTRY_COMPARE(m_world->client().promotions.requests().size(), std::size_t{1});
        const auto& asked = m_world->client().promotions.requests()[0];
        QVERIFY(asked.request.validateOnly);
        QCOMPARE(asked.target.rolloutId, std::string("17"));
        QCOMPARE(asked.overrideReason, std::string());
        m_world->client().promotions.answer(makeOutcome(plans::Friction::F2, "Promote green"));
        QTRY_VERIFY(m_world->window->sheets().sheet() != nullptr);
        QTest::keyClick(m_world->window->sheets().sheet(), Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(m_world->client().promotions.requests().size(), std::size_t{2});
        QCOMPARE(
            m_world->client().promotions.requests()[1].request.confirmation.planDigest,
            std::string("5f1c0d9a77ab20f3"));
        m_world->client().promotions.answer(makeOutcome(plans::Friction::F2, "Promote green"));
        QTRY_VERIFY(m_world->watch->actions()->phase() == PlannedActions::Phase::Idle);
    }

    /// Other actions are not done without a plan.
    void promotingNeedsThePlan()
    {
        m_world->openIn(Step::AwaitingPromotion);
        m_world->run(rolloutcommand::kPromote);
        QTRY_COMPARE(m_world->client().promotions.requests().size(), std::size_t{1});
        m_world->client().promotions.answer(absl::UnavailableError("no database"));
        QTRY_VERIFY(m_world->watch->actions()->phase() == PlannedActions::Phase::Idle);
        QVERIFY(m_world->window->sheets().sheet() == nullptr);
    }

    void withoutAVerdictAReasonIsAsked()
    {
        m_world->openIn(Step::Analysing);
        m_world->run(rolloutcommand::kPromote);
        QTRY_VERIFY(qobject_cast<OverrideSheet*>(m_world->window->sheets().sheet()) != nullptr);
        Sheet* sheet = m_world->window->sheets().sheet();
        QTest::keyClick(sheet, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(m_world->client().promotions.requests().size(), std::size_t{0});
        QVERIFY(m_world->field(QStringLiteral("Why")) != nullptr);
        m_world->field(QStringLiteral("Why"))->setText(QStringLiteral("hot fix"));
        QTest::keyClick(sheet, Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(m_world->client().promotions.requests().size(), std::size_t{1});
        QCOMPARE(m_world->client().promotions.requests()[0].overrideReason, std::string("hot fix"));
    }

    void theOverrideSaysWhatItOverrides_data()
    {
        QTest::addColumn<QString>("gate");
        QTest::addColumn<QString>("title");
        QTest::addColumn<QString>("warning");
        QTest::newRow("verdict") << "verdict"
                                 << "Promote green without the verdict"
                                 << "The comparison has not decided yet.";
        QTest::newRow("window") << "window"
                                << "Promote green outside of the change window"
                                << "The change window: 1 of 3.";
        QTest::newRow("analysis") << "analysis"
                                  << "Promote green against its conditions"
                                  << "The conditions: 1 of 3.";
        QTest::newRow("capacity") << "capacity"
                                  << "Promote green with less capacity"
                                  << "The capacity: 1 of 3.";
    }
    void theOverrideSaysWhatItOverrides()
    {
        QFETCH(const QString, gate);
        m_world->signIn();
        m_world->open();
        auto one = makeApplication(Step::AwaitingPromotion);
        one.rollout->verdict = rollouts::Verdict::Undecided;
        one.gates[2] = {gate.toStdString(), GateResult::Waiting, "1 of 3"};
        m_world->push({one});
        QTRY_VERIFY(m_world->page()->application() != nullptr);
        m_world->run(rolloutcommand::kPromote);
        QTRY_VERIFY(qobject_cast<OverrideSheet*>(m_world->window->sheets().sheet()) != nullptr);
        QStringList texts;
        for (const QLabel* label : m_world->window->sheets().sheet()->findChildren<QLabel*>()) {
            texts << label->text();
        }
        QFETCH(const QString, title);
        QFETCH(const QString, warning);
        QVERIFY2(texts.contains(title), qPrintable(texts.join(QLatin1Char('|'))));
        QVERIFY2(texts.filter(warning).size() == 1, qPrintable(texts.join(QLatin1Char('|'))));
    }

    /// A gate that cannot be overridden keeps Promote from running, and says why.
    void aCandidateThatIsNotReadyIsNotPromoted()
    {
        m_world->signIn();
        m_world->open();
        auto one = makeApplication(Step::AwaitingPromotion);
        one.gates[0] = {"ready", GateResult::Failed, "0 of 2 servers of green are up"};
        m_world->push({one});
        QTRY_COMPARE(
            m_world->reason(rolloutcommand::kPromote),
            QStringLiteral("0 of 2 servers of green are up"));
    }

    void theCandidateGetsTrafficStepByStep()
    {
        m_world->signIn();
        m_world->open();
        auto one = makeApplication(Step::Analysing);
        one.trafficSteps = {5, 25};
        one.rollout->candidatePercent = 5;
        one.observation->splitPercent = 5;
        m_world->push({one});
        QTRY_VERIFY(m_world->page()->application() != nullptr);
        QCOMPARE(slotView(one, Colour::Green, {}).facts.front().second, QStringLiteral("5 %"));
        m_world->run(rolloutcommand::kStep);
        auto& steps = m_world->client().trafficSteps;
        QTRY_COMPARE(steps.requests().size(), std::size_t{1});
        QCOMPARE(steps.requests()[0].percent, std::optional(25));
        steps.answer(makeOutcome(plans::Friction::F1, "Give green 25 %"));
        QTRY_COMPARE(steps.requests().size(), std::size_t{2});
        QVERIFY(!steps.requests()[1].request.validateOnly);
        steps.answer(makeOutcome(plans::Friction::F1, "Give green 25 %"));
        const auto reason = [&] { return m_world->reason(rolloutcommand::kStep); };
        one.rollout->candidatePercent = 25;
        m_world->push({one});
        QTRY_COMPARE(reason(), QStringLiteral("That was the last step: promote it"));
        one.rollout->candidatePercent = 5;
        one.gates.push_back({"window", GateResult::Failed, "closed; opens Mon 09:00"});
        m_world->push({one});
        QTRY_COMPARE(reason(), QStringLiteral("closed; opens Mon 09:00"));
    }

    void startingAsksForTheVersion()
    {
        m_world->openIn(Step::Done);
        m_world->run(rolloutcommand::kStart);
        QTRY_VERIFY(m_world->window->sheets().sheet() != nullptr);
        Sheet* sheet = m_world->window->sheets().sheet();
        QVERIFY(sheet->accessibleName().contains(QStringLiteral("blue")));
        QVERIFY(m_world->field(QStringLiteral("Version")) != nullptr);
        m_world->field(QStringLiteral("Version"))->setText(QStringLiteral("2.5.0"));
        QTest::keyClick(sheet, Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(m_world->client().starts.requests().size(), std::size_t{1});
        QCOMPARE(m_world->client().starts.requests()[0].rollout.revision, std::string("2.5.0"));
        QCOMPARE(
            m_world->client().starts.requests()[0].rollout.application, std::string("checkout"));
    }

private:
    std::unique_ptr<RolloutsWorld> m_world;
};

PILOTHOUSE_UI_TEST_MAIN(RolloutActionsTest)
#include "tst_rollout_actions.moc"
