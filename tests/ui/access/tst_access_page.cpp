// SPDX-License-Identifier: Apache-2.0
// The access page in a window, with a fake server: what its tabs share, and how it looks.
#include "tests/support/ui/AccessibilityWalk.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "tests/ui/access/AccessWorld.h"
#include "ui/access/AccessCommands.h"

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

class AccessPageTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<AccessWorld>(); }
    void cleanup() { m_world.reset(); }

    void listsAreReadAgainWhenTheServerSaysSo()
    {
        m_world->signIn({"*"});
        m_world->open();
        QTRY_COMPARE(m_world->page()->model().operators().size(), std::size_t{2});
        const auto asked = m_world->admin().operators.requests().size();
        plans::Safety safety;
        safety.needsLease = false;
        safety.accessRevision = 7;
        m_world->plansClient().safetyStream.push(safety);
        QTRY_COMPARE(m_world->admin().operators.requests().size(), asked + 1);
        m_world->plansClient().safetyStream.push(safety);
        QTRY_VERIFY(m_world->plansClient().approvals.requests().size() >= 2);
        QCOMPARE(m_world->admin().operators.requests().size(), asked + 1);
    }

    void whoMayNotSeeIsToldWhichRoleDoes()
    {
        m_world->signIn({"jobs.view"});
        m_world->open();
        QCOMPARE(m_world->page()->model().operatorsState().kind, DataState::Kind::Forbidden);
        QVERIFY(m_world->page()->model().operatorsState().message.contains(
            QStringLiteral("Needs the role viewer, operator or admin")));
        QCOMPARE(m_world->admin().operators.requests().size(), std::size_t{0});
        QVERIFY(m_world->reason(accesscommand::kAddOperator)
                    .contains(QStringLiteral("Needs the role admin")));
        picture(*m_world->window, QStringLiteral("access-forbidden"));
    }

    void looksRight_data()
    {
        QTest::addColumn<ThemeMode>("mode");
        QTest::addColumn<QSize>("size");
        QTest::newRow("access-dark") << ThemeMode::Dark << QSize(1440, 900);
        QTest::newRow("access-light") << ThemeMode::Light << QSize(1440, 900);
        QTest::newRow("access-small-dark") << ThemeMode::Dark << QSize(1024, 700);
        QTest::newRow("access-small-light") << ThemeMode::Light << QSize(1024, 700);
    }
    void looksRight()
    {
        QFETCH(ThemeMode, mode);
        QFETCH(QSize, size);
        m_world->theme.setMode(mode);
        m_world->window->resize(size);
        m_world->signIn({"*"});
        access::Account locked = account("mo", {"viewer", "on-call"});
        locked.lockedUntil = kNow + absl::Minutes(10);
        access::Account disabled =
            account("somebody-with-a-very-long-name-in-the-directory", {"operator"});
        disabled.isDisabled = true;
        disabled.disableTime = kNow - absl::Hours(50);
        m_world->admin().operators.answerAlways(std::vector{
            account("dana", {"admin"}), account("lee", {"operator"}), locked, disabled});
        access::Token token{
            "t1",
            "nightly report",
            {"jobs.view", "metrics.view"},
            kNow,
            kNow,
            kNow + absl::Hours(700)};
        m_world->own().tokens.answerAlways(std::vector{token});
        m_world->own().sessions.answerAlways(std::vector<access::Session>{});
        access::Session one{
            "s1",
            "console on dana-laptop",
            "10.1.2.3",
            kNow - absl::Hours(1),
            kNow,
            kNow + absl::Hours(8),
            false};
        m_world->admin().allSessions.answerAlways(std::vector{
            access::OperatorSession{"dana", false, one, {}},
            access::OperatorSession{
                "lee",
                true,
                {"s2",
                 "nightly report",
                 "10.1.2.9",
                 kNow - absl::Hours(90),
                 kNow,
                 kNow + absl::Hours(600),
                 false},
                {"*.view"}}});
        m_world->plansClient().approvals.answerAlways(std::vector{
            approval("a1", "kim", plans::ApprovalState::Pending),
            approval("a3", "lee", plans::ApprovalState::Rejected)});
        const QString name = QString::fromLatin1(QTest::currentDataTag());
        for (const char* object :
             {"operators/mo", "roles/on-call", "tokens/t1", "sessions/s2", "approvals/a1"}) {
            m_world->open(QString::fromLatin1(object));
            QTRY_COMPARE(m_world->page()->object(), QString::fromLatin1(object));
            const QImage image = picture(
                *m_world->window,
                name + QLatin1Char('-') +
                    QString::fromLatin1(object).section(QLatin1Char('/'), 0, 0));
            QVERIFY(inkOf(image) > 0.03);
            QCOMPARE(unnamedFocusable(*m_world->window), QStringList());
        }
    }

private:
    std::unique_ptr<AccessWorld> m_world;
};

PILOTHOUSE_UI_TEST_MAIN(AccessPageTest)
#include "tst_access_page.moc"
