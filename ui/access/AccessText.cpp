// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/access/AccessText.h"

#include "ui/components/Format.h"
#include "ui/plans/PlanText.h"
#include "ui/shell/WhenText.h"

#include <QCoreApplication>

namespace pilothouse::ui {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Access", text);
}

QString text(const std::string& value)
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
    return time == absl::InfiniteFuture() ? tr("never") : whenText(time, now, display);
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
        list << text(word);
    }
    return list.join(QStringLiteral(", "));
}

QString stateWord(const access::Account& account, absl::Time now)
{
    if (account.isDisabled) {
        return tr("Disabled");
    }
    return account.lockedUntil > now ? tr("Locked") : tr("Active");
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
        {QStringLiteral("operator"), tr("Operator"), 0},
        {QStringLiteral("name"), tr("Name"), 180},
        {QStringLiteral("roles"), tr("Roles"), 180},
        {QStringLiteral("state"), tr("State"), 104},
        {QStringLiteral("seen"), tr("Last seen"), 104, true},
        {QStringLiteral("sessions"), tr("Sessions"), 84, true},
        {QStringLiteral("tokens"), tr("Tokens"), 76, true}};
}

TableRow operatorRow(const access::Account& account, absl::Time now, TimeDisplay display)
{
    const QString name = text(account.who.name);
    TableCell state;
    state.text = stateWord(account, now);
    state.severity = stateSeverity(account, now);
    if (!account.isDisabled && account.lockedUntil > now) {
        state.toolTip =
            tr("After failed sign-ins, until %1").arg(exactText(account.lockedUntil, display));
    }
    return {
        name,
        {plain(name),
         plain(text(account.who.displayName)),
         plain(joined(account.who.roles)),
         state,
         timeCell(account.lastSeenTime, now, display),
         countCell(account.sessions),
         countCell(account.tokens)}};
}

Record operatorRecord(const access::Account& account, absl::Time now, TimeDisplay display)
{
    Record record{text(account.who.name)};
    record.subtitle = text(account.who.displayName);
    record.severity = stateSeverity(account, now);
    record.word = stateWord(account, now);
    if (account.isDisabled) {
        record.note = tr("Cannot sign in. The account and what it did stay.");
    } else if (account.lockedUntil > now) {
        record.note = tr("Too many failed sign-ins. It may try again %1.")
                          .arg(whenText(account.lockedUntil, now, display));
        record.noteSeverity = Severity::Warning;
    }
    record.facts = {
        {tr("Roles"), joined(account.who.roles)},
        {tr("Last seen"), exactText(account.lastSeenTime, display)},
        {tr("Sessions"), formatCount(account.sessions)},
        {tr("Tokens"), formatCount(account.tokens)},
        {tr("Password set"), exactText(account.passwordChangeTime, display)},
        {tr("Since"), exactText(account.createTime, display)}};
    if (account.isDisabled) {
        record.facts.emplace_back(tr("Disabled"), exactText(account.disableTime, display));
    }
    return record;
}

std::vector<TableColumn> roleColumns()
{
    return {
        {QStringLiteral("role"), tr("Role"), 180},
        {QStringLiteral("description"), tr("Description"), 0},
        {QStringLiteral("permissions"), tr("Permissions"), 240, false, true},
        {QStringLiteral("operators"), tr("Operators"), 88, true},
        {QStringLiteral("kind"), tr("Kind"), 96}};
}

TableRow roleRow(const access::Role& role)
{
    const QString name = text(role.name);
    return {
        name,
        {plain(name),
         plain(text(role.description)),
         plain(joined(role.permissions)),
         countCell(role.operators),
         plain(role.isBuiltIn ? tr("Built in") : tr("Own"))}};
}

Record roleRecord(const access::Role& role)
{
    Record record{text(role.name)};
    record.subtitle = text(role.description);
    record.word = role.isBuiltIn ? tr("Built in") : QString();
    if (role.isBuiltIn) {
        record.note = tr("It comes with the server and cannot be changed.");
    }
    record.facts = {
        {tr("Operators"), formatCount(role.operators)},
        {tr("Permissions"), joined(role.permissions)}};
    return record;
}

std::vector<TableColumn> tokenColumns()
{
    return {
        {QStringLiteral("token"), tr("Token"), 0},
        {QStringLiteral("scopes"), tr("May"), 260, false, true},
        {QStringLiteral("used"), tr("Last used"), 110, true},
        {QStringLiteral("expires"), tr("Expires"), 110, true},
        {QStringLiteral("created"), tr("Made"), 110, true}};
}

TableRow tokenRow(const access::Token& token, absl::Time now, TimeDisplay display)
{
    TableCell used = timeCell(token.lastUsedTime, now, display);
    if (token.lastUsedTime == absl::InfinitePast()) {
        used.text = tr("never");
    }
    return {
        text(token.id),
        {plain(text(token.name)),
         plain(joined(token.scopes)),
         used,
         expiryCell(token.expireTime, now, display),
         timeCell(token.createTime, now, display)}};
}

