// SPDX-License-Identifier: Apache-2.0
#include "tests/ui/access/AccessWorld.h"

#include "tests/support/Programs.h"
#include "tests/support/shell/PageSpecs.h"
#include "tests/support/shell/SamplePlan.h"
#include "ui/shell/PageHost.h"

#include <QTest>

#include <utility>

namespace pilothouse::test {

namespace {

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

} // namespace

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

plans::Plan plan(plans::Friction friction)
{
    plans::Plan plan = samplePlan(friction, "Disable operator lee", "access.manage");
    plan.impact.summary = "lee can no longer sign in; 2 sessions end.";
    plan.impact.reversibility = plans::Reversibility::Easy;
    plan.impact.undo = "Enable the operator again.";
    plan.facts = {{"roles", "operator"}};
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

AccessWorld::AccessWorld()
{
    addPage(pageSpec<ui::AccessPage>(
        QStringLiteral("access"),
        QStringLiteral("Access"),
        QStringLiteral("users"),
        ui::NavGroup::Trust,
        QStringLiteral("Who may do what here?")));
    show();
    session = makeSession();
    window->setSession(session);
}

AccessWorld::~AccessWorld()
{
    window.reset();
}

void AccessWorld::signIn(std::vector<std::string> granted, const std::string& how)
{
    admin().permissions.answerAlways(permissions());
    admin().operators.answerAlways(
        std::vector{account("dana", {"admin"}), account("lee", {"operator"})});
    admin().roles.answerAlways(roles());
    ShellFixture::signIn(std::move(granted), how);
    waitUntil([&] { return !session->roles().permissions().empty(); });
}

ui::AccessPage* AccessWorld::open(const QString& object)
{
    window->pages().open(QStringLiteral("access"), object);
    return page();
}

ui::AccessPage* AccessWorld::page() const
{
    return qobject_cast<ui::AccessPage*>(window->pages().page());
}

QPushButton* AccessWorld::button(const QString& text) const
{
    for (auto* button : window->sheets().sheet()->findChildren<QPushButton*>()) {
        if (button->text() == text) {
            return button;
        }
    }
    return nullptr;
}

} // namespace pilothouse::test
