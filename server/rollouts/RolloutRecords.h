// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/AuditLog.h"
#include "server/leader/Fence.h"
#include "server/platform/postgres/Database.h"
#include "server/rollouts/RolloutStore.h"
#include "shared/rollouts/Steps.h"

#include <absl/status/status.h>

#include <string>

namespace pilothouse::rollouts {

/// As it stands in the audit.
std::string auditJson(const Rollout& rollout);

/// The rollout after a step of its own.
Rollout afterMove(const Rollout& rollout, const Move& move, absl::Time now);

/// Writes changes of rollouts: the row, its history and the audit, in the caller's transaction.
class RolloutRecords
{
public:
    using Transaction = postgres::Transaction;

    explicit RolloutRecords(const audit::AuditLog& audit) : m_audit(audit) {}

    const RolloutStore& store() const { return m_store; }

    /// What somebody did, whose audit is written elsewhere. ABORTED when the rollout is not as it
    /// was read; `after` has its new generation then.
    absl::Status keep(Transaction& transaction, Rollout& after, const Event& event) const;

    /// What the server did by itself.
    absl::Status keepOwn(
        Transaction& transaction,
        const Rollout& before,
        Rollout& after,
        const std::string& kind,
        absl::Time now) const;

    /// The same in a transaction of its own, by the leader that has this fence.
    absl::Status moveOwn(
        postgres::Database& database,
        const leader::Fence& fence,
        const Rollout& before,
        Rollout& after,
        const std::string& kind,
        absl::Time now,
        absl::Time deadline) const;

    /// Traffic was put right; the rollout, if there is one, stays as it is.
    absl::Status keepDrift(
        Transaction& transaction,
        const std::string& application,
        const Rollout* open,
        const std::string& message,
        absl::Time now) const;

    /// Traffic that somebody else has switched was taken as it is, with no rollout open.
    absl::Status keepAdoption(
        Transaction& transaction,
        const std::string& application,
        const std::string& message,
        absl::Time now) const;

    /// The servers of a side were started or stopped for the rollout.
    absl::Status keepServers(
        Transaction& transaction,
        const Rollout& open,
        const std::string& message,
        absl::Time now) const;

private:
    /// What the server did without a step of the rollout, which may be none.
    struct Note
    {
        std::string application;
        const Rollout* open = nullptr;
        std::string action;
        std::string kind;
        std::string message;
    };
    absl::Status keepNote(Transaction& transaction, const Note& note, absl::Time now) const;

    const audit::AuditLog& m_audit;
    const RolloutStore m_store{};
};

} // namespace pilothouse::rollouts
