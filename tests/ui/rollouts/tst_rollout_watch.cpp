// SPDX-License-Identifier: Apache-2.0
// Promote and Roll back of a window on whatever page, and the band's way back.
#include "tests/support/ui/StallGuard.h"
#include "tests/ui/rollouts/RolloutsWorld.h"
#include "ui/rollouts/RolloutCommands.h"
#include "ui/rollouts/RolloutWatch.h"
#include "ui/rollouts/RolloutsPage.h"
#include "ui/shell/ConfirmSheet.h"
#include "ui/shell/EnvBand.h"
#include "ui/shell/PageHost.h"
#include "ui/shell/SheetHost.h"
#include "ui/shell/Toast.h"
#include "ui/shell/ToastStack.h"

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;
using rollouts::Step;

class RolloutWatchTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<RolloutsWorld>(); }
    void cleanup() { m_world.reset(); }

    /// What the server, or somebody else, has ended is told on every page, once.
    void anEndThatNobodyHereAskedForIsTold()
    {
        m_world->signIn();
        m_world->window->pages().open(QStringLiteral("first"));
        auto cart = makeApplication(Step::RolledBack, "cart");
        cart.rollout->id = "9";
        m_world->push({cart, makeApplication(Step::Switched)});
        QTRY_VERIFY(m_world->window->band().rollBack().has_value());
        QVERIFY(m_world->window->toasts().isEmpty()); // an old end is no news
        auto back = makeApplication(Step::RolledBack);
        back.rollout->message = "blue has the traffic again: server errors: 12 % of 40 requests";
        m_world->push({cart, back});
        QTRY_COMPARE(m_world->window->toasts().toasts().size(), std::size_t{1});
        const ToastMessage told = m_world->window->toasts().toasts().front()->message();
        QCOMPARE(told.text, QStringLiteral("checkout was rolled back"));
        QVERIFY(told.detail.contains(QStringLiteral("12 % of 40 requests")));
        m_world->push({cart, back});
        QTRY_VERIFY(!m_world->window->band().rollBack().has_value());
        QCOMPARE(m_world->window->toasts().toasts().front()->count(), 1);
        m_world->window->toasts().toasts().front()->act();
        QTRY_VERIFY(m_world->page() != nullptr);
    }

    /// Two key presses from any page: the chord, and Ctrl+Enter where the plan asks for it.
    void rollingBackTakesTwoKeysFromAnyPage()
    {
        m_world->signIn();
        m_world->window->pages().open(QStringLiteral("first"));
        m_world->push({makeApplication(Step::Switched)});
        QTRY_VERIFY(m_world->window->band().rollBack().has_value());
        QCOMPARE(m_world->window->band().rollBack()->word, QStringLiteral("Roll back checkout"));
        QCOMPARE(m_world->window->band().rollBack()->text, QStringLiteral("9\u2009m"));
        m_world->window->activateWindow();
        QTest::keyClick(m_world->window.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_COMPARE(m_world->client().rollbacks.requests().size(), std::size_t{1});
        m_world->client().rollbacks.answer(makeOutcome(plans::Friction::F2, "Roll back"));
        QTRY_VERIFY(m_world->window->sheets().sheet() != nullptr);
        QTest::keyClick(m_world->window->sheets().sheet(), Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(m_world->client().rollbacks.requests().size(), std::size_t{2});
        QVERIFY(!m_world->client().rollbacks.requests()[1].request.validateOnly);
        m_world->client().rollbacks.answer(makeOutcome(plans::Friction::F2, "Roll back"));
        m_world->push({makeApplication(Step::RolledBack)});
        QTRY_VERIFY(!m_world->window->band().rollBack().has_value());
    }

    /// The band promises nothing that it cannot do.
    void withoutAConnectionTheBandOffersNothing()
    {
        m_world->openIn(Step::Switched);
        QTRY_VERIFY(m_world->window->band().rollBack().has_value());
        m_world->setState(client::ConnectionState::Reconnecting);
        QTRY_VERIFY(!m_world->window->band().rollBack().has_value());
        m_world->signIn();
        QTRY_VERIFY(m_world->window->band().rollBack().has_value());
    }

    /// The way out of an accident: no plan can be made, and it is done all the same.
    void rollingBackWorksWithoutThePlan()
    {
        m_world->openIn(Step::Switched);
        m_world->run(rolloutcommand::kRollBack);
        QTRY_COMPARE(m_world->client().rollbacks.requests().size(), std::size_t{1});
        m_world->client().rollbacks.answer(
            absl::UnavailableError("the control database does not answer"));
        QTRY_VERIFY(qobject_cast<ConfirmSheet*>(m_world->window->sheets().sheet()) != nullptr);
        QTest::keyClick(m_world->window->sheets().sheet(), Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(m_world->client().rollbacks.requests().size(), std::size_t{2});
        const auto& asked = m_world->client().rollbacks.requests()[1].request;
        QVERIFY(!asked.validateOnly);
        QCOMPARE(asked.confirmation.planDigest, std::string());
        client::RolloutOutcome done;
        done.isRecordedLocally = true;
        m_world->client().rollbacks.answer(done);
        QTRY_VERIFY(m_world->watch->actions()->phase() == PlannedActions::Phase::Idle);
    }

    /// Of several the last promotion; on the page the one that is shown.
    void theVerbsActOnWhatIsMeant()
    {
        m_world->signIn();
        m_world->window->pages().open(QStringLiteral("first"));
        auto older = makeApplication(Step::Switched, "a");
        older.rollout->promoteTime = kRolloutsNow - absl::Minutes(5);
        m_world->push(
            {older, makeApplication(Step::Switched, "b"), makeApplication(Step::Analysing, "c")});
        QTRY_VERIFY(m_world->window->band().rollBack().has_value());
        QCOMPARE(m_world->window->band().rollBack()->word, QStringLiteral("Roll back b"));
        // Promote leads to the evidence first.
        m_world->run(rolloutcommand::kPromote);
        QTRY_VERIFY(m_world->page() != nullptr);
        QVERIFY(m_world->client().promotions.requests().empty());
        m_world->push(
            {older, makeApplication(Step::Switched, "b"), makeApplication(Step::Analysing, "c")});
        QTRY_COMPARE(m_world->page()->object(), QStringLiteral("c"));
        QVERIFY(!m_world->reason(rolloutcommand::kRollBack).isEmpty());
        m_world->page()->openObject(QStringLiteral("a"));
        QTRY_COMPARE(m_world->reason(rolloutcommand::kRollBack), QString());
        m_world->run(rolloutcommand::kRollBack);
        QTRY_COMPARE(m_world->client().rollbacks.requests().size(), std::size_t{1});
        QCOMPARE(m_world->client().rollbacks.requests()[0].target.application, std::string("a"));
    }

private:
    std::unique_ptr<RolloutsWorld> m_world;
};

PILOTHOUSE_UI_TEST_MAIN(RolloutWatchTest)
#include "tst_rollout_watch.moc"
