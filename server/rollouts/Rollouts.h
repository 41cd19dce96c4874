// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/plans/PlanGate.h"
#include "server/platform/postgres/Database.h"
#include "server/rollouts/Leadership.h"
#include "server/rollouts/ManagedApplication.h"
#include "server/rollouts/RolloutBoard.h"
#include "server/rollouts/RolloutRecords.h"
#include "server/rollouts/Switcher.h"
#include "shared/base/Clock.h"

#include <absl/status/statusor.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace pilothouse::rollouts {

/// Which rollout somebody means: the open one of the application, and no other when `rolloutId` is
/// not empty.
struct Target
{
    std::string application;
    std::string rolloutId;
};

/// What became of an action.
struct Outcome
{
    plans::Plan plan;
    /// Nothing after a dry run.
    std::optional<Rollout> rollout;
    std::vector<Gate> gates;
    /// Done without the database, which is told later.
    bool isRecordedLocally = false;
};

/// What operators do with rollouts, but for rolling back (see Rollback): each a planned action.
/// Blocks; thread-safe.
class Rollouts
{
public:
    using Requester = plans::Requester;
    using Request = plans::Request;

    /// All of it outlives this. The database and the gate are a lane of their own.
    struct Parts
    {
        const ManagedApplications& applications;
        postgres::Database& database;
        plans::PlanGate& gate;
        const RolloutRecords& records;
        RolloutBoard& board;
        Leadership& leadership;
        Switcher& switcher;
        const Clock& clock;
        /// The controller shall look.
        std::function<void()> wake;
    };

    explicit Rollouts(Parts parts) : m_parts(std::move(parts)) {}

    absl::StatusOr<Outcome> start(
        const Requester& requester,
        const Request& request,
        const std::string& application,
        const std::string& revision,
        const std::string& description);
    /// `overrideReason` not empty: also where a gate that can be overridden has not passed.
    absl::StatusOr<Outcome> promote(
        const Requester& requester,
        const Request& request,
        const Target& target,
        const std::string& overrideReason);
    /// A share of the traffic for the candidate, in hundredths; nothing: the next one of the
    /// configuration. Answers when it was seen to be so.
    absl::StatusOr<Outcome> stepTraffic(
        const Requester& requester,
        const Request& request,
        const Target& target,
        std::optional<int> percent);
    absl::StatusOr<Outcome> pause(
        const Requester& requester, const Request& request, const Target& target);
    absl::StatusOr<Outcome> resume(
        const Requester& requester, const Request& request, const Target& target);
    absl::StatusOr<Outcome> keepWarm(
        const Requester& requester,
        const Request& request,
        const Target& target,
        absl::Duration duration);
    absl::StatusOr<Outcome> abort(
        const Requester& requester, const Request& request, const Target& target);

    struct Receipt
    {
        Rollout rollout;
        std::vector<Event> events;
    };
    absl::StatusOr<Receipt> get(const std::string& id, absl::Time deadline) const;
    /// Newest first, older than `before` (0 = the newest).
    absl::StatusOr<std::vector<Rollout>> list(
        const std::string& application, std::int64_t before, int limit, absl::Time deadline) const;

private:
    using Transaction = postgres::Transaction;

    /// A change of the open rollout.
    struct Wish
    {
        /// "paused": in its history.
        std::string kind;
        std::function<absl::Status(const Rollout&)> check;
        std::function<void(Rollout&)> edit;
        std::function<absl::StatusOr<plans::Draft>(const Rollout& before, const Rollout& after)>
            draft;
    };
    struct Changed
    {
        plans::Plan plan;
        Rollout rollout;
        std::string realm;
    };
    absl::StatusOr<Changed> change(
        const Requester& requester, const Request& request, const Target& target, const Wish& wish);
    absl::StatusOr<Outcome> outcomeOf(
        const Request& request, const absl::StatusOr<Changed>& changed) const;

    const Parts m_parts;
};

/// FAILED_PRECONDITION.
absl::Status refused(const char* reason, const std::string& message, const std::string& hint);

/// The open rollout that is meant, in a transaction that has locked the application. NOT_FOUND when
/// none is open; FAILED_PRECONDITION when another one is.
absl::StatusOr<Rollout> openRollout(
    postgres::Transaction& transaction, const RolloutStore& store, const Target& target);

/// For the history: what an operator did, and the reason, or without one what it means.
Event eventOf(
    const plans::Requester& requester,
    const plans::Request& request,
    const Rollout& after,
    const std::string& kind,
    absl::Time time);

/// Waits until the leader, which is another server, has done what was decided.
absl::StatusOr<Rollout> awaitLeader(
    postgres::Database& database,
    const RolloutStore& store,
    const Rollout& decided,
    const Clock& clock,
    absl::Time deadline);

} // namespace pilothouse::rollouts
