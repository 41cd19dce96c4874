// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Transaction.h"
#include "shared/access/Account.h"

#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <vector>

namespace pilothouse::access {

/// Roles that are not built in. Stateless; the caller opens the transaction.
class RoleStore
{
public:
    using Transaction = postgres::Transaction;

    /// By name, with how many operators have them.
    absl::StatusOr<std::vector<Role>> list(Transaction& transaction) const;
    absl::StatusOr<std::optional<Role>> find(
        Transaction& transaction, const std::string& name) const;
    absl::StatusOr<std::int64_t> countHolders(
        Transaction& transaction, const std::string& name) const;
    /// ALREADY_EXISTS when the name is taken.
    absl::Status add(Transaction& transaction, const Role& role) const;
    absl::Status update(Transaction& transaction, const Role& role) const;
    absl::Status remove(Transaction& transaction, const std::string& name) const;
};

} // namespace pilothouse::access
