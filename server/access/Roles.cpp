// SPDX-License-Identifier: Apache-2.0
#include "server/access/Roles.h"

#include "server/access/AccessChecks.h"
#include "server/platform/postgres/Revisions.h"
#include "shared/access/Permissions.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace pilothouse::access {

namespace {

constexpr std::size_t kMostOwnRoles = 200;
constexpr std::size_t kMostPatterns = 64;

absl::Status noRole(const std::string& name)
{
    return absl::NotFoundError(fmt::format("there is no role '{}'", printable(name)));
}

std::optional<Role> builtIn(std::string_view name)
{
    if (!isBuiltInRole(name)) {
        return std::nullopt;
    }
    Role role;
    role.name = name;
    role.description = name == "viewer"     ? "Sees everything, changes nothing."
                       : name == "operator" ? "Sees everything and operates the platform."
                                            : "May do everything.";
    role.permissions = patternsOf({role.name});
    role.isBuiltIn = true;
    return role;
}

absl::Status checkOwn(const std::string& name)
{
    return isBuiltInRole(name) ? withHint(
                                     absl::FailedPreconditionError(fmt::format(
                                         "the role {} is built in and stays as it is", name)),
                                     "Make a role of your own instead.")
                               : absl::OkStatus();
}

} // namespace

