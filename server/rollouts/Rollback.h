// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/executor/Executor.h"
#include "server/rollouts/RollbackJournal.h"
#include "server/rollouts/Rollouts.h"

#include <absl/status/statusor.h>

#include <chrono>
#include <functional>
#include <optional>

namespace pilothouse::rollouts {

/// The way back: looks at the stable side alone, on threads and connections of its own, whatever
/// state the candidate, the comparison, a pause or the rest of the server is in. When the database
/// does not answer in a moment, the order is written to the local journal, done, and recorded
/// later; then neither plan nor lease can be asked for, and the permission is what was known last.
/// Blocks; thread-safe.
class Rollback
{
public:
    struct Parts
    {
        Rollouts::Parts rollouts;
        RollbackJournal& journal;
        /// Where the database is tried, so that one that hangs holds nobody up.
        platform::Executor& attempts;
    };

    explicit Rollback(Parts parts) : m_parts(std::move(parts)) {}

    absl::StatusOr<Outcome> run(
        const plans::Requester& requester, const plans::Request& request, const Target& target);

    /// What the server decides by itself, of the rollout as it was seen: nobody is asked.
    absl::StatusOr<Outcome> byServer(
        ManagedApplication& application, const Rollout& seen, const std::string& reason);

private:
    struct Decided
    {
        plans::Plan plan;
        Rollout rollout;
        std::string realm;
    };
    /// The order into the database; of shared values only, because it may go on after nobody waits
    /// for it any more; `mayGoOn` is asked once, before anything is written.
    using MayGoOn = std::function<bool()>;
    using Decision = std::function<absl::StatusOr<Decided>(const MayGoOn&)>;
    absl::StatusOr<Decided> decide(
        const plans::Requester& requester,
        const plans::Request& request,
        const Target& target,
        const std::optional<Observation>& observation,
        const MayGoOn& mayGoOn) const;
    absl::StatusOr<Decided> decideByServer(
        const Rollout& seen, const std::string& reason, const MayGoOn& mayGoOn) const;
    /// Nothing: no answer in time.
    std::optional<absl::StatusOr<Decided>> soon(
        Decision decision, std::chrono::milliseconds patience) const;
    absl::StatusOr<Outcome> settle(
        ManagedApplication& application, Decided decided, absl::Time deadline);
    absl::StatusOr<Outcome> withoutDatabase(
        const plans::Requester& requester,
        const plans::Request& request,
        const Target& target,
        ManagedApplication& application);
    absl::StatusOr<Outcome> actByJournal(
        ManagedApplication& application,
        const Rollout& seen,
        const audit::Actor& actor,
        const std::string& reason);

    const Parts m_parts;
};

} // namespace pilothouse::rollouts
