// SPDX-License-Identifier: Apache-2.0
#include "server/access/Operators.h"

#include "server/access/AccessChecks.h"
#include "server/platform/postgres/Revisions.h"
#include "shared/access/Permissions.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::access {

namespace {

bool isAdmin(const Operator& who)
{
    return std::ranges::find(who.roles, "admin") != who.roles.end();
}

absl::Status noOperator(const std::string& name)
{
    return absl::NotFoundError(fmt::format("there is no operator '{}'", printable(name)));
}

absl::Status notYourself(const char* what)
{
    return withHint(
        withReason(
            absl::FailedPreconditionError(fmt::format("you cannot {} your own account", what)),
            "OWN_ACCOUNT"),
        "Let another administrator do it.");
}

absl::Status checkOther(
    const plans::Requester& requester, const std::string& name, const char* what)
{
    return requester.name() == name ? notYourself(what) : absl::OkStatus();
}

} // namespace

Operators::Operators(
    postgres::Database& database,
    plans::PlanGate& gate,
    Sessions& sessions,
    const rpc::MethodTable& methods,
    const Clock& clock,
    config::Access config)
    : m_database(database),
      m_gate(gate),
      m_sessions(sessions),
      m_methods(methods),
      m_clock(clock),
      m_store(config.lockAfter)
{}

absl::StatusOr<Operators::Page> Operators::list(
    const std::string& search, const std::string& after, int size, absl::Time deadline) const
{
    PH_ASSIGN_OR_RETURN(
        auto stored,
        m_database.transact(
            [&](Transaction& transaction) {
                return m_store.list(transaction, search, after, size + 1, m_clock.now());
            },
            deadline,
            postgres::Database::Mode::ReadOnly));
    Page page;
    if (stored.size() > static_cast<std::size_t>(size)) {
        stored.pop_back();
        page.after = stored.back().account.who.name;
    }
    for (StoredAccount& one : stored) {
        page.accounts.push_back(std::move(one.account));
    }
    return page;
}

absl::StatusOr<Account> Operators::get(const std::string& name, absl::Time deadline) const
{
    PH_ASSIGN_OR_RETURN(
        auto found,
        m_database.transact(
            [&](Transaction& transaction) {
                return m_store.find(transaction, name, m_clock.now());
            },
            deadline,
            postgres::Database::Mode::ReadOnly));
    if (!found) {
        return noOperator(name);
    }
    return std::move(found->account);
}

absl::StatusOr<plans::Plan> Operators::create(
    const Requester& requester,
    const Request& request,
    const Operator& who,
    const std::string& password)
{
    PH_RETURN_IF_ERROR(checkOperatorName(who.name));
    PH_RETURN_IF_ERROR(checkText(who.displayName, "display name"));
    PH_RETURN_IF_ERROR(checkRoleList(who.roles));
    std::string hash;
    if (!request.validateOnly) {
        PH_RETURN_IF_ERROR(platform::checkPasswordStrength(password, who.name));
        PH_ASSIGN_OR_RETURN(hash, m_hasher.hash(password));
    }
    return m_gate.run(
        requester,
        request,
        [&](Transaction& transaction) -> absl::StatusOr<plans::Draft> {
            PH_RETURN_IF_ERROR(postgres::lockRevision(transaction, kRevision));
            PH_ASSIGN_OR_RETURN(
                const auto there, m_store.find(transaction, who.name, m_clock.now()));
            if (there) {
                return absl::AlreadyExistsError(
                    fmt::format("there is an operator {} already", who.name));
            }
            Powers wanted;
            wanted.account.who = who;
            PH_ASSIGN_OR_RETURN(wanted.permissions, permissionsOf(transaction, who.roles));
            return draftOfCreation(wanted);
        },
        [&](Transaction& transaction) -> absl::Status {
            PH_RETURN_IF_ERROR(m_store.add(transaction, who, hash));
            return changed(transaction);
        });
}