Record tokenRecord(const access::Token& token, absl::Time now, TimeDisplay display)
{
    Record record{text(token.name)};
    const bool hasExpired = token.expireTime <= now;
    record.severity = hasExpired ? Severity::Unknown : Severity::Ok;
    record.word = hasExpired ? tr("Expired") : tr("Valid");
    record.facts = {
        {tr("May"), joined(token.scopes)},
        {tr("Last used"), exactText(token.lastUsedTime, display)},
        {tr("Expires"), exactText(token.expireTime, display)},
        {tr("Made"), exactText(token.createTime, display)},
        {tr("Id"), text(token.id)}};
    return record;
}

std::vector<TableColumn> sessionColumns()
{
    return {
        {QStringLiteral("operator"), tr("Operator"), 150},
        {QStringLiteral("kind"), tr("Kind"), 84},
        {QStringLiteral("client"), tr("From"), 0},
        {QStringLiteral("address"), tr("Address"), 150, false, true},
        {QStringLiteral("used"), tr("Last used"), 104, true},
        {QStringLiteral("expires"), tr("Expires"), 104, true},
        {QStringLiteral("created"), tr("Since"), 104, true}};
}

TableRow sessionRow(const access::OperatorSession& session, absl::Time now, TimeDisplay display)
{
    const access::Session& one = session.session;
    TableCell client = plain(text(one.client));
    if (one.current) {
        client.text += QStringLiteral(" · ") + tr("this one");
    }
    return {
        text(one.id),
        {plain(text(session.operatorName)),
         plain(session.isToken ? tr("Token") : tr("Session")),
         client,
         plain(text(one.address)),
         timeCell(one.lastUsedTime, now, display),
         expiryCell(one.expireTime, now, display),
         timeCell(one.createTime, now, display)}};
}

Record sessionRecord(const access::OperatorSession& session, TimeDisplay display)
{
    const access::Session& one = session.session;
    Record record{text(session.operatorName)};
    record.subtitle = text(one.client);
    record.severity = Severity::Ok;
    record.word = session.isToken ? tr("Token") : tr("Signed in");
    if (one.current) {
        record.note = tr("This is the session that you are looking through.");
    }
    record.facts = {
        {tr("Address"), text(one.address)},
        {tr("Last used"), exactText(one.lastUsedTime, display)},
        {tr("Since"), exactText(one.createTime, display)},
        {tr("Expires"), exactText(one.expireTime, display)}};
    if (session.isToken) {
        record.facts.emplace_back(tr("May"), joined(session.scopes));
    }
    record.facts.emplace_back(tr("Id"), text(one.id));
    return record;
}

std::vector<TableColumn> approvalColumns()
{
    return {
        {QStringLiteral("action"), tr("Action"), 0},
        {QStringLiteral("state"), tr("State"), 112},
        {QStringLiteral("requester"), tr("Asked by"), 120},
        {QStringLiteral("asked"), tr("Asked"), 104, true},
        {QStringLiteral("expires"), tr("Expires"), 104, true},
        {QStringLiteral("decided"), tr("Decided by"), 120}};
}

TableRow approvalRow(const plans::Approval& approval, absl::Time now, TimeDisplay display)
{
    TableCell state;
    state.text = wordOf(approval.state);
    state.severity = severityOf(approval.state);
    state.sortKey = static_cast<int>(approval.state);
    const QString title = text(approval.plan.title);
    TableCell action = plain(title);
    action.toolTip = text(approval.plan.impact.summary);
    return {
        text(approval.id),
        {action,
         state,
         plain(text(approval.requester)),
         timeCell(approval.requestTime, now, display),
         expiryCell(approval.expireTime, now, display),
         plain(text(approval.decidedBy))}};
}

Record approvalRecord(
    const plans::Approval& approval, const std::string& me, absl::Time now, TimeDisplay display)
{
    Record record{text(approval.plan.title)};
    record.subtitle = impactText(approval.plan.impact, now, display);
    record.severity = severityOf(approval.state);
    record.word = wordOf(approval.state);
    const bool isMine = approval.requester == me;
    if (approval.state == plans::ApprovalState::Approved && isMine) {
        record.note = tr("Start the action again: it finds this approval by itself.");
        record.noteSeverity = Severity::Ok;
    } else if (approval.state == plans::ApprovalState::Pending) {
        record.note =
            isMine ? tr("Waits for a second person. You cannot approve your own request.")
                   : tr("%1 asks you: %2").arg(text(approval.requester), text(approval.reason));
        record.noteSeverity = isMine ? Severity::Info : Severity::Warning;
    }
    record.facts = {
        {tr("Asked by"), text(approval.requester)}, {tr("Reason"), text(approval.reason)}};
    for (const plans::Fact& fact : approval.plan.facts) {
        record.facts.emplace_back(text(fact.name), text(fact.value));
    }
    record.facts.emplace_back(tr("Asked"), exactText(approval.requestTime, display));
    record.facts.emplace_back(tr("Expires"), exactText(approval.expireTime, display));
    if (!approval.decidedBy.empty()) {
        record.facts.emplace_back(tr("Decided by"), text(approval.decidedBy));
        record.facts.emplace_back(tr("Decided"), exactText(approval.decideTime, display));
    }
    if (!approval.comment.empty()) {
        record.facts.emplace_back(tr("Comment"), text(approval.comment));
    }
    if (approval.useTime != absl::InfinitePast()) {
        record.facts.emplace_back(tr("Used"), exactText(approval.useTime, display));
    }
    record.facts.emplace_back(tr("Plan"), text(approval.plan.digest).left(16));
    return record;
}

} // namespace pilothouse::ui
