// SPDX-License-Identifier: Apache-2.0
// The inbox of approvals on the access page.
#include "tests/support/ui/AccessibilityWalk.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "tests/ui/access/AccessWorld.h"
#include "ui/access/AccessCommands.h"
#include "ui/access/DecisionSheet.h"
#include "ui/components/Tabs.h"
#include "ui/shell/SheetHost.h"

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

class AccessApprovalsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<AccessWorld>(); }
    void cleanup() { m_world.reset(); }

    void theInboxDecides()
    {
        m_world->signIn({"*"});
        m_world->plansClient().approvals.answerAlways(std::vector{
            approval("a1", "kim", plans::ApprovalState::Pending),
            approval("a2", "dana", plans::ApprovalState::Pending),
            approval("a3", "lee", plans::ApprovalState::Used)});
        m_world->open(QStringLiteral("approvals/a2"));
        QTRY_COMPARE(m_world->page()->object(), QStringLiteral("approvals/a2"));
        auto* tabs = m_world->page()->findChild<Tabs*>();
        QCOMPARE(tabs->badge(tabs->count() - 1), 1);
        QCOMPARE(
            m_world->reason(accesscommand::kApprove),
            QStringLiteral("You cannot decide on your own request"));
        QCOMPARE(m_world->reason(accesscommand::kWithdraw), QString());
        m_world->page()->openObject(QStringLiteral("approvals/a1"));
        QTRY_COMPARE(m_world->reason(accesscommand::kApprove), QString());
        picture(*m_world->window, QStringLiteral("access-approvals"));
        m_world->window->commands().run(accesscommand::kReject);
        QTRY_VERIFY(m_world->sheet<DecisionSheet>() != nullptr);
        m_world->confirm();
        QCOMPARE(m_world->plansClient().rejections.pending(), 0);
        QTest::keyClick(m_world->window->sheets().sheet(), Qt::Key_Escape);
        QTRY_VERIFY(m_world->window->sheets().sheet() == nullptr);
        m_world->window->commands().run(accesscommand::kApprove);
        QTRY_VERIFY(m_world->sheet<DecisionSheet>() != nullptr);
        QCOMPARE(unnamedFocusable(*m_world->window), QStringList());
        picture(*m_world->window, QStringLiteral("access-approve"));
        m_world->confirm();
        QCOMPARE(m_world->plansClient().approvings.pending(), 1);
        const auto& decision = m_world->plansClient().approvings.requests().back();
        QCOMPARE(decision.id, std::string("a1"));
        QCOMPARE(decision.planDigest, std::string("5f1c0d9a77ab20f3"));
        m_world->plansClient().approvings.answer(
            approval("a1", "kim", plans::ApprovalState::Approved));
        QTRY_COMPARE(m_world->newestToast(), QStringLiteral("Approved: Disable operator lee"));
    }

private:
    std::unique_ptr<AccessWorld> m_world;
};

PILOTHOUSE_UI_TEST_MAIN(AccessApprovalsTest)
#include "tst_access_approvals.moc"