absl::StatusOr<plans::Plan> Operators::update(
    const Requester& requester,
    const Request& request,
    const Operator& who,
    const std::string& etag)
{
    PH_RETURN_IF_ERROR(checkText(who.displayName, "display name"));
    PH_RETURN_IF_ERROR(checkRoleList(who.roles));
    bool losesAny = false;
    return actOn(
        requester,
        request,
        who.name,
        [&](Transaction& transaction, const Powers& before) -> absl::StatusOr<plans::Draft> {
            if (!etag.empty() && etag != before.account.etag) {
                return withHint(
                    absl::AbortedError(fmt::format("operator {} was changed meanwhile", who.name)),
                    "Look at it again, then repeat the change.");
            }
            if (!isAdmin(who)) {
                PH_RETURN_IF_ERROR(checkLastAdmin(transaction, before.account));
            }
            Powers after = before;
            after.account.who = who;
            PH_ASSIGN_OR_RETURN(after.permissions, permissionsOf(transaction, who.roles));
            losesAny = !without(before.permissions, after.permissions).empty();
            return draftOfUpdate(before, after);
        },
        [&](Transaction& transaction) -> absl::Status {
            PH_RETURN_IF_ERROR(m_store.update(transaction, who));
            return losesAny ? m_gate.forget(transaction, who.name) : absl::OkStatus();
        });
}

absl::StatusOr<plans::Plan> Operators::disable(
    const Requester& requester, const Request& request, const std::string& name)
{
    PH_RETURN_IF_ERROR(checkOther(requester, name, "disable"));
    return actOn(
        requester,
        request,
        name,
        [&](Transaction& transaction, const Powers& who) -> absl::StatusOr<plans::Draft> {
            if (who.account.isDisabled) {
                return absl::FailedPreconditionError(fmt::format("{} is disabled already", name));
            }
            PH_RETURN_IF_ERROR(checkLastAdmin(transaction, who.account));
            return draftOfDisabling(who);
        },
        [&](Transaction& transaction) -> absl::Status {
            PH_RETURN_IF_ERROR(m_store.setDisabled(transaction, name, m_clock.now()));
            // Tokens stay in their place, to work again when the operator is enabled.
            PH_RETURN_IF_ERROR(m_store.endSessions(transaction, {"", name, false}, "").status());
            return m_gate.forget(transaction, name);
        });
}

absl::StatusOr<plans::Plan> Operators::enable(
    const Requester& requester, const Request& request, const std::string& name)
{
    return actOn(
        requester,
        request,
        name,
        [&](Transaction&, const Powers& who) -> absl::StatusOr<plans::Draft> {
            if (!who.account.isDisabled) {
                return absl::FailedPreconditionError(fmt::format("{} is not disabled", name));
            }
            return draftOfEnabling(who);
        },
        [&](Transaction& transaction) {
            return m_store.setDisabled(transaction, name, std::nullopt);
        });
}

absl::StatusOr<plans::Plan> Operators::remove(
    const Requester& requester, const Request& request, const std::string& name)
{
    PH_RETURN_IF_ERROR(checkOther(requester, name, "delete"));
    return actOn(
        requester,
        request,
        name,
        [&](Transaction& transaction, const Powers& who) -> absl::StatusOr<plans::Draft> {
            PH_RETURN_IF_ERROR(checkLastAdmin(transaction, who.account));
            return draftOfDeletion(who);
        },
        [&](Transaction& transaction) -> absl::Status {
            PH_RETURN_IF_ERROR(m_store.remove(transaction, name));
            PH_RETURN_IF_ERROR(m_accounts.clearFailures(transaction, name));
            return m_gate.forget(transaction, name);
        });
}

