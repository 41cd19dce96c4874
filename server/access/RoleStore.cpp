// SPDX-License-Identifier: Apache-2.0
#include "server/access/RoleStore.h"

#include "shared/base/StatusHelpers.h"

namespace pilothouse::access {

namespace {

using postgres::Param;
using postgres::Row;
using postgres::Statement;

#define PH_ROLES                                                                                   \
    "SELECT r.name, r.description, r.permissions, r.revision,"                                     \
    " (SELECT count(*) FROM pilothouse.operators o WHERE r.name = ANY (o.roles)) AS operators"     \
    " FROM pilothouse.roles r "

constexpr Statement kListRoles{"roles.list", PH_ROLES "ORDER BY r.name"};
constexpr Statement kFindRole{"roles.find", PH_ROLES "WHERE r.name = $1"};
#undef PH_ROLES

constexpr Statement kCountHolders{
    "roles.count_holders",
    "SELECT count(*) AS holders FROM pilothouse.operators WHERE $1 = ANY (roles)"};
constexpr Statement kAddRole{
    "roles.add",
    "INSERT INTO pilothouse.roles (name, description, permissions) VALUES ($1, $2, $3)"};
constexpr Statement kUpdateRole{
    "roles.update",
    "UPDATE pilothouse.roles SET description = $2, permissions = $3, revision = revision + 1"
    " WHERE name = $1"};
constexpr Statement kRemoveRole{"roles.remove", "DELETE FROM pilothouse.roles WHERE name = $1"};

Role readRole(const Row& row)
{
    return {
        row.text("name"),
        row.text("description"),
        row.textList("permissions"),
        false,
        static_cast<int>(row.integer("operators")),
        std::to_string(row.integer("revision"))};
}

} // namespace

absl::StatusOr<std::vector<Role>> RoleStore::list(Transaction& transaction) const
{
    return transaction.query(kListRoles, {}, readRole);
}

absl::StatusOr<std::optional<Role>> RoleStore::find(
    Transaction& transaction, const std::string& name) const
{
    return transaction.queryOne(kFindRole, {name}, readRole);
}

absl::StatusOr<std::int64_t> RoleStore::countHolders(
    Transaction& transaction, const std::string& name) const
{
    PH_ASSIGN_OR_RETURN(
        const auto holders, transaction.queryOne(kCountHolders, {name}, [](const Row& row) {
            return row.integer("holders");
        }));
    return holders.value_or(0);
}

absl::Status RoleStore::add(Transaction& transaction, const Role& role) const
{
    return transaction.execute(kAddRole, {role.name, role.description, Param(role.permissions)})
        .status();
}

absl::Status RoleStore::update(Transaction& transaction, const Role& role) const
{
    return transaction.execute(kUpdateRole, {role.name, role.description, Param(role.permissions)})
        .status();
}

absl::Status RoleStore::remove(Transaction& transaction, const std::string& name) const
{
    return transaction.execute(kRemoveRole, {name}).status();
}

} // namespace pilothouse::access
