// SPDX-License-Identifier: Apache-2.0
// The roles of the access page, and the permissions that are ticked for one.
#include "tests/support/ui/AccessibilityWalk.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "tests/ui/access/AccessWorld.h"
#include "ui/access/AccessCommands.h"
#include "ui/access/PermissionChoice.h"
#include "ui/access/PermissionPicker.h"
#include "ui/access/RoleSheet.h"
#include "ui/shell/SheetHost.h"

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

class AccessRolesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<AccessWorld>(); }
    void cleanup() { m_world.reset(); }

    void widePatternsIncludeNarrowOnes()
    {
        PermissionChoice choice({"jobs.view", "jobs.operate", "access.view", "session"});
        QCOMPARE(choice.wide(), (std::vector<std::string>{"*", "*.operate", "*.view"}));
        QCOMPARE(choice.capabilities().size(), std::size_t{2});
        choice.setPatterns({"jobs.view", "future.thing"});
        choice.set("*.view", true);
        QVERIFY(choice.isIncluded("jobs.view"));
        QCOMPARE(choice.includedBy("access.view"), std::string("*.view"));
        QCOMPARE(choice.patterns(), (std::vector<std::string>{"*.view", "future.thing"}));
        choice.set("*.view", false);
        QCOMPARE(choice.patterns(), (std::vector<std::string>{"future.thing", "jobs.view"}));
        choice.set("*", true);
        QCOMPARE(choice.patterns(), (std::vector<std::string>{"*"}));
        QCOMPARE(choice.standsFor("jobs.*").size(), std::size_t{2});
    }

    void aRoleIsTickedTogether()
    {
        m_world->signIn({"*"});
        m_world->open(QStringLiteral("roles/on-call"));
        QTRY_COMPARE(m_world->page()->object(), QStringLiteral("roles/on-call"));
        QCOMPARE(m_world->reason(accesscommand::kDeleteRole), QString());
        m_world->window->commands().run(accesscommand::kEditRole);
        QTRY_VERIFY(m_world->sheet<RoleSheet>() != nullptr);
        QCOMPARE(unnamedFocusable(*m_world->window), QStringList());
        auto* picker = m_world->window->sheets().sheet()->findChild<PermissionPicker*>();
        QCOMPARE(picker->patterns(), (std::vector<std::string>{"*.view", "jobs.operate"}));
        m_world->confirm();
        QCOMPARE(m_world->admin().roleUpdates.pending(), 0);
        const auto items = picker->findItems(
            QStringLiteral("plans.approve"), Qt::MatchExactly | Qt::MatchRecursive);
        QCOMPARE(items.size(), 1);
        items.front()->setCheckState(0, Qt::Checked);
        picture(*m_world->window, QStringLiteral("role-sheet"));
        m_world->confirm();
        QCOMPARE(m_world->admin().roleUpdates.pending(), 1);
        QCOMPARE(
            m_world->admin().roleUpdates.requests().back().role.permissions,
            (std::vector<std::string>{"*.view", "jobs.operate", "plans.approve"}));
        QCOMPARE(m_world->admin().roleUpdates.requests().back().role.etag, std::string("r4"));
    }

    void rolesThatAreBuiltInStay()
    {
        m_world->signIn({"*"});
        m_world->open(QStringLiteral("roles/admin"));
        QTRY_COMPARE(m_world->page()->object(), QStringLiteral("roles/admin"));
        QCOMPARE(
            m_world->reason(accesscommand::kEditRole),
            QStringLiteral("Roles that are built in cannot be changed"));
    }

private:
    std::unique_ptr<AccessWorld> m_world;
};

PILOTHOUSE_UI_TEST_MAIN(AccessRolesTest)
#include "tst_access_roles.moc"