absl::StatusOr<plans::Plan> Operators::resetPassword(
    const Requester& requester,
    const Request& request,
    const std::string& name,
    const std::string& password)
{
    // One's own password is changed by who knows the old one.
    PH_RETURN_IF_ERROR(checkOther(requester, name, "reset the password of"));
    std::string hash;
    if (!request.validateOnly) {
        PH_RETURN_IF_ERROR(platform::checkPasswordStrength(password, name));
        PH_ASSIGN_OR_RETURN(hash, m_hasher.hash(password));
    }
    return actOn(
        requester,
        request,
        name,
        [](Transaction&, const Powers& who) { return draftOfPasswordReset(who); },
        [&](Transaction& transaction) -> absl::Status {
            PH_ASSIGN_OR_RETURN(const auto found, m_accounts.findOperator(transaction, name));
            if (!found) {
                return noOperator(name);
            }
            PH_RETURN_IF_ERROR(m_accounts.setPassword(transaction, found->id, hash));
            PH_RETURN_IF_ERROR(m_accounts.clearFailures(transaction, name));
            PH_RETURN_IF_ERROR(m_accounts.removeSessionsAndTokens(transaction, found->id));
            return m_gate.forget(transaction, name);
        });
}

absl::StatusOr<plans::Plan> Operators::unlock(
    const Requester& requester, const Request& request, const std::string& name)
{
    return actOn(
        requester,
        request,
        name,
        [](Transaction&, const Powers& who) { return draftOfUnlocking(who); },
        [&](Transaction& transaction) { return m_accounts.clearFailures(transaction, name); });
}

absl::StatusOr<plans::Plan> Operators::actOn(
    const Requester& requester,
    const Request& request,
    const std::string& name,
    const MakeDraft& draft,
    const plans::PlanGate::Act& act)
{
    auto plan = m_gate.run(
        requester,
        request,
        [&](Transaction& transaction) -> absl::StatusOr<plans::Draft> {
            // Rules about several operators (the last administrator) need all of them to stand
            // still.
            PH_RETURN_IF_ERROR(postgres::lockRevision(transaction, kRevision));
            PH_ASSIGN_OR_RETURN(const Powers who, powersOf(transaction, name));
            return draft(transaction, who);
        },
        [&](Transaction& transaction) -> absl::Status {
            PH_RETURN_IF_ERROR(act(transaction));
            return changed(transaction);
        });
    if (plan.ok() && !request.validateOnly) {
        m_sessions.refreshAfterChange(requester.deadline);
    }
    return plan;
}

absl::StatusOr<Powers> Operators::powersOf(Transaction& transaction, const std::string& name) const
{
    PH_ASSIGN_OR_RETURN(auto stored, m_store.find(transaction, name, m_clock.now()));
    if (!stored) {
        return noOperator(name);
    }
    std::vector<std::string> patterns = patternsOf(stored->account.who.roles);
    patterns.insert(patterns.end(), stored->rolePatterns.begin(), stored->rolePatterns.end());
    return Powers{std::move(stored->account), m_methods.namesOf(m_methods.grantedBy(patterns))};
}

absl::StatusOr<std::vector<std::string>> Operators::permissionsOf(
    Transaction& transaction, const std::vector<std::string>& roles) const
{
    std::vector<std::string> patterns = patternsOf(roles);
    for (const std::string& role : roles) {
        if (isBuiltInRole(role)) {
            continue;
        }
        PH_ASSIGN_OR_RETURN(const auto found, m_roles.find(transaction, role));
        if (!found) {
            return withHint(
                absl::InvalidArgumentError(fmt::format("there is no role '{}'", printable(role))),
                "See 'pilothousectl roles list' for those that there are.");
        }
        patterns.insert(patterns.end(), found->permissions.begin(), found->permissions.end());
    }
    return m_methods.namesOf(m_methods.grantedBy(patterns));
}

absl::Status Operators::checkLastAdmin(Transaction& transaction, const Account& account) const
{
    if (!isAdmin(account.who) || account.isDisabled) {
        return absl::OkStatus();
    }
    PH_ASSIGN_OR_RETURN(
        const std::int64_t others, m_store.otherAdmins(transaction, account.who.name));
    if (others > 0) {
        return absl::OkStatus();
    }
    return withHint(
        withReason(
            absl::FailedPreconditionError(
                fmt::format("{} is the last enabled administrator", account.who.name)),
            "LAST_ADMIN"),
        "Give another operator the role admin first.");
}

absl::Status Operators::changed(Transaction& transaction) const
{
    return postgres::bumpRevision(transaction, kRevision).status();
}

} // namespace pilothouse::access
