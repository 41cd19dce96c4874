// SPDX-License-Identifier: Apache-2.0
// The operator's own tokens and sessions on the access page.
#include "tests/support/ui/AccessibilityWalk.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "tests/ui/access/AccessWorld.h"
#include "ui/access/AccessCommands.h"
#include "ui/access/PermissionPicker.h"
#include "ui/access/SecretSheet.h"
#include "ui/access/TokenSheet.h"
#include "ui/shell/SheetHost.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLineEdit>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

class AccessOwnTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<AccessWorld>(); }
    void cleanup() { m_world.reset(); }

    void aTokensSecretIsShownOnce()
    {
        m_world->signIn({"*.view"});
        m_world->open(QStringLiteral("tokens"));
        m_world->window->commands().run(accesscommand::kAddToken);
        QTRY_VERIFY(m_world->sheet<TokenSheet>() != nullptr);
        QCOMPARE(unnamedFocusable(*m_world->window), QStringList());
        auto* picker = m_world->window->sheets().sheet()->findChild<PermissionPicker*>();
        const auto find = [&](const char* text) {
            return picker
                ->findItems(QString::fromLatin1(text), Qt::MatchExactly | Qt::MatchRecursive)
                .front();
        };
        // Never more than the operator may.
        QVERIFY(!find("jobs.operate")->flags().testFlag(Qt::ItemIsUserCheckable));
        QVERIFY(find("jobs.view")->flags().testFlag(Qt::ItemIsUserCheckable));
        find("jobs.view")->setCheckState(0, Qt::Checked);
        m_world->field(QStringLiteral("What for"))->setText(QStringLiteral("nightly report"));
        picture(*m_world->window, QStringLiteral("token-sheet"));
        m_world->confirm();
        QCOMPARE(m_world->own().newTokens.pending(), 1);
        const access::Token& asked = m_world->own().newTokens.requests().back();
        QCOMPARE(asked.scopes, std::vector<std::string>{"jobs.view"});
        QCOMPARE(asked.expireTime, kNow + absl::Hours(24 * 30));
        access::NewToken made;
        made.secret = "pht_secret";
        made.token = asked;
        m_world->own().newTokens.answer(made);
        QTRY_VERIFY(m_world->sheet<SecretSheet>() != nullptr);
        picture(*m_world->window, QStringLiteral("token-secret"));
        QTest::keyClick(m_world->window->sheets().sheet(), Qt::Key_Escape);
        QVERIFY(m_world->sheet<SecretSheet>() != nullptr);
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Space);
        QTRY_COMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("pht_secret"));
        QTest::keyClick(m_world->window->sheets().sheet(), Qt::Key_Escape);
        QTRY_VERIFY(m_world->window->sheets().sheet() == nullptr);
    }

    void ownSessionsAreEndedWithoutAdministration()
    {
        m_world->signIn({"jobs.view"});
        access::Session mine;
        mine.id = "s1";
        mine.client = "console on a laptop";
        mine.createTime = kNow - absl::Hours(1);
        mine.lastUsedTime = kNow;
        mine.expireTime = kNow + absl::Hours(9);
        mine.current = true;
        m_world->own().sessions.answerAlways(std::vector{mine});
        m_world->open(QStringLiteral("sessions/s1"));
        QTRY_COMPARE(m_world->page()->object(), QStringLiteral("sessions/s1"));
        m_world->window->commands().run(accesscommand::kEndSession);
        QTRY_COMPARE(m_world->own().revocations.pending(), 1);
        QCOMPARE(m_world->admin().allSessions.requests().size(), std::size_t{0});
    }

private:
    std::unique_ptr<AccessWorld> m_world;
};

PILOTHOUSE_UI_TEST_MAIN(AccessOwnTest)
#include "tst_access_own.moc"
