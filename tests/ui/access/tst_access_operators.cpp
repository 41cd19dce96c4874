// SPDX-License-Identifier: Apache-2.0
// The operators of the access page: what is said of them, added, disabled, filtered.
#include "tests/support/ui/AccessibilityWalk.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "tests/ui/access/AccessWorld.h"
#include "ui/access/AccessCommands.h"
#include "ui/access/AccessText.h"
#include "ui/access/CheckList.h"
#include "ui/access/OperatorSheet.h"
#include "ui/components/DataTable.h"
#include "ui/components/Format.h"
#include "ui/shell/ConfirmSheet.h"
#include "ui/shell/SheetHost.h"

#include <QLineEdit>
#include <QPushButton>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

class AccessOperatorsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<AccessWorld>(); }
    void cleanup() { m_world.reset(); }

    void accountsSayTheirState_data()
    {
        QTest::addColumn<bool>("disabled");
        QTest::addColumn<int>("lockedFor");
        QTest::addColumn<QString>("word");
        QTest::newRow("active") << false << 0 << QStringLiteral("Active");
        QTest::newRow("locked") << false << 60 << QStringLiteral("Locked");
        QTest::newRow("lock is over") << false << -60 << QStringLiteral("Active");
        QTest::newRow("disabled") << true << 60 << QStringLiteral("Disabled");
    }
    void accountsSayTheirState()
    {
        QFETCH(bool, disabled);
        QFETCH(int, lockedFor);
        QFETCH(QString, word);
        access::Account one = account("lee", {"viewer"});
        one.isDisabled = disabled;
        one.lockedUntil = kNow + absl::Seconds(lockedFor);
        QCOMPARE(stateWord(one, kNow), word);
    }

    void disablingGoesThroughItsPlan()
    {
        m_world->signIn({"*"});
        m_world->open(QStringLiteral("operators/lee"));
        QTRY_COMPARE(m_world->page()->object(), QStringLiteral("operators/lee"));
        QCOMPARE(
            m_world->reason(accesscommand::kEnableOperator),
            QStringLiteral("The operator is not disabled"));
        m_world->window->commands().run(accesscommand::kDisableOperator);
        QTRY_COMPARE(m_world->admin().disables.pending(), 1);
        QVERIFY(m_world->admin().disables.requests().back().request.validateOnly);
        m_world->admin().disables.answer(plan(plans::Friction::F3));
        QTRY_VERIFY(m_world->sheet<ConfirmSheet>() != nullptr);
        QCOMPARE(
            m_world->sheet<ConfirmSheet>()->confirmation().command,
            QStringLiteral("pilothousectl operators disable lee"));
        picture(*m_world->window, QStringLiteral("access-confirm"));
        m_world->field(QStringLiteral("Reason (goes to the audit log)"))
            ->setText(QStringLiteral("left"));
        for (QLineEdit* field : m_world->window->sheets().sheet()->findChildren<QLineEdit*>()) {
            if (field->accessibleName().startsWith(QStringLiteral("Type the name"))) {
                field->setText(QStringLiteral("eu-prod-1"));
            }
        }
        m_world->confirm();
        QTRY_COMPARE(m_world->admin().disables.requests().size(), std::size_t{2});
        QCOMPARE(
            m_world->admin().disables.requests().back().request.confirmation.planDigest,
            std::string("5f1c0d9a77ab20f3"));
        m_world->admin().disables.answer(plan(plans::Friction::F3));
        QTRY_COMPARE(m_world->newestToast(), QStringLiteral("lee is disabled"));
        QVERIFY(m_world->window->sheets().sheet() == nullptr);
    }

    void anOperatorIsAddedFromItsForm()
    {
        m_world->signIn({"*"});
        m_world->open();
        QTRY_COMPARE(m_world->page()->model().roles().size(), std::size_t{4});
        m_world->window->commands().run(accesscommand::kAddOperator);
        QTRY_VERIFY(m_world->sheet<OperatorSheet>() != nullptr);
        QCOMPARE(unnamedFocusable(*m_world->window), QStringList());
        m_world->field(QStringLiteral("Name"))->setText(QStringLiteral("kim"));
        m_world->field(QStringLiteral("Password"))
            ->setText(QStringLiteral("long enough to be safe"));
        m_world->confirm();
        QCOMPARE(m_world->admin().creations.pending(), 0);
        m_world->field(QStringLiteral("Password again"))
            ->setText(QStringLiteral("long enough to be safe"));
        auto* list = m_world->window->sheets().sheet()->findChild<CheckList*>();
        list->item(0)->setCheckState(Qt::Checked);
        picture(*m_world->window, QStringLiteral("operator-sheet"));
        m_world->confirm();
        QCOMPARE(m_world->admin().creations.pending(), 1);
        QCOMPARE(
            m_world->admin().creations.requests().back().who.roles,
            std::vector<std::string>{"viewer"});
        // What the server does not like is said in the form, and nothing is lost.
        m_world->admin().creations.answer(absl::AlreadyExistsError("kim is taken"));
        QTRY_VERIFY(m_world->button(QStringLiteral("Add operator…"))->isEnabled());
        m_world->confirm();
        m_world->admin().creations.answer(plan(plans::Friction::F1));
        QTRY_VERIFY(m_world->window->sheets().sheet() == nullptr);
        QTRY_COMPARE(m_world->admin().creations.pending(), 1);
        m_world->admin().creations.answer(plan(plans::Friction::F1));
        QTRY_COMPARE(m_world->admin().creations.pending(), 1);
        QVERIFY(!m_world->admin().creations.requests().back().request.validateOnly);
        m_world->admin().creations.answer(plan(plans::Friction::F1));
        QTRY_COMPARE(m_world->newestToast(), QStringLiteral("kim is an operator now"));
    }

    void tenThousandOperatorsAreFiltered()
    {
        m_world->signIn({"*"});
        std::vector<access::Account> many;
        for (int at = 0; at < 10'000; ++at) {
            many.push_back(account("operator-" + std::to_string(at), {"viewer"}));
        }
        m_world->admin().operators.answerAlways(many);
        m_world->open();
        auto& table = m_world->page()->part(QStringLiteral("operators")).table();
        QTRY_COMPARE_WITH_TIMEOUT(table.model().rowCount(), 10'000, 30000);
        table.setFilter(QStringLiteral("operator-77"));
        QCOMPARE(
            table.countText(),
            QStringLiteral("111 of 10 000").replace(QStringLiteral("10 000"), formatCount(10'000)));
    }

private:
    std::unique_ptr<AccessWorld> m_world;
};

PILOTHOUSE_UI_TEST_MAIN(AccessOperatorsTest)
#include "tst_access_operators.moc"
