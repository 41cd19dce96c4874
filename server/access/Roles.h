// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/access/AccessDrafts.h"
#include "server/access/OperatorStore.h"
#include "server/access/RoleStore.h"
#include "server/access/Sessions.h"
#include "server/config/Config.h"
#include "server/plans/PlanGate.h"
#include "server/platform/postgres/Database.h"
#include "server/platform/rpc/MethodTable.h"
#include "shared/base/Clock.h"

#include <absl/status/statusor.h>

#include <string>
#include <vector>

namespace pilothouse::access {

/// Built-in roles and those that administrators make of patterns over the contract's permissions.
/// Blocks on the database; thread-safe.
class Roles
{
public:
    using Plan = plans::Plan;
    using Requester = plans::Requester;
    using Request = plans::Request;

    /// Everything outlives this.
    Roles(
        postgres::Database& database,
        plans::PlanGate& gate,
        Sessions& sessions,
        const rpc::MethodTable& methods,
        const Clock& clock,
        config::Access config);

    /// Built-in ones first, then by name.
    absl::StatusOr<std::vector<Role>> list(absl::Time deadline) const;
    /// NOT_FOUND.
    absl::StatusOr<Role> get(const std::string& name, absl::Time deadline) const;
    absl::StatusOr<std::vector<Permission>> permissions(absl::Time deadline) const;

    absl::StatusOr<Plan> create(
        const Requester& requester, const Request& request, const Role& role);
    /// ABORTED when the role is not as its etag says.
    absl::StatusOr<Plan> update(
        const Requester& requester, const Request& request, const Role& role);
    /// FAILED_PRECONDITION while somebody has it.
    absl::StatusOr<Plan> remove(
        const Requester& requester, const Request& request, const std::string& name);

private:
    using Transaction = postgres::Transaction;

    absl::Status check(const Role& role) const;
    absl::StatusOr<std::vector<Role>> all(Transaction& transaction) const;
    absl::StatusOr<RoleReach> reachOf(Transaction& transaction, const std::string& name) const;
    std::vector<std::string> granted(const Role& role) const;

    postgres::Database& m_database;
    plans::PlanGate& m_gate;
    Sessions& m_sessions;
    const rpc::MethodTable& m_methods;
    const Clock& m_clock;
    const OperatorStore m_operators;
    const RoleStore m_store{};
};

} // namespace pilothouse::access
