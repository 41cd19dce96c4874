// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Transaction.h"
#include "shared/scaling/Decision.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pilothouse::scaling {

/// The scaling's revision, as Revisions.h knows it.
inline constexpr const char* kRevision = "scaling";

/// What the database knows of one policy.
struct StoredPolicy
{
    std::string name;
    /// Of the leader's last look; empty: none yet.
    std::optional<Decision> last;
    std::string problem;
    std::optional<Pause> pause;
};

/// The tables of autoscaling. Statements only; whoever calls opens the transaction.
class ScalingStore
{
public:
    using Transaction = postgres::Transaction;

    absl::StatusOr<std::vector<StoredPolicy>> all(Transaction& transaction) const;
    /// The policy's row, made when there is none; locked, so that a pause and an act come one after
    /// the other.
    absl::StatusOr<StoredPolicy> lock(Transaction& transaction, const std::string& policy) const;
    absl::Status setLook(
        Transaction& transaction,
        const std::string& policy,
        const Decision& decision,
        const std::string& problem) const;
    /// Nothing: it goes on.
    absl::Status setPause(
        Transaction& transaction,
        const std::string& policy,
        const std::optional<Pause>& pause) const;

    /// Answers its id, and forgets what is too old or too much of the policy's history.
    absl::StatusOr<std::string> add(Transaction& transaction, const Record& record) const;
    absl::Status finish(
        Transaction& transaction,
        const std::string& id,
        Act act,
        const std::string& message,
        absl::Time time) const;
    /// Newest first; "" = of all policies; `before` 0 = from the newest.
    absl::StatusOr<std::vector<Record>> list(
        Transaction& transaction, const std::string& policy, std::int64_t before, int limit) const;
    /// Of each policy the newest.
    absl::StatusOr<std::vector<Record>> newest(Transaction& transaction) const;
    /// Of one policy, oldest first: all since a time, and the one before.
    absl::StatusOr<std::vector<Record>> since(
        Transaction& transaction, const std::string& policy, absl::Time time) const;
};

} // namespace pilothouse::scaling
