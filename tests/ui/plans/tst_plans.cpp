// SPDX-License-Identifier: Apache-2.0
// How every page acts: lock, plan, confirmation, approval; driven through the window with fakes.
#include "shared/base/StatusHelpers.h"
#include "shared/base/Violations.h"
#include "tests/support/Programs.h"
#include "tests/support/shell/ShellFixture.h"
#include "tests/support/ui/AccessibilityWalk.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/plans/ApprovalNotices.h"
#include "ui/plans/LeaseSheet.h"
#include "ui/plans/LockText.h"
#include "ui/plans/PlannedActions.h"
#include "ui/plans/WriteLock.h"
#include "ui/shell/EnvBand.h"
#include "ui/shell/PageHost.h"
#include "ui/shell/SheetHost.h"
#include "ui/shell/Toast.h"
#include "ui/shell/ToastStack.h"

#include <QClipboard>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

namespace {

/// With plain blanks for the thin ones.
QString spaced(QString text)
{
    return text.replace(QChar(0x2009), QLatin1Char(' '));
}

plans::Plan plan(plans::Friction friction)
{
    plans::Plan plan;
    plan.action = "access.operators.disable";
    plan.target = "operators/lee";
    plan.title = "Disable operator lee";
    plan.environment = system::Environment::Production;
    plan.environmentName = "eu-prod-1";
    plan.impact.summary = "lee can no longer sign in; 3 sessions end.";
    plan.impact.numbers = {{"sessions", 3, ""}};
    plan.impact.reversibility = plans::Reversibility::Easy;
    plan.impact.undo = "Enable the operator again.";
    plan.facts = {{"roles", "operator"}, {"sessions", "3"}};
    plan.friction = friction;
    plan.digest = "5f1c0d9a77ab20f3c4d5e6f708192a3b";
    plan.needsLease = true;
    plan.createTime = absl::FromUnixSeconds(1'795'271'400);
    return plan;
}

/// A window on production with its lock, and an action that the test answers.
class Cockpit : public ShellFixture
{
public:
    Cockpit()
    {
        lock = new WriteLock(*window);
        notices = new ApprovalNotices(*window, QStringLiteral("second"));
        show();
        session = makeSession();
        window->setSession(session);
        client::ConnectionStatus status;
        status.state = client::ConnectionState::Live;
        status.identity = access::Identity{{"dana", "Dana", {"admin"}}, {"*"}, "token", {}};
        setStatus(status);
        actions = std::make_unique<PlannedActions>(*session, theme, settings, clock);
        QObject::connect(
            actions.get(), &PlannedActions::sheetRequested, &window->sheets(), &SheetHost::open);
        QObject::connect(
            actions.get(), &PlannedActions::toastRequested, &window->toasts(), &ToastStack::post);
    }
    ~Cockpit()
    {
        actions.reset();
        window.reset();
    }

    FakePlansClient& plansClient() { return connection->plansClient; }
    void pushSafety(const plans::Safety& safety)
    {
        plansClient().safetyStream.push(safety);
        const std::int64_t wanted = safety.accessRevision;
        waitUntil([&] {
            return session->safety().isKnown() &&
                   session->safety().safety().accessRevision == wanted;
        });
    }
    /// Production: locked, or with a lease of `left`.
    plans::Safety production(std::optional<absl::Duration> left)
    {
        plans::Safety safety;
        safety.environment = system::Environment::Production;
        safety.environmentName = "eu-prod-1";
        safety.needsLease = true;
        safety.serverTime = clock.time;
        safety.accessRevision = ++revision;
        if (left) {
            safety.lease = plans::Lease{"dana", "ticket 4711", clock.time, clock.time + *left};
        }
        return safety;
    }
    void start()
    {
        PlannedStep step;
        step.look = {
            QStringLiteral("Disable operator"),
            QStringLiteral("octagon-x"),
            QStringLiteral("pilothousectl operators disable lee"),
            true};
        step.ask = [this](const plans::Request& request, client::OnDone<plans::Plan> onDone) {
            return asked.start(request, std::move(onDone));
        };
        step.doneText = QStringLiteral("lee is disabled");
        step.done = [this] { ++done; };
        actions->start(std::move(step));
    }
    void type(const QString& accessibleNamePart, const QString& text)
    {
        for (QLineEdit* field : window->sheets().sheet()->findChildren<QLineEdit*>()) {
            if (field->accessibleName().contains(accessibleNamePart) && !field->isReadOnly()) {
                field->setFocus();
                field->clear();
                QTest::keyClicks(field, text);
                return;
            }
        }
        QFAIL(qPrintable(QStringLiteral("no field %1").arg(accessibleNamePart)));
    }

    WriteLock* lock;
    ApprovalNotices* notices;
    std::shared_ptr<Session> session;
    std::unique_ptr<PlannedActions> actions;
    FakeMethod<plans::Request, plans::Plan> asked;
    std::int64_t revision = 0;
    int done = 0;
};

} // namespace

class PlansTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<Cockpit>(); }
    void cleanup() { m_world.reset(); }

    void theBandSaysWhetherWritesAreLocked()
    {
        QVERIFY(!m_world->window->band().lock());
        m_world->pushSafety(m_world->production({}));
        QTRY_VERIFY(m_world->window->band().lock());
        QCOMPARE(m_world->window->band().lock()->word, QStringLiteral("Read-only"));
        QCOMPARE(m_world->window->band().lock()->text, QStringLiteral("Ctrl+L"));
        picture(*m_world->window, QStringLiteral("lock-read-only"));
        m_world->pushSafety(m_world->production(absl::Minutes(14) + absl::Seconds(32)));
        QTRY_COMPARE(
            spaced(m_world->window->band().lock()->text), QStringLiteral("14 m 32 s left"));
        QVERIFY(!m_world->window->band().lock()->isUrgent);
        picture(*m_world->window, QStringLiteral("lock-unlocked"));
        plans::Safety local = m_world->production({});
        local.needsLease = false;
        m_world->pushSafety(local);
        QTRY_VERIFY(!m_world->window->band().lock());
    }

    void ctrlLAsksForAReasonAndTakesTheLease()
    {
        m_world->pushSafety(m_world->production({}));
        QTest::keyClick(m_world->window.get(), Qt::Key_L, Qt::ControlModifier);
        QTRY_VERIFY(m_world->sheet<LeaseSheet>() != nullptr);
        QCOMPARE(unnamedFocusable(*m_world->window), QStringList());
        m_world->confirm();
        QCOMPARE(m_world->plansClient().leases.pending(), 0);
        m_world->type(QStringLiteral("Reason"), QStringLiteral("ticket 4711"));
        picture(*m_world->window, QStringLiteral("lease-sheet"));
        m_world->confirm();
        QCOMPARE(m_world->plansClient().leases.requests().back(), std::string("ticket 4711"));
        m_world->plansClient().leases.answer(
            absl::PermissionDeniedError("the role viewer cannot take a lease"));
        QVERIFY(m_world->sheet<LeaseSheet>() != nullptr);
        QTRY_VERIFY(m_world->sheet<LeaseSheet>()->initialFocus()->isEnabled());
        m_world->confirm();
        m_world->plansClient().leases.answer(plans::Lease{});
        QTRY_VERIFY(m_world->window->sheets().sheet() == nullptr);
        // Unlocked, the same key ends it early.
        m_world->pushSafety(m_world->production(absl::Minutes(15)));
        QTest::keyClick(m_world->window.get(), Qt::Key_L, Qt::ControlModifier);
        QTRY_COMPARE(m_world->plansClient().leaseEnds.pending(), 1);
    }

    void theEndOfALeaseIsAnnounced_data()
    {
        QTest::addColumn<int>("before");
        QTest::addColumn<int>("now");
        QTest::addColumn<QString>("text");
        QTest::newRow("taken") << 0 << 900 << QString();
        QTest::newRow("steady") << 300 << 299 << QString();
        QTest::newRow("two minutes")
            << 121 << 120 << QStringLiteral("Writes lock again in 2 minutes.");
        QTest::newRow("asleep past both")
            << 300 << 20 << QStringLiteral("Writes lock again in 30 seconds.");
        QTest::newRow("thirty seconds")
            << 31 << 30 << QStringLiteral("Writes lock again in 30 seconds.");
        QTest::newRow("over") << 1 << 0 << QStringLiteral("Writes are locked again.");
        QTest::newRow("locked all the time") << 0 << 0 << QString();
    }
    void theEndOfALeaseIsAnnounced()
    {
        QFETCH(int, before);
        QFETCH(int, now);
        QFETCH(QString, text);
        QCOMPARE(leaseWarning(absl::Seconds(before), absl::Seconds(now)), text);
    }

    void theCountdownWarnsInTheBandAndByAMessage()
    {
        m_world->pushSafety(m_world->production(absl::Seconds(130)));
        QVERIFY(m_world->window->toasts().isEmpty());
        m_world->clock.time += absl::Seconds(15);
        QTRY_COMPARE_WITH_TIMEOUT(
            m_world->newestToast(), QStringLiteral("Writes lock again in 2 minutes."), 20000);
        QVERIFY(m_world->window->band().lock()->isUrgent);
        picture(*m_world->window, QStringLiteral("lock-urgent"));
        // Its action extends.
        m_world->window->toasts().toasts().back()->act();
        QTRY_VERIFY(m_world->sheet<LeaseSheet>() != nullptr);
    }

    void f1RunsAtOnceAndSaysHowToUndoIt()
    {
        m_world->pushSafety(m_world->production(absl::Minutes(15)));
        m_world->start();
        QVERIFY(m_world->asked.requests().back().validateOnly);
        m_world->asked.answer(plan(plans::Friction::F1));
        QTRY_COMPARE(m_world->asked.requests().size(), std::size_t{2});
        QVERIFY(!m_world->asked.requests().back().validateOnly);
        m_world->asked.answer(plan(plans::Friction::F1));
        QTRY_COMPARE(m_world->done, 1);
        QCOMPARE(m_world->newestToast(), QStringLiteral("lee is disabled"));
        QCOMPARE(m_world->actions->phase(), PlannedActions::Phase::Idle);
    }

    void f3ShowsThePlanAndSendsItsDigestNameAndReason()
    {
        m_world->pushSafety(m_world->production(absl::Minutes(15)));
        openF(plans::Friction::F3);
        picture(*m_world->window, QStringLiteral("confirm-f3"));
        QCOMPARE(unnamedFocusable(*m_world->window), QStringList());
        m_world->confirm();
        QCOMPARE(m_world->asked.requests().size(), std::size_t{1});
        fillConfirm();
        m_world->confirm();
        QCOMPARE(m_world->asked.requests().size(), std::size_t{2});
        const plans::Confirmation& given = m_world->asked.requests().back().confirmation;
        QCOMPARE(given.planDigest, plan(plans::Friction::F3).digest);
        QCOMPARE(given.reason, std::string("left the company"));
        QCOMPARE(given.typedName, std::string("eu-prod-1"));
        QVERIFY(!given.isNamePasted);
        m_world->asked.answer(plan(plans::Friction::F3));
        QTRY_VERIFY(m_world->window->sheets().sheet() == nullptr);
        QTRY_COMPARE(m_world->done, 1);
    }

    void aPastedNameIsSentAsPasted()
    {
        m_world->pushSafety(m_world->production(absl::Minutes(15)));
        openF(plans::Friction::F3);
        fillConfirm();
        auto* name = qobject_cast<QLineEdit*>(QApplication::focusWidget());
        QVERIFY(name != nullptr);
        QGuiApplication::clipboard()->setText(name->text());
        name->clear();
        QTest::keyClick(name, Qt::Key_V, Qt::ControlModifier);
        m_world->confirm();
        QCOMPARE(m_world->asked.requests().size(), std::size_t{2});
        QVERIFY(m_world->asked.requests().back().confirmation.isNamePasted);
    }

    void lockedItOffersToUnlockAndGoesOn()
    {
        m_world->pushSafety(m_world->production({}));
        m_world->start();
        m_world->asked.answer(plan(plans::Friction::F2));
        QTRY_VERIFY(m_world->sheet<LeaseSheet>() != nullptr);
        m_world->type(QStringLiteral("Reason"), QStringLiteral("ticket"));
        m_world->confirm();
        m_world->plansClient().leases.answer(plans::Lease{});
        // The plan is asked for anew, although the feed has not told of the lease yet.
        QTRY_COMPARE(m_world->asked.requests().size(), std::size_t{2});
        QVERIFY(m_world->asked.requests().back().validateOnly);
        m_world->asked.answer(plan(plans::Friction::F2));
        QTRY_VERIFY(m_world->sheet<ConfirmSheet>() != nullptr);
    }

    void refusingToUnlockEndsIt()
    {
        m_world->pushSafety(m_world->production({}));
        m_world->start();
        m_world->asked.answer(plan(plans::Friction::F2));
        QTRY_VERIFY(m_world->sheet<LeaseSheet>() != nullptr);
        QTest::keyClick(m_world->window->sheets().sheet(), Qt::Key_Escape);
        QTRY_COMPARE(m_world->actions->phase(), PlannedActions::Phase::Idle);
        QCOMPARE(m_world->asked.requests().size(), std::size_t{1});
    }

    void aChangedWorldIsShownAsADifference()
    {
        m_world->pushSafety(m_world->production(absl::Minutes(15)));
        openF(plans::Friction::F3);
        fillConfirm();
        m_world->confirm();
        m_world->asked.answer(withViolations(
            withReason(
                absl::FailedPreconditionError("'Disable operator lee' is not as it was planned"),
                "PLAN_CHANGED"),
            {{"PLAN_CHANGED", "roles", "operator → admin"}}));
        QTRY_COMPARE(m_world->asked.requests().size(), std::size_t{3});
        QVERIFY(m_world->asked.requests().back().validateOnly);
        plans::Plan changed = plan(plans::Friction::F3);
        changed.facts[0].value = "admin";
        changed.digest = "another";
        m_world->asked.answer(changed);
        QTRY_COMPARE(m_world->actions->phase(), PlannedActions::Phase::Confirming);
        picture(*m_world->window, QStringLiteral("confirm-changed"));
        // The name has to be typed again, and the new plan is what is confirmed.
        m_world->confirm();
        QCOMPARE(m_world->asked.requests().size(), std::size_t{3});
        m_world->type(QStringLiteral("Type the name"), QStringLiteral("eu-prod-1"));
        m_world->confirm();
        QCOMPARE(m_world->asked.requests().size(), std::size_t{4});
        QCOMPARE(m_world->asked.requests().back().confirmation.planDigest, std::string("another"));
    }

    void aLeaseThatEndsMeanwhileIsOfferedAgain()
    {
        m_world->pushSafety(m_world->production(absl::Minutes(15)));
        openF(plans::Friction::F2);
        m_world->confirm();
        m_world->asked.answer(
            withReason(absl::FailedPreconditionError("the lease ended"), "LEASE_ENDED"));
        QTRY_VERIFY(m_world->sheet<LeaseSheet>() != nullptr);
    }

    void f4WaitsForASecondPerson()
    {
        m_world->pushSafety(m_world->production(absl::Minutes(15)));
        openF(plans::Friction::F4);
        fillConfirm();
        m_world->confirm();
        QCOMPARE(m_world->asked.requests().size(), std::size_t{1});
        QCOMPARE(m_world->plansClient().approvalRequests.pending(), 1);
        const auto& request = m_world->plansClient().approvalRequests.requests().back();
        QCOMPARE(request.planDigest, plan(plans::Friction::F4).digest);
        QCOMPARE(request.reason, std::string("left the company"));
        plans::Approval approval = pending();
        plans::Safety waiting = m_world->production(absl::Minutes(15));
        waiting.pendingApprovals = {approval};
        m_world->pushSafety(waiting);
        m_world->plansClient().approvalRequests.answer(approval);
        QTRY_COMPARE(m_world->actions->phase(), PlannedActions::Phase::Waiting);
        picture(*m_world->window, QStringLiteral("confirm-waiting"));
        m_world->confirm();
        QCOMPARE(m_world->asked.requests().size(), std::size_t{1});

        approval.state = plans::ApprovalState::Approved;
        approval.decidedBy = "lee";
        plans::Safety ready = m_world->production(absl::Minutes(15));
        ready.readyApprovals = {approval};
        m_world->pushSafety(ready);
        QTRY_COMPARE(m_world->actions->phase(), PlannedActions::Phase::Confirming);
        picture(*m_world->window, QStringLiteral("confirm-approved"));
        m_world->confirm();
        QCOMPARE(m_world->asked.requests().size(), std::size_t{2});
        QCOMPARE(m_world->asked.requests().back().confirmation.approvalId, std::string("a1"));
    }

    void aRejectedRequestSaysWhoAndWhy()
    {
        m_world->pushSafety(m_world->production(absl::Minutes(15)));
        openF(plans::Friction::F4);
        fillConfirm();
        m_world->confirm();
        plans::Approval approval = pending();
        plans::Safety waiting = m_world->production(absl::Minutes(15));
        waiting.pendingApprovals = {approval};
        m_world->pushSafety(waiting);
        m_world->plansClient().approvalRequests.answer(approval);
        QTRY_COMPARE(m_world->actions->phase(), PlannedActions::Phase::Waiting);
        m_world->pushSafety(m_world->production(absl::Minutes(15)));
        QTRY_COMPARE(m_world->plansClient().approval.pending(), 1);
        approval.state = plans::ApprovalState::Rejected;
        approval.decidedBy = "lee";
        approval.comment = "not today";
        m_world->plansClient().approval.answer(approval);
        QTRY_COMPARE(m_world->actions->phase(), PlannedActions::Phase::Confirming);
        // Confirming now asks anew; it never executes.
        m_world->confirm();
        QCOMPARE(m_world->asked.requests().size(), std::size_t{1});
        QCOMPARE(m_world->plansClient().approvalRequests.pending(), 1);
    }

    void anApprovalThatIsThereAlreadyIsFound()
    {
        plans::Approval approval = pending();
        approval.state = plans::ApprovalState::Approved;
        approval.decidedBy = "lee";
        plans::Safety ready = m_world->production(absl::Minutes(15));
        ready.readyApprovals = {approval};
        m_world->pushSafety(ready);
        openF(plans::Friction::F4);
        fillConfirm();
        m_world->confirm();
        QCOMPARE(m_world->asked.requests().size(), std::size_t{2});
        QCOMPARE(m_world->asked.requests().back().confirmation.approvalId, std::string("a1"));
    }

    void aPlanThatIsRefusedIsSaid()
    {
        m_world->pushSafety(m_world->production(absl::Minutes(15)));
        m_world->start();
        m_world->asked.answer(absl::FailedPreconditionError("lee is the last administrator"));
        QTRY_COMPARE(m_world->newestToast(), QStringLiteral("Disable operator: not possible"));
        QCOMPARE(m_world->actions->phase(), PlannedActions::Phase::Idle);
    }

    void requestsOfOthersAreToldOnceAndCounted()
    {
        m_world->window->pages().open(QStringLiteral("first"));
        m_world->pushSafety(m_world->production({}));
        plans::Approval approval = pending();
        approval.requester = "kim";
        plans::Safety asked = m_world->production({});
        asked.pendingApprovals = {approval};
        m_world->pushSafety(asked);
        QTRY_VERIFY(m_world->newestToast().startsWith(QStringLiteral("kim asks for approval")));
        picture(*m_world->window, QStringLiteral("approval-toast"));
        asked.accessRevision = ++m_world->revision;
        m_world->pushSafety(asked);
        QCOMPARE(m_world->window->toasts().toasts().size(), std::size_t{1});
        m_world->window->toasts().toasts().back()->act();
        QTRY_COMPARE(m_world->window->pages().spec()->id, QStringLiteral("second"));
        QCOMPARE(m_world->window->pages().page()->object(), QStringLiteral("approvals/a1"));
    }

private:
    static plans::Approval pending()
    {
        plans::Approval approval;
        approval.id = "a1";
        approval.plan = plan(plans::Friction::F4);
        approval.requester = "dana";
        approval.reason = "left the company";
        approval.expireTime = absl::FromUnixSeconds(1'795'275'000);
        return approval;
    }
    void openF(plans::Friction friction)
    {
        m_world->start();
        m_world->asked.answer(plan(friction));
        QTRY_VERIFY(m_world->sheet<ConfirmSheet>() != nullptr);
    }
    void fillConfirm()
    {
        m_world->type(QStringLiteral("Reason"), QStringLiteral("left the company"));
        m_world->type(QStringLiteral("Type the name"), QStringLiteral("eu-prod-1"));
    }

    std::unique_ptr<Cockpit> m_world;
};

PILOTHOUSE_UI_TEST_MAIN(PlansTest)
#include "tst_plans.moc"
