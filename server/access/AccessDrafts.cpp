// SPDX-License-Identifier: Apache-2.0
#include "server/access/AccessDrafts.h"

#include "shared/access/Permissions.h"
#include "shared/access/proto/AccountProto.h"
#include "shared/base/Counted.h"
#include "shared/base/proto/JsonProto.h"

#include <absl/strings/str_join.h>
#include <fmt/format.h>

namespace pilothouse::access {

namespace {

using plans::Draft;
using plans::Reach;
using plans::Reversibility;
using Names = std::vector<std::string>;

std::string listed(const Names& names)
{
    return names.empty() ? "none" : absl::StrJoin(names, ", ");
}

/// As it stands in the audit: without what comes and goes by itself.
std::string jsonOf(Account account)
{
    account.sessions = 0;
    account.tokens = 0;
    account.lastSeenTime = absl::InfinitePast();
    return toJson(toProto(account));
}

std::string jsonOf(Role role)
{
    role.operators = 0;
    return toJson(toProto(role));
}

Draft operatorDraft(const char* verb, const std::string& title, const Account& account)
{
    Draft draft;
    draft.action = fmt::format("access.operators.{}", verb);
    draft.target = "operators/" + account.who.name;
    draft.title = title + account.who.name;
    return draft;
}

Draft roleDraft(const char* verb, const std::string& title, const Role& role)
{
    Draft draft;
    draft.action = fmt::format("access.roles.{}", verb);
    draft.target = "roles/" + role.name;
    draft.title = title + role.name;
    return draft;
}

void set(Draft& draft, Reversibility reversibility, Reach reach, std::string undo)
{
    draft.impact.reversibility = reversibility;
    draft.impact.reach = reach;
    draft.impact.undo = std::move(undo);
}

/// Whoever is given power may have used it before anybody looks.
void raiseForPower(Draft& draft, const Names& gained)
{
    if (isPower(gained)) {
        draft.impact.reversibility = Reversibility::Hard;
        draft.impact.reach = Reach::Whole;
        draft.impact.summary += " Administration of operators or approval of others' actions is "
                                "among them.";
    }
}

void addSessionNumbers(Draft& draft, const Account& account)
{
    draft.impact.numbers = {
        {"sessions", static_cast<double>(account.sessions), ""},
        {"tokens", static_cast<double>(account.tokens), ""}};
}

void addFacts(Draft& draft, const Powers& who)
{
    draft.facts = {
        {"revision", who.account.etag},
        {"roles", listed(who.account.who.roles)},
        {"permissions", listed(who.permissions)}};
}

} // namespace

Draft draftOfCreation(const Powers& wanted)
{
    const Operator& who = wanted.account.who;
    Draft draft = operatorDraft("create", "Create operator ", wanted.account);
    draft.impact.summary = fmt::format(
        "{} can sign in with {}.", who.name, counted(std::ssize(wanted.permissions), "permission"));
    draft.impact.numbers = {{"permissions", static_cast<double>(wanted.permissions.size()), ""}};
    set(draft, Reversibility::Easy, Reach::Narrow, "Disable or delete the operator.");
    raiseForPower(draft, wanted.permissions);
    draft.facts = {
        {"display name", who.displayName},
        {"roles", listed(who.roles)},
        {"permissions", listed(wanted.permissions)}};
    draft.after = jsonOf(wanted.account);
    return draft;
}

Draft draftOfUpdate(const Powers& before, const Powers& after)
{
    Draft draft = operatorDraft("update", "Change operator ", before.account);
    const Names gained = without(after.permissions, before.permissions);
    const Names lost = without(before.permissions, after.permissions);
    const std::string& name = before.account.who.name;
    draft.impact.numbers = {
        {"gained permissions", static_cast<double>(gained.size()), ""},
        {"lost permissions", static_cast<double>(lost.size()), ""}};
    if (before.account.who.roles == after.account.who.roles) {
        draft.impact.summary = fmt::format("{} is shown under another name.", name);
        set(draft, Reversibility::Instant, Reach::Narrow, "Change it back.");
    } else {
        draft.impact.summary = fmt::format(
            "{} gains {} and loses {}, at once and in open sessions.",
            name,
            counted(std::ssize(gained), "permission"),
            counted(std::ssize(lost), "permission"));
        set(draft, Reversibility::Easy, Reach::Narrow, "Change the roles back.");
        raiseForPower(draft, gained);
    }
    draft.facts = {
        {"revision", before.account.etag},
        {"display name", after.account.who.displayName},
        {"roles before", listed(before.account.who.roles)},
        {"roles after", listed(after.account.who.roles)},
        {"gains", listed(gained)},
        {"loses", listed(lost)}};
    draft.before = jsonOf(before.account);
    draft.after = jsonOf(after.account);
    return draft;
}

Draft draftOfDisabling(const Powers& who)
{
    const Account& account = who.account;
    Draft draft = operatorDraft("disable", "Disable operator ", account);
    draft.impact.summary = fmt::format(
        "{} can no longer sign in; {} end and {} stop working.",
        account.who.name,
        counted(account.sessions, "session"),
        counted(account.tokens, "token"));
    addSessionNumbers(draft, account);
    set(draft, Reversibility::Easy, Reach::Narrow, "Enable the operator; tokens work again.");
    addFacts(draft, who);
    draft.before = jsonOf(account);
    Account after = account;
    after.isDisabled = true;
    draft.after = jsonOf(after);
    return draft;
}

Draft draftOfEnabling(const Powers& who)
{
    const Account& account = who.account;
    Draft draft = operatorDraft("enable", "Enable operator ", account);
    draft.impact.summary = fmt::format(
        "{} can sign in again with {}; {} work again.",
        account.who.name,
        counted(std::ssize(who.permissions), "permission"),
        counted(account.tokens, "token"));
    set(draft, Reversibility::Easy, Reach::Narrow, "Disable the operator.");
    raiseForPower(draft, who.permissions);
    addFacts(draft, who);
    draft.before = jsonOf(account);
    Account after = account;
    after.isDisabled = false;
    after.disableTime = absl::InfinitePast();
    draft.after = jsonOf(after);
    return draft;
}

Draft draftOfDeletion(const Powers& who)
{
    const Account& account = who.account;
    Draft draft = operatorDraft("delete", "Delete operator ", account);
    draft.impact.summary = fmt::format(
        "{} is gone for good with {} and {}; the audit keeps what was done.",
        account.who.name,
        counted(account.sessions, "session"),
        counted(account.tokens, "token"));
    addSessionNumbers(draft, account);
    set(draft, Reversibility::Hard, Reach::Narrow, "Create the operator again; tokens are lost.");
    addFacts(draft, who);
    draft.before = jsonOf(account);
    return draft;
}

Draft draftOfPasswordReset(const Powers& who)
{
    const Account& account = who.account;
    Draft draft = operatorDraft("reset_password", "Reset the password of ", account);
    draft.impact.summary = fmt::format(
        "The old password of {} opens nothing any more; {} and {} end.",
        account.who.name,
        counted(account.sessions, "session"),
        counted(account.tokens, "token"));
    addSessionNumbers(draft, account);
    set(draft, Reversibility::Hard, Reach::Narrow, "Tell the operator the new password.");
    // Who sets the password can sign in as that operator.
    raiseForPower(draft, who.permissions);
    addFacts(draft, who);
    draft.before = jsonOf(account);
    draft.after = draft.before;
    return draft;
}

Draft draftOfUnlocking(const Powers& who)
{
    Draft draft = operatorDraft("unlock", "Unlock operator ", who.account);
    draft.impact.summary =
        fmt::format("{} can try to sign in again at once.", who.account.who.name);
    set(draft, Reversibility::Instant, Reach::Narrow, "Failed sign-ins lock the account again.");
    draft.before = jsonOf(who.account);
    Account after = who.account;
    after.lockedUntil = absl::InfinitePast();
    draft.after = jsonOf(after);
    return draft;
}

Draft draftOfRoleCreation(const RoleReach& wanted)
{
    Draft draft = roleDraft("create", "Create role ", wanted.role);
    draft.impact.summary = fmt::format(
        "The role grants {}; nobody has it yet.",
        counted(std::ssize(wanted.permissions), "permission"));
    set(draft, Reversibility::Instant, Reach::Narrow, "Delete the role.");
    draft.facts = {
        {"description", wanted.role.description}, {"permissions", listed(wanted.role.permissions)}};
    draft.after = jsonOf(wanted.role);
    return draft;
}

Draft draftOfRoleUpdate(const RoleReach& before, const RoleReach& after)
{
    Draft draft = roleDraft("update", "Change role ", before.role);
    const Names gained = without(after.permissions, before.permissions);
    const Names lost = without(before.permissions, after.permissions);
    const auto holders = std::ssize(before.holders);
    draft.impact.summary = fmt::format(
        "{} gain {} and lose {}, at once and in open sessions.",
        counted(holders, "operator"),
        counted(std::ssize(gained), "permission"),
        counted(std::ssize(lost), "permission"));
    draft.impact.numbers = {
        {"operators", static_cast<double>(holders), ""},
        {"gained permissions", static_cast<double>(gained.size()), ""},
        {"lost permissions", static_cast<double>(lost.size()), ""}};
    const bool changesNobody = holders == 0 || (gained.empty() && lost.empty());
    set(draft,
        changesNobody ? Reversibility::Instant : Reversibility::Easy,
        holders > 1 && !changesNobody ? Reach::Wide : Reach::Narrow,
        "Change the role back.");
    if (holders > 0) {
        raiseForPower(draft, gained);
    }
    draft.facts = {
        {"revision", before.role.etag},
        {"description", after.role.description},
        {"permissions", listed(after.role.permissions)},
        {"gains", listed(gained)},
        {"loses", listed(lost)},
        {"operators", listed(before.holders)}};
    draft.before = jsonOf(before.role);
    draft.after = jsonOf(after.role);
    return draft;
}

Draft draftOfRoleDeletion(const RoleReach& role)
{
    Draft draft = roleDraft("delete", "Delete role ", role.role);
    draft.impact.summary = "The role is gone; nobody has it.";
    set(draft, Reversibility::Easy, Reach::Narrow, "Create the role again.");
    draft.facts = {{"revision", role.role.etag}};
    draft.before = jsonOf(role.role);
    return draft;
}

Draft draftOfSessionEnd(const OperatorSession& session)
{
    const char* what = session.isToken ? "token" : "session";
    Draft draft;
    draft.action = "access.sessions.end";
    draft.target = fmt::format("sessions/{}", session.session.id);
    draft.title = fmt::format("End a {} of {}", what, session.operatorName);
    draft.impact.summary = fmt::format(
        "The {} '{}' of {} ends at once.", what, session.session.client, session.operatorName);
    set(draft,
        session.isToken ? Reversibility::Easy : Reversibility::Instant,
        Reach::Narrow,
        session.isToken ? "The operator makes a new token." : "The operator signs in again.");
    draft.facts = {{"operator", session.operatorName}, {"kind", what}};
    draft.before = toJson(toProto(session));
    return draft;
}

Draft draftOfSessionsEnd(const SessionChoice& choice, const OperatorStore::SessionCount& count)
{
    const bool isAll = choice.operatorName.empty();
    Draft draft;
    draft.action = "access.sessions.end";
    draft.target = isAll ? "sessions" : "operators/" + choice.operatorName;
    draft.title = isAll ? "End all sessions" : "End all sessions of " + choice.operatorName;
    draft.impact.summary = fmt::format(
        "{}{} of {} end at once.",
        counted(count.sessions, "session"),
        choice.includeTokens ? " and " + counted(count.tokens, "token") : "",
        counted(count.operators, "operator"));
    draft.impact.numbers = {
        {"sessions", static_cast<double>(count.sessions), ""},
        {"tokens", choice.includeTokens ? static_cast<double>(count.tokens) : 0, ""},
        {"operators", static_cast<double>(count.operators), ""}};
    set(draft,
        Reversibility::Easy,
        isAll ? Reach::Whole : Reach::Narrow,
        choice.includeTokens ? "Operators sign in again and make new tokens."
                             : "Operators sign in again.");
    draft.facts = {
        {"whose", isAll ? "everyone's" : choice.operatorName},
        {"personal tokens", choice.includeTokens ? "end, too" : "stay"}};
    return draft;
}

} // namespace pilothouse::access
