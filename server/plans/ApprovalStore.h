// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Transaction.h"
#include "shared/plans/Safety.h"

#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <vector>

namespace pilothouse::plans {

/// Approvals in the control database. Stateless; the caller opens the transaction. `now` tells
/// which of the open ones have expired.
class ApprovalStore
{
public:
    using Transaction = postgres::Transaction;

    absl::Status add(Transaction& transaction, const Approval& approval) const;
    absl::StatusOr<std::optional<Approval>> find(
        Transaction& transaction, const std::string& id, absl::Time now) const;
    /// The same, and nobody else changes it before this transaction is over.
    absl::StatusOr<std::optional<Approval>> lock(
        Transaction& transaction, const std::string& id, absl::Time now) const;
    /// Those that are pending or approved, newest first.
    absl::StatusOr<std::vector<Approval>> open(
        Transaction& transaction, absl::Time now, int limit) const;
    /// Newest first, older than (`before`, `beforeId`).
    absl::StatusOr<std::vector<Approval>> list(
        Transaction& transaction,
        bool pendingOnly,
        absl::Time before,
        const std::string& beforeId,
        int limit,
        absl::Time now) const;
    /// Writes state, decision and use.
    absl::Status update(Transaction& transaction, const Approval& approval) const;

    /// Withdraws what the operator asked for, and what the operator approved and nobody used.
    absl::Status forget(Transaction& transaction, const std::string& operatorName) const;
    absl::Status removeOlder(Transaction& transaction, absl::Time time) const;
};

} // namespace pilothouse::plans
