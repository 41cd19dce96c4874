// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/access/AccessText.h"

#include "ui/components/Format.h"
#include "ui/plans/PlanText.h"
#include "ui/shell/WhenText.h"

#include <QCoreApplication>

namespace pilothouse::ui {

namespace {

class AccessWords
{
    Q_DECLARE_TR_FUNCTIONS(Access)
};

QString shown(const std::string& value)
{
    return QString::fromStdString(value);
}

TableCell plain(const QString& value)
{
    return {value, {}, {}, {}, value};
}

TableCell timeCell(absl::Time time, absl::Time now, TimeDisplay display)
{
    return {
        whenText(time, now, display),
        static_cast<qlonglong>(absl::ToUnixMillis(time)),
        {},
        {},
        exactText(time, display)};
}

TableCell countCell(int count)
{
    return {formatCount(count), count, {}, {}, {}};
}

QString expiryText(absl::Time time, absl::Time now, TimeDisplay display)
{
    return time == absl::InfiniteFuture() ? AccessWords::tr("never") : whenText(time, now, display);
}

TableCell expiryCell(absl::Time time, absl::Time now, TimeDisplay display)
{
    TableCell cell = timeCell(time, now, display);
    cell.text = expiryText(time, now, display);
    return cell;
}

} // namespace

QString joined(const std::vector<std::string>& words)
{
    QStringList list;
    for (const std::string& word : words) {
        list << shown(word);
    }
    return list.join(QStringLiteral(", "));
}

QString stateWord(const access::Account& account, absl::Time now)
{
    if (account.isDisabled) {
        return AccessWords::tr("Disabled");
    }
    return account.lockedUntil > now ? AccessWords::tr("Locked") : AccessWords::tr("Active");
}

Severity stateSeverity(const access::Account& account, absl::Time now)
{
    if (account.isDisabled) {
        return Severity::Unknown;
    }
    return account.lockedUntil > now ? Severity::Warning : Severity::Ok;
}

std::vector<TableColumn> operatorColumns()
{
    return {
        {QStringLiteral("operator"), AccessWords::tr("Operator"), 0},
        {QStringLiteral("name"), AccessWords::tr("Name"), 180},
        {QStringLiteral("roles"), AccessWords::tr("Roles"), 180},
        {QStringLiteral("state"), AccessWords::tr("State"), 104},
        {QStringLiteral("seen"), AccessWords::tr("Last seen"), 104, true},
        {QStringLiteral("sessions"), AccessWords::tr("Sessions"), 84, true},
        {QStringLiteral("tokens"), AccessWords::tr("Tokens"), 76, true}};
}

TableRow operatorRow(const access::Account& account, absl::Time now, TimeDisplay display)
{
    const QString name = shown(account.who.name);
    TableCell state;
    state.text = stateWord(account, now);
    state.severity = stateSeverity(account, now);
    if (!account.isDisabled && account.lockedUntil > now) {
        state.toolTip = AccessWords::tr("After failed sign-ins, until %1")
                            .arg(exactText(account.lockedUntil, display));
    }
    return {
        name,
        {plain(name),
         plain(shown(account.who.displayName)),
         plain(joined(account.who.roles)),
         state,
         timeCell(account.lastSeenTime, now, display),
         countCell(account.sessions),
         countCell(account.tokens)}};
}

Record operatorRecord(const access::Account& account, absl::Time now, TimeDisplay display)
{
    Record record{shown(account.who.name)};
    record.subtitle = shown(account.who.displayName);
    record.severity = stateSeverity(account, now);
    record.word = stateWord(account, now);
    if (account.isDisabled) {
        record.note = AccessWords::tr("Cannot sign in. The account and what it did stay.");
    } else if (account.lockedUntil > now) {
        record.note = AccessWords::tr("Too many failed sign-ins. It may try again %1.")
                          .arg(whenText(account.lockedUntil, now, display));
        record.noteSeverity = Severity::Warning;
    }
    record.facts = {
        {AccessWords::tr("Roles"), joined(account.who.roles)},
        {AccessWords::tr("Last seen"), exactText(account.lastSeenTime, display)},
        {AccessWords::tr("Sessions"), formatCount(account.sessions)},
        {AccessWords::tr("Tokens"), formatCount(account.tokens)},
        {AccessWords::tr("Password set"), exactText(account.passwordChangeTime, display)},
        {AccessWords::tr("Since"), exactText(account.createTime, display)}};
    if (account.isDisabled) {
        record.facts.emplace_back(
            AccessWords::tr("Disabled"), exactText(account.disableTime, display));
    }
    return record;
}

std::vector<TableColumn> roleColumns()
{
    return {
        {QStringLiteral("role"), AccessWords::tr("Role"), 180},
        {QStringLiteral("description"), AccessWords::tr("Description"), 0},
        {QStringLiteral("permissions"), AccessWords::tr("Permissions"), 240, false, true},
        {QStringLiteral("operators"), AccessWords::tr("Operators"), 88, true},
        {QStringLiteral("kind"), AccessWords::tr("Kind"), 96}};
}

TableRow roleRow(const access::Role& role)
{
    const QString name = shown(role.name);
    return {
        name,
        {plain(name),
         plain(shown(role.description)),
         plain(joined(role.permissions)),
         countCell(role.operators),
         plain(role.isBuiltIn ? AccessWords::tr("Built in") : AccessWords::tr("Own"))}};
}

Record roleRecord(const access::Role& role)
{
    Record record{shown(role.name)};
    record.subtitle = shown(role.description);
    record.word = role.isBuiltIn ? AccessWords::tr("Built in") : QString();
    if (role.isBuiltIn) {
        record.note = AccessWords::tr("It comes with the server and cannot be changed.");
    }
    record.facts = {
        {AccessWords::tr("Operators"), formatCount(role.operators)},
        {AccessWords::tr("Permissions"), joined(role.permissions)}};
    return record;
}

std::vector<TableColumn> tokenColumns()
{
    return {
        {QStringLiteral("token"), AccessWords::tr("Token"), 0},
        {QStringLiteral("scopes"), AccessWords::tr("May"), 260, false, true},
        {QStringLiteral("used"), AccessWords::tr("Last used"), 110, true},
        {QStringLiteral("expires"), AccessWords::tr("Expires"), 110, true},
        {QStringLiteral("created"), AccessWords::tr("Made"), 110, true}};
}

TableRow tokenRow(const access::Token& token, absl::Time now, TimeDisplay display)
{
    TableCell used = timeCell(token.lastUsedTime, now, display);
    if (token.lastUsedTime == absl::InfinitePast()) {
        used.text = AccessWords::tr("never");
    }
    return {
        shown(token.id),
        {plain(shown(token.name)),
         plain(joined(token.scopes)),
         used,
         expiryCell(token.expireTime, now, display),
         timeCell(token.createTime, now, display)}};
}

Record tokenRecord(const access::Token& token, absl::Time now, TimeDisplay display)
{
    Record record{shown(token.name)};
    const bool hasExpired = token.expireTime <= now;
    record.severity = hasExpired ? Severity::Unknown : Severity::Ok;
    record.word = hasExpired ? AccessWords::tr("Expired") : AccessWords::tr("Valid");
    record.facts = {
        {AccessWords::tr("May"), joined(token.scopes)},
        {AccessWords::tr("Last used"), exactText(token.lastUsedTime, display)},
        {AccessWords::tr("Expires"), exactText(token.expireTime, display)},
        {AccessWords::tr("Made"), exactText(token.createTime, display)},
        {AccessWords::tr("Id"), shown(token.id)}};
    return record;
}

std::vector<TableColumn> sessionColumns()
{
    return {
        {QStringLiteral("operator"), AccessWords::tr("Operator"), 150},
        {QStringLiteral("kind"), AccessWords::tr("Kind"), 84},
        {QStringLiteral("client"), AccessWords::tr("From"), 0},
        {QStringLiteral("address"), AccessWords::tr("Address"), 150, false, true},
        {QStringLiteral("used"), AccessWords::tr("Last used"), 104, true},
        {QStringLiteral("expires"), AccessWords::tr("Expires"), 104, true},
        {QStringLiteral("created"), AccessWords::tr("Since"), 104, true}};
}

TableRow sessionRow(const access::OperatorSession& session, absl::Time now, TimeDisplay display)
{
    const access::Session& one = session.session;
    TableCell client = plain(shown(one.client));
    if (one.current) {
        client.text += QStringLiteral(" · ") + AccessWords::tr("this one");
    }
    return {
        shown(one.id),
        {plain(shown(session.operatorName)),
         plain(session.isToken ? AccessWords::tr("Token") : AccessWords::tr("Session")),
         client,
         plain(shown(one.address)),
         timeCell(one.lastUsedTime, now, display),
         expiryCell(one.expireTime, now, display),
         timeCell(one.createTime, now, display)}};
}

Record sessionRecord(const access::OperatorSession& session, TimeDisplay display)
{
    const access::Session& one = session.session;
    Record record{shown(session.operatorName)};
    record.subtitle = shown(one.client);
    record.severity = Severity::Ok;
    record.word = session.isToken ? AccessWords::tr("Token") : AccessWords::tr("Signed in");
    if (one.current) {
        record.note = AccessWords::tr("This is the session that you are looking through.");
    }
    record.facts = {
        {AccessWords::tr("Address"), shown(one.address)},
        {AccessWords::tr("Last used"), exactText(one.lastUsedTime, display)},
        {AccessWords::tr("Since"), exactText(one.createTime, display)},
        {AccessWords::tr("Expires"), exactText(one.expireTime, display)}};
    if (session.isToken) {
        record.facts.emplace_back(AccessWords::tr("May"), joined(session.scopes));
    }
    record.facts.emplace_back(AccessWords::tr("Id"), shown(one.id));
    return record;
}

std::vector<TableColumn> approvalColumns()
{
    return {
        {QStringLiteral("action"), AccessWords::tr("Action"), 0},
        {QStringLiteral("state"), AccessWords::tr("State"), 112},
        {QStringLiteral("requester"), AccessWords::tr("Asked by"), 120},
        {QStringLiteral("asked"), AccessWords::tr("Asked"), 104, true},
        {QStringLiteral("expires"), AccessWords::tr("Expires"), 104, true},
        {QStringLiteral("decided"), AccessWords::tr("Decided by"), 120}};
}

TableRow approvalRow(const plans::Approval& approval, absl::Time now, TimeDisplay display)
{
    TableCell state;
    state.text = wordOf(approval.state);
    state.severity = severityOf(approval.state);
    state.sortKey = static_cast<int>(approval.state);
    const QString title = shown(approval.plan.title);
    TableCell action = plain(title);
    action.toolTip = shown(approval.plan.impact.summary);
    return {
        shown(approval.id),
        {action,
         state,
         plain(shown(approval.requester)),
         timeCell(approval.requestTime, now, display),
         expiryCell(approval.expireTime, now, display),
         plain(shown(approval.decidedBy))}};
}

Record approvalRecord(
    const plans::Approval& approval, const std::string& me, absl::Time now, TimeDisplay display)
{
    Record record{shown(approval.plan.title)};
    record.subtitle = impactText(approval.plan.impact, now, display);
    record.severity = severityOf(approval.state);
    record.word = wordOf(approval.state);
    const bool isMine = approval.requester == me;
    if (approval.state == plans::ApprovalState::Approved && isMine) {
        record.note = AccessWords::tr("Start the action again: it finds this approval by itself.");
        record.noteSeverity = Severity::Ok;
    } else if (approval.state == plans::ApprovalState::Pending) {
        record.note =
            isMine
                ? AccessWords::tr("Waits for a second person. You cannot approve your own request.")
                : AccessWords::tr("%1 asks you: %2")
                      .arg(shown(approval.requester), shown(approval.reason));
        record.noteSeverity = isMine ? Severity::Info : Severity::Warning;
    }
    record.facts = {
        {AccessWords::tr("Asked by"), shown(approval.requester)},
        {AccessWords::tr("Reason"), shown(approval.reason)}};
    for (const auto& fact : factsOf(approval.plan)) {
        record.facts.push_back(fact);
    }
    record.facts.emplace_back(AccessWords::tr("Asked"), exactText(approval.requestTime, display));
    record.facts.emplace_back(AccessWords::tr("Expires"), exactText(approval.expireTime, display));
    if (!approval.decidedBy.empty()) {
        record.facts.emplace_back(AccessWords::tr("Decided by"), shown(approval.decidedBy));
        record.facts.emplace_back(
            AccessWords::tr("Decided"), exactText(approval.decideTime, display));
    }
    if (!approval.comment.empty()) {
        record.facts.emplace_back(AccessWords::tr("Comment"), shown(approval.comment));
    }
    if (approval.useTime != absl::InfinitePast()) {
        record.facts.emplace_back(AccessWords::tr("Used"), exactText(approval.useTime, display));
    }
    record.facts.emplace_back(AccessWords::tr("Plan"), shown(approval.plan.digest).left(16));
    return record;
}

} // namespace pilothouse::ui
