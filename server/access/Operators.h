// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/access/AccessDrafts.h"
#include "server/access/AccessStore.h"
#include "server/access/OperatorStore.h"
#include "server/access/RoleStore.h"
#include "server/access/Sessions.h"
#include "server/config/Config.h"
#include "server/plans/PlanGate.h"
#include "server/platform/crypto/PasswordHasher.h"
#include "server/platform/postgres/Database.h"
#include "server/platform/rpc/MethodTable.h"
#include "shared/base/Clock.h"

#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <vector>

namespace pilothouse::access {

/// The administration of operators: every change is a planned action, is in the audit, and takes
/// effect on live sessions at once. The last enabled operator with the role admin stays one.
/// Blocks; thread-safe.
class Operators
{
public:
    using Plan = plans::Plan;
    using Requester = plans::Requester;
    using Request = plans::Request;

    /// Everything outlives this.
    Operators(
        postgres::Database& database,
        plans::PlanGate& gate,
        Sessions& sessions,
        const rpc::MethodTable& methods,
        const Clock& clock,
        config::Access config);

    struct Page
    {
        std::vector<Account> accounts;
        /// The name after which the next page begins; empty past the end.
        std::string after;
    };
    absl::StatusOr<Page> list(
        const std::string& search, const std::string& after, int size, absl::Time deadline) const;
    /// NOT_FOUND.
    absl::StatusOr<Account> get(const std::string& name, absl::Time deadline) const;

    /// ALREADY_EXISTS; INVALID_ARGUMENT for a name, role or password that will not do.
    absl::StatusOr<Plan> create(
        const Requester& requester,
        const Request& request,
        const Operator& who,
        const std::string& password);
    /// ABORTED when the account is not as `etag` says.
    absl::StatusOr<Plan> update(
        const Requester& requester,
        const Request& request,
        const Operator& who,
        const std::string& etag);
    absl::StatusOr<Plan> disable(
        const Requester& requester, const Request& request, const std::string& name);
    absl::StatusOr<Plan> enable(
        const Requester& requester, const Request& request, const std::string& name);
    absl::StatusOr<Plan> remove(
        const Requester& requester, const Request& request, const std::string& name);
    absl::StatusOr<Plan> resetPassword(
        const Requester& requester,
        const Request& request,
        const std::string& name,
        const std::string& password);
    absl::StatusOr<Plan> unlock(
        const Requester& requester, const Request& request, const std::string& name);

private:
    using Transaction = postgres::Transaction;
    using MakeDraft = std::function<absl::StatusOr<plans::Draft>(Transaction&, const Powers&)>;

    /// A planned action on one operator that is there.
    absl::StatusOr<Plan> actOn(
        const Requester& requester,
        const Request& request,
        const std::string& name,
        const MakeDraft& draft,
        const plans::PlanGate::Act& act);
    absl::StatusOr<Powers> powersOf(Transaction& transaction, const std::string& name) const;
    /// By name; INVALID_ARGUMENT for a role that there is not.
    absl::StatusOr<std::vector<std::string>> permissionsOf(
        Transaction& transaction, const std::vector<std::string>& roles) const;
    /// FAILED_PRECONDITION when nobody else could administer.
    absl::Status checkLastAdmin(Transaction& transaction, const Account& account) const;
    absl::Status changed(Transaction& transaction) const;

    postgres::Database& m_database;
    plans::PlanGate& m_gate;
    Sessions& m_sessions;
    const rpc::MethodTable& m_methods;
    const Clock& m_clock;
    const OperatorStore m_store;
    const RoleStore m_roles{};
    const AccessStore m_accounts{};
    const platform::PasswordHasher m_hasher{};
};

} // namespace pilothouse::access
