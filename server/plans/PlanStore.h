// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Transaction.h"
#include "shared/plans/Plan.h"
#include "shared/plans/Safety.h"

#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <vector>

namespace pilothouse::plans {

/// Plans that were shown, and write leases. Stateless; the caller opens the transaction.
class PlanStore
{
public:
    using Transaction = postgres::Transaction;

    /// Shown again, it can be confirmed for longer.
    absl::Status keepPlan(
        Transaction& transaction, const std::string& operatorName, const Plan& plan) const;
    /// One that this operator was shown and may still confirm.
    absl::StatusOr<std::optional<Plan>> shownPlan(
        Transaction& transaction,
        const std::string& operatorName,
        const std::string& digest,
        absl::Time now) const;

    /// Replaces one that is there; its start stays.
    absl::StatusOr<Lease> takeLease(Transaction& transaction, const Lease& lease) const;
    /// The lease, when it holds; it cannot be ended before this transaction is over.
    absl::StatusOr<std::optional<Lease>> holdLease(
        Transaction& transaction, const std::string& operatorName, absl::Time now) const;
    /// False when there was none.
    absl::StatusOr<bool> endLease(Transaction& transaction, const std::string& operatorName) const;
    absl::StatusOr<std::vector<Lease>> leases(Transaction& transaction, absl::Time now) const;

    /// Forgets plans and leases that are over; answers the leases.
    absl::StatusOr<std::vector<Lease>> removeEnded(Transaction& transaction, absl::Time now) const;
};

} // namespace pilothouse::plans
