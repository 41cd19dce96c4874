// SPDX-License-Identifier: Apache-2.0
// The access page in a window, with a fake server.
#include "shared/base/StatusHelpers.h"
#include "tests/support/Programs.h"
#include "tests/support/shell/ShellFixture.h"
#include "tests/support/ui/AccessibilityWalk.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/access/AccessCommands.h"
#include "ui/access/AccessPage.h"
#include "ui/access/AccessText.h"
#include "ui/access/CheckList.h"
#include "ui/access/DecisionSheet.h"
#include "ui/access/OperatorSheet.h"
#include "ui/access/PermissionPicker.h"
#include "ui/access/RoleSheet.h"
#include "ui/access/SecretSheet.h"
#include "ui/access/TokenSheet.h"
#include "ui/components/DataTable.h"
#include "ui/components/Format.h"
#include "ui/components/Tabs.h"
#include "ui/shell/ConfirmSheet.h"
#include "ui/shell/PageHost.h"
#include "ui/shell/SheetHost.h"
#include "ui/shell/Toast.h"
#include "ui/shell/ToastStack.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLineEdit>
#include <QPushButton>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'795'271'400);

access::Account account(const std::string& name, std::vector<std::string> roles)
{
    access::Account account;
    account.who = {name, "Operator " + name, std::move(roles)};
    account.createTime = kNow - absl::Hours(900);
    account.passwordChangeTime = account.createTime;
    account.lastSeenTime = kNow - absl::Minutes(4);
    account.sessions = 2;
    account.tokens = 1;
    account.etag = "e-" + name;
    return account;
}

std::vector<access::Permission> permissions()
{
    return {
        {"access.manage", {"AccessAdminService.CreateOperator"}, {"admin"}},
        {"access.view", {"AccessAdminService.ListOperators"}, {"viewer", "operator", "admin"}},
        {"jobs.operate", {"JobsService.CreateJob", "JobsService.CancelJob"}, {"operator", "admin"}},
        {"jobs.view", {"JobsService.ListJobs"}, {"viewer", "operator", "admin"}},
        {"plans.approve", {"PlanService.Approve"}, {"admin"}},
        {"session", {"AccessService.WhoAmI"}, {"viewer", "operator", "admin"}}};
}

std::vector<access::Role> roles()
{
    return {
        {"viewer", "Sees everything.", {"*.view"}, true, 3, "r1"},
        {"operator", "Runs the platform.", {"*.view", "*.operate"}, true, 2, "r2"},
        {"admin", "Everything.", {"*"}, true, 1, "r3"},
        {"on-call", "Nights and weekends.", {"*.view", "jobs.operate"}, false, 0, "r4"}};
}

plans::Plan plan(plans::Friction friction)
{
    plans::Plan plan;
    plan.title = "Disable operator lee";
    plan.environmentName = "eu-prod-1";
    plan.impact.summary = "lee can no longer sign in; 2 sessions end.";
    plan.impact.reversibility = plans::Reversibility::Easy;
    plan.impact.undo = "Enable the operator again.";
    plan.facts = {{"roles", "operator"}};
    plan.friction = friction;
    plan.digest = "5f1c0d9a77ab20f3";
    plan.needsLease = false;
    plan.permission = "access.manage";
    plan.createTime = kNow;
    return plan;
}

plans::Approval approval(
    const std::string& id, const std::string& requester, plans::ApprovalState state)
{
    plans::Approval approval;
    approval.id = id;
    approval.state = state;
    approval.plan = plan(plans::Friction::F4);
    approval.requester = requester;
    approval.reason = "left the company";
    approval.requestTime = kNow - absl::Minutes(2);
    approval.expireTime = kNow + absl::Minutes(28);
    return approval;
}

class AccessWorld : public ShellFixture
{
public:
    AccessWorld()
    {
        PageSpec spec;
        spec.id = QStringLiteral("access");
        spec.title = QStringLiteral("Access");
        spec.purpose = QStringLiteral("Who may do what here?");
        spec.icon = QStringLiteral("users");
        spec.group = NavGroup::Trust;
        spec.make = [](const PageContext& context, QWidget* parent) -> Page* {
            return new AccessPage(context, parent);
        };
        pages.add(spec);
        window = std::make_unique<MainWindow>(ShellContext{settings, theme, pages, clock});
        show();
        session = makeSession();
        window->setSession(session);
    }
    ~AccessWorld() { window.reset(); }

    FakeAccessAdminClient& admin() { return connection->accessAdminClient; }
    FakeAccessClient& own() { return connection->accessClient; }
    FakePlansClient& plansClient() { return connection->plansClient; }
    void signIn(std::vector<std::string> granted, const std::string& how = "token")
    {
        admin().permissions.answerAlways(permissions());
        admin().operators.answerAlways(
            std::vector{account("dana", {"admin"}), account("lee", {"operator"})});
        admin().roles.answerAlways(roles());
        ShellFixture::signIn(std::move(granted), how);
        waitUntil([&] { return !session->roles().permissions().empty(); });
    }
    AccessPage* open(const QString& object = {})
    {
        window->pages().open(QStringLiteral("access"), object);
        return page();
    }
    AccessPage* page() const { return qobject_cast<AccessPage*>(window->pages().page()); }
    template <typename T>
    T* sheet() const
    {
        return qobject_cast<T*>(window->sheets().sheet());
    }
    QLineEdit* field(const QString& name) const
    {
        for (QLineEdit* field : window->sheets().sheet()->findChildren<QLineEdit*>()) {
            if (field->accessibleName() == name) {
                return field;
            }
        }
        return nullptr;
    }
    QPushButton* button(const QString& text) const
    {
        for (auto* button : window->sheets().sheet()->findChildren<QPushButton*>()) {
            if (button->text() == text) {
                return button;
            }
        }
        return nullptr;
    }
    void confirm()
    {
        QTest::keyClick(window->sheets().sheet(), Qt::Key_Return, Qt::ControlModifier);
    }
    QString newestToast() const
    {
        const auto toasts = window->toasts().toasts();
        return toasts.empty() ? QString() : toasts.back()->message().text;
    }

    std::shared_ptr<Session> session;
};

} // namespace

class AccessPageTest : public QObject
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