Roles::Roles(
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
      m_operators(config.lockAfter)
{}

absl::StatusOr<std::vector<Role>> Roles::all(Transaction& transaction) const
{
    std::vector<Role> roles;
    for (const std::string_view name : kBuiltInRoles) {
        Role role = builtIn(name).value_or(Role{});
        PH_ASSIGN_OR_RETURN(
            const std::int64_t holders, m_store.countHolders(transaction, role.name));
        role.operators = static_cast<int>(holders);
        roles.push_back(std::move(role));
    }
    PH_ASSIGN_OR_RETURN(const auto own, m_store.list(transaction));
    roles.insert(roles.end(), own.begin(), own.end());
    return roles;
}

absl::StatusOr<std::vector<Role>> Roles::list(absl::Time deadline) const
{
    return m_database.transact(
        [&](Transaction& transaction) { return all(transaction); },
        deadline,
        postgres::Database::Mode::ReadOnly);
}

absl::StatusOr<Role> Roles::get(const std::string& name, absl::Time deadline) const
{
    PH_ASSIGN_OR_RETURN(const auto roles, list(deadline));
    const auto found = std::ranges::find(roles, name, &Role::name);
    return found == roles.end() ? absl::StatusOr<Role>(noRole(name)) : *found;
}

absl::StatusOr<std::vector<Permission>> Roles::permissions(absl::Time deadline) const
{
    PH_ASSIGN_OR_RETURN(const auto roles, list(deadline));
    std::vector<Permission> permissions;
    for (const auto& [name, methods] : m_methods.permissions()) {
        Permission permission{name, methods, {}};
        for (const Role& role : roles) {
            if (anyGrants(role.permissions, name)) {
                permission.roles.push_back(role.name);
            }
        }
        permissions.push_back(std::move(permission));
    }
    return permissions;
}

absl::Status Roles::check(const Role& role) const
{
    PH_RETURN_IF_ERROR(checkOwn(role.name));
    PH_RETURN_IF_ERROR(checkRoleName(role.name));
    PH_RETURN_IF_ERROR(checkText(role.description, "description"));
    if (role.permissions.size() > kMostPatterns) {
        return absl::InvalidArgumentError(fmt::format("more than {} permissions", kMostPatterns));
    }
    std::vector<std::string> names;
    for (const auto& [name, methods] : m_methods.permissions()) {
        names.push_back(name);
    }
    return checkPatterns(role.permissions, names);
}

std::vector<std::string> Roles::granted(const Role& role) const
{
    return m_methods.namesOf(m_methods.grantedBy(role.permissions));
}

absl::StatusOr<RoleReach> Roles::reachOf(Transaction& transaction, const std::string& name) const
{
    PH_RETURN_IF_ERROR(checkOwn(name));
    PH_ASSIGN_OR_RETURN(const auto found, m_store.find(transaction, name));
    if (!found) {
        return noRole(name);
    }
    RoleReach reach{*found, granted(*found), {}};
    PH_ASSIGN_OR_RETURN(const auto holders, m_operators.holders(transaction, name, m_clock.now()));
    for (const StoredAccount& holder : holders) {
        reach.holders.push_back(holder.account.who.name);
    }
    return reach;
}

absl::StatusOr<plans::Plan> Roles::create(
    const Requester& requester, const Request& request, const Role& role)
{
    PH_RETURN_IF_ERROR(check(role));
    return m_gate.run(
        requester,
        request,
        [&](Transaction& transaction) -> absl::StatusOr<plans::Draft> {
            PH_RETURN_IF_ERROR(postgres::lockRevision(transaction, kRevision));
            PH_ASSIGN_OR_RETURN(const auto own, m_store.list(transaction));
            if (std::ranges::find(own, role.name, &Role::name) != own.end()) {
                return absl::AlreadyExistsError(
                    fmt::format("there is a role {} already", role.name));
            }
            if (own.size() >= kMostOwnRoles) {
                return withHint(
                    absl::ResourceExhaustedError(
                        fmt::format("there are {} roles already", own.size())),
                    "Delete those that nobody has.");
            }
            return draftOfRoleCreation({role, granted(role), {}});
        },
        [&](Transaction& transaction) -> absl::Status {
            PH_RETURN_IF_ERROR(m_store.add(transaction, role));
            return postgres::bumpRevision(transaction, kRevision).status();
        });
}

absl::StatusOr<plans::Plan> Roles::update(
    const Requester& requester, const Request& request, const Role& role)
{
    PH_RETURN_IF_ERROR(check(role));
    std::vector<std::string> losers;
    auto plan = m_gate.run(
        requester,
        request,
        [&](Transaction& transaction) -> absl::StatusOr<plans::Draft> {
            PH_RETURN_IF_ERROR(postgres::lockRevision(transaction, kRevision));
            PH_ASSIGN_OR_RETURN(const RoleReach before, reachOf(transaction, role.name));
            if (!role.etag.empty() && role.etag != before.role.etag) {
                return withHint(
                    absl::AbortedError(fmt::format("role {} was changed meanwhile", role.name)),
                    "Look at it again, then repeat the change.");
            }
            RoleReach after = before;
            after.role.description = role.description;
            after.role.permissions = role.permissions;
            after.permissions = granted(role);
            if (!without(before.permissions, after.permissions).empty()) {
                losers = before.holders;
            }
            return draftOfRoleUpdate(before, after);
        },
        [&](Transaction& transaction) -> absl::Status {
            PH_RETURN_IF_ERROR(m_store.update(transaction, role));
            PH_RETURN_IF_ERROR(postgres::bumpRevision(transaction, kRevision).status());
            for (const std::string& loser : losers) {
                PH_RETURN_IF_ERROR(m_gate.forget(transaction, loser));
            }
            return absl::OkStatus();
        });
    if (plan.ok() && !request.validateOnly) {
        m_sessions.refreshAfterChange(requester.deadline);
    }
    return plan;
}

absl::StatusOr<plans::Plan> Roles::remove(
    const Requester& requester, const Request& request, const std::string& name)
{
    return m_gate.run(
        requester,
        request,
        [&](Transaction& transaction) -> absl::StatusOr<plans::Draft> {
            PH_RETURN_IF_ERROR(postgres::lockRevision(transaction, kRevision));
            PH_ASSIGN_OR_RETURN(const RoleReach role, reachOf(transaction, name));
            if (!role.holders.empty()) {
                return withHint(
                    withReason(
                        absl::FailedPreconditionError(fmt::format(
                            "the role {} is held by {}{}",
                            name,
                            role.holders.front(),
                            role.holders.size() == 1
                                ? std::string()
                                : fmt::format(" and {} more", role.holders.size() - 1))),
                        "ROLE_IN_USE"),
                    "Give them other roles first.");
            }
            return draftOfRoleDeletion(role);
        },
        [&](Transaction& transaction) -> absl::Status {
            PH_RETURN_IF_ERROR(m_store.remove(transaction, name));
            return postgres::bumpRevision(transaction, kRevision).status();
        });
}

} // namespace pilothouse::access
