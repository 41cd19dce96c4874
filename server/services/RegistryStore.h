// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Transaction.h"
#include "server/services/StoredInstance.h"

#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <vector>

namespace pilothouse::services {

/// The registry's tables. Every function is part of the caller's transaction.
class RegistryStore
{
public:
    using Transaction = postgres::Transaction;

    /// Adds it or takes the place of the one with its key; heartbeats of that one are forgotten.
    /// Whether it is draining stays. Answers it as it is now.
    absl::StatusOr<StoredInstance> put(
        Transaction& transaction, const StoredInstance& instance) const;
    absl::Status setDraining(
        Transaction& transaction,
        const InstanceKey& key,
        bool isDraining,
        std::int64_t revision) const;
    absl::Status remove(Transaction& transaction, const InstanceKey& key) const;
    /// Locks its row.
    absl::StatusOr<std::optional<StoredInstance>> lock(
        Transaction& transaction, const InstanceKey& key) const;
    absl::StatusOr<std::vector<StoredInstance>> all(Transaction& transaction) const;
    absl::StatusOr<std::int64_t> count(Transaction& transaction) const;

    /// Of instances that are still registered under the same revision.
    absl::Status putBeats(
        Transaction& transaction,
        const std::string& serverId,
        const std::vector<StoredBeat>& beats) const;
    /// What other servers took within `span`; of all servers when `serverId` is empty.
    absl::StatusOr<std::vector<StoredBeat>> beats(
        Transaction& transaction, const std::string& serverId, absl::Duration span) const;
};

} // namespace pilothouse::services
