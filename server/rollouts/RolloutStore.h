// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Transaction.h"
#include "shared/rollouts/Rollout.h"

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pilothouse::rollouts {

/// Where an application's traffic should be.
struct Desired
{
    std::string application;
    Colour active = Colour::Blue;
    /// See SwitchRight.
    std::string realm;
};

/// Rollouts in the control database. Stateless; the caller opens the transaction.
class RolloutStore
{
public:
    using Transaction = postgres::Transaction;

    /// Makes the row unless it is there; the traffic is where it is found.
    absl::Status provide(Transaction& transaction, const Desired& desired) const;
    absl::StatusOr<std::vector<Desired>> desired(Transaction& transaction) const;
    /// The same for one, and nobody else changes the application or its rollout before this
    /// transaction is over.
    absl::StatusOr<std::optional<Desired>> lock(
        Transaction& transaction, const std::string& application) const;
    absl::Status setActive(
        Transaction& transaction, const std::string& application, Colour active) const;

    /// ALREADY_EXISTS while one of the application is open. Answers its id.
    absl::StatusOr<std::string> add(Transaction& transaction, const Rollout& rollout) const;
    /// Everything that changes. False when it is not at `rollout.generation` any more; else that
    /// counts on.
    absl::StatusOr<bool> update(Transaction& transaction, Rollout& rollout) const;
    absl::StatusOr<std::optional<Rollout>> open(
        Transaction& transaction, const std::string& application) const;
    absl::StatusOr<std::optional<Rollout>> find(Transaction& transaction, std::int64_t id) const;
    /// The open or else the last one of each application.
    absl::StatusOr<std::vector<Rollout>> newest(Transaction& transaction) const;
    /// Newest first, older than `before` (0 = from the newest); "" = of all applications.
    absl::StatusOr<std::vector<Rollout>> list(
        Transaction& transaction,
        const std::string& application,
        std::int64_t before,
        int limit) const;

    /// False when the journal's entry is there already.
    absl::StatusOr<bool> addEvent(
        Transaction& transaction,
        const std::string& rolloutId,
        const Event& event,
        const std::string& journalId = {}) const;
    /// The newest `limit`, oldest first.
    absl::StatusOr<std::vector<Event>> events(
        Transaction& transaction, std::int64_t rolloutId, int limit) const;
};

/// INVALID_ARGUMENT for what is no rollout's id.
absl::StatusOr<std::int64_t> rolloutIdOf(const std::string& text);

} // namespace pilothouse::rollouts
