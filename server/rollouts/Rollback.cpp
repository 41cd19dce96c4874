// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/Rollback.h"

#include "server/platform/crypto/Random.h"
#include "server/platform/faults/Faults.h"
#include "server/rollouts/RolloutDrafts.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace pilothouse::rollouts {

namespace {

/// A database in order answers in a hundredth of this, and one that is gone at once. It is for one
/// that has just begun to hang; a busy one should still be asked for plan and lease.
constexpr auto kPatience = std::chrono::milliseconds(400);
/// Of a dry run, which can be asked for again.
constexpr auto kPlanPatience = std::chrono::milliseconds(2000);
constexpr absl::Duration kAttemptLimit = absl::Seconds(2);
constexpr absl::Duration kSettleLimit = absl::Seconds(5);
constexpr auto kActingLimit = std::chrono::milliseconds(100);

bool isDatabaseAway(const absl::Status& status)
{
    return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
           absl::IsResourceExhausted(status) || absl::IsCancelled(status);
}

absl::Status notNow(const Rollout& rollout)
{
    return withHint(
        withReason(
            absl::FailedPreconditionError(fmt::format(
                "rollout {} of {} cannot be rolled back in the step {}",
                rollout.id,
                rollout.application,
                std::string(stepName(rollout.step)))),
            "ROLLOUT_STEP"),
        isBeforeSwitch(rollout.step) ? "It has no traffic yet: abort it."
                                     : "Start a rollout of the version that shall come back.");
}

absl::Status notSeen(const std::string& application)
{
    return absl::UnavailableError(fmt::format(
        "the control database is away, and this server has not seen a rollout of {}", application));
}

absl::Status checkStable(
    const Driver& driver, const Rollout& rollout, const std::optional<Observation>& observation)
{
    if (!observation || observation->side(rollout.stable).serversUp > 0 || driver.startsOnRoute()) {
        return absl::OkStatus();
    }
    return withHint(
        withReason(
            absl::FailedPreconditionError(fmt::format(
                "no server of {} is up: there is nothing to go back to",
                std::string(colourName(rollout.stable)))),
            "STABLE_DOWN"),
        "Start one of its servers.");
}

/// What one thread waits for and another brings; kept by both. Either the other one claims its work
/// in time, and is waited for once more, or it is abandoned and does nothing.
template <typename Value>
class Mailbox
{
public:
    bool claim()
    {
        const std::lock_guard lock(m_mutex);
        m_isClaimed = !m_isAbandoned;
        return m_isClaimed;
    }
    void put(Value value)
    {
        {
            const std::lock_guard lock(m_mutex);
            m_value = std::move(value);
        }
        m_filled.notify_all();
    }
    std::optional<Value> wait(std::chrono::milliseconds patience)
    {
        std::unique_lock lock(m_mutex);
        const auto isFilled = [this] { return m_value.has_value(); };
        if (!m_filled.wait_for(lock, patience, isFilled) && m_isClaimed) {
            m_filled.wait_for(lock, patience, isFilled);
        }
        m_isAbandoned = true;
        return std::exchange(m_value, std::nullopt);
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_filled;
    std::optional<Value> m_value;
    bool m_isClaimed = false;
    bool m_isAbandoned = false;
};

} // namespace

absl::StatusOr<Outcome> Rollback::run(
    const plans::Requester& requester, const plans::Request& request, const Target& target)
{
    const Rollouts::Parts& all = m_parts.rollouts;
    PH_ASSIGN_OR_RETURN(
        ManagedApplication * application, findApplication(all.applications, target.application));
    const auto observed = application->driver->observe();
    const std::optional<Observation> observation =
        observed.ok() ? std::optional(*observed) : std::nullopt;
    const Decision decision =
        [this, requester, request, target, observation](const MayGoOn& mayGoOn) {
            plans::Requester limited = requester;
            limited.deadline =
                std::min(requester.deadline, m_parts.rollouts.clock.now() + kAttemptLimit);
            return decide(limited, request, target, observation, mayGoOn);
        };
    if (request.validateOnly) {
        auto decided = soon(decision, kPlanPatience);
        if (!decided) {
            return absl::UnavailableError("the control database does not answer: no plan is made");
        }
        PH_RETURN_IF_ERROR(decided->status());
        return Outcome{std::move((*decided)->plan), std::nullopt, {}, false};
    }
    if (!all.board.isDatabaseAway(all.clock.monotonic())) {
        auto decided = soon(decision, kPatience);
        if (decided && decided->ok()) {
            return settle(*application, **std::move(decided), requester.deadline);
        }
        if (decided && !isDatabaseAway(decided->status())) {
            return decided->status();
        }
    }
    return withoutDatabase(requester, request, target, *application);
}

absl::StatusOr<Outcome> Rollback::byServer(
    ManagedApplication& application, const Rollout& seen, const std::string& reason)
{
    const Rollouts::Parts& all = m_parts.rollouts;
    if (!all.board.isDatabaseAway(all.clock.monotonic())) {
        auto decided = soon(
            [this, seen, reason](const MayGoOn& mayGoOn) {
                return decideByServer(seen, reason, mayGoOn);
            },
            kPatience);
        if (decided && decided->ok()) {
            return settle(application, **std::move(decided), all.clock.now() + kSettleLimit);
        }
        if (decided && !isDatabaseAway(decided->status())) {
            return decided->status();
        }
    }
    return actByJournal(application, seen, audit::serverActor(), reason);
}

absl::StatusOr<Rollback::Decided> Rollback::decide(
    const plans::Requester& requester,
    const plans::Request& request,
    const Target& target,
    const std::optional<Observation>& observation,
    const MayGoOn& mayGoOn) const
{
    const Rollouts::Parts& all = m_parts.rollouts;
    const absl::Time now = all.clock.now();
    PH_ASSIGN_OR_RETURN(
        const ManagedApplication* const application,
        findApplication(all.applications, target.application));
    Decided decided;
    const auto look = [&](postgres::Transaction& transaction) -> absl::StatusOr<plans::Draft> {
        const RolloutStore& store = all.records.store();
        PH_ASSIGN_OR_RETURN(const auto desired, store.lock(transaction, target.application));
        PH_ASSIGN_OR_RETURN(const Rollout before, openRollout(transaction, store, target));
        if (!canRollBack(before.step)) {
            return notNow(before);
        }
        PH_RETURN_IF_ERROR(checkStable(*application->driver, before, observation));
        if (!mayGoOn()) {
            return absl::CancelledError("it was done without the database meanwhile");
        }
        decided.realm = desired ? desired->realm : "";
        decided.rollout = afterMove(before, goingBack(before, ""), now);
        decided.rollout.isPaused = false;
        return draftOfRollback(before, decided.rollout, observation);
    };
    const auto act = [&](postgres::Transaction& transaction) {
        return all.records.keep(
            transaction,
            decided.rollout,
            eventOf(requester, request, decided.rollout, "rollback", now));
    };
    PH_ASSIGN_OR_RETURN(decided.plan, all.gate.run(requester, request, look, act));
    if (!request.validateOnly) {
        all.board.putRollout(decided.rollout);
    }
    return decided;
}

absl::StatusOr<Rollback::Decided> Rollback::decideByServer(
    const Rollout& seen, const std::string& reason, const MayGoOn& mayGoOn) const
{
    const Rollouts::Parts& all = m_parts.rollouts;
    const absl::Time now = all.clock.now();
    const auto fence = all.leadership.fence();
    if (!fence) {
        return absl::AbortedError("another server leads");
    }
    Decided decided;
    const auto write = [&](postgres::Transaction& transaction) -> absl::Status {
        PH_RETURN_IF_ERROR(fence->check(transaction));
        const RolloutStore& store = all.records.store();
        PH_ASSIGN_OR_RETURN(const auto desired, store.lock(transaction, seen.application));
        if (!mayGoOn()) {
            return absl::CancelledError("it was done without the database meanwhile");
        }
        decided.realm = desired ? desired->realm : "";
        decided.rollout = afterMove(seen, goingBack(seen, reason), now);
        return all.records.keepOwn(transaction, seen, decided.rollout, "rollback", now);
    };
    PH_RETURN_IF_ERROR(all.database.transact(write, now + kAttemptLimit));
    all.board.putRollout(decided.rollout);
    return decided;
}

std::optional<absl::StatusOr<Rollback::Decided>> Rollback::soon(
    Decision decision, std::chrono::milliseconds patience) const
{
    const auto mailbox = std::make_shared<Mailbox<absl::StatusOr<Decided>>>();
    const absl::Status submitted =
        m_parts.attempts.submit([mailbox, decision = std::move(decision)] {
            mailbox->put(decision([&mailbox] { return mailbox->claim(); }));
        });
    return submitted.ok() ? mailbox->wait(patience) : std::nullopt;
}

absl::StatusOr<Outcome> Rollback::settle(
    ManagedApplication& application, Decided decided, absl::Time deadline)
{
    const Rollouts::Parts& all = m_parts.rollouts;
    PH_FAULT("rollouts.after_intent_back");
    const absl::Time limit = std::min(deadline, all.clock.now() + kSettleLimit);
    const auto fence = all.leadership.fence();
    auto done = fence ? all.switcher.settle(
                            application,
                            decided.rollout,
                            decided.realm,
                            *fence,
                            all.database,
                            all.clock.now() + kSettleLimit)
                      : absl::StatusOr<Rollout>(absl::AbortedError("another server leads"));
    if (absl::IsAborted(done.status())) {
        done = awaitLeader(all.database, all.records.store(), decided.rollout, all.clock, limit);
    }
    all.wake();
    if (!done.ok()) {
        return withHint(
            absl::UnavailableError(fmt::format(
                "the rollback is recorded and will be done, but not yet: {}",
                std::string(done.status().message()))),
            "Watch it with 'pilothousectl rollouts watch'.");
    }
    return Outcome{std::move(decided.plan), *std::move(done), {}, false};
}

absl::StatusOr<Outcome> Rollback::withoutDatabase(
    const plans::Requester& requester,
    const plans::Request& request,
    const Target& target,
    ManagedApplication& application)
{
    const Rollouts::Parts& all = m_parts.rollouts;
    const auto view = all.board.find(target.application);
    if (!view || !view->rollout) {
        return notSeen(target.application);
    }
    const Rollout& seen = *view->rollout;
    const bool isUnderWay = seen.step == Step::SwitchingBack;
    if (!canRollBack(seen.step) && !isUnderWay) {
        return notNow(seen);
    }
    if (!target.rolloutId.empty() && target.rolloutId != seen.id) {
        return absl::FailedPreconditionError(fmt::format(
            "the open rollout of {} is {}, as far as is known", target.application, seen.id));
    }
    return actByJournal(
        application,
        seen,
        requester.actor,
        request.confirmation.reason.substr(0, plans::kLongestReason));
}

absl::StatusOr<Outcome> Rollback::actByJournal(
    ManagedApplication& application,
    const Rollout& seen,
    const audit::Actor& actor,
    const std::string& reason)
{
    const Rollouts::Parts& all = m_parts.rollouts;
    const auto fence = all.leadership.lastFence();
    const std::string realm = all.board.realmOf(application.name);
    if (realm.empty()) {
        return notSeen(application.name);
    }
    if (!fence) {
        return withHint(
            absl::UnavailableError(
                "the control database is away, and this server was not the last that led"),
            "Ask the server that leads, or switch the traffic by hand.");
    }
    JournalEntry entry;
    entry.id = platform::newId();
    entry.time = all.clock.now();
    entry.application = application.name;
    entry.rolloutId = seen.id;
    entry.stable = seen.stable;
    entry.actor = actor;
    entry.reason = reason;
    PH_RETURN_IF_ERROR(m_parts.journal.append(entry));
    PH_FAULT("rollouts.after_journal");
    {
        // Whoever holds it may hang on the database. Going back is absolute: it can be done beside
        // anything, and what is done wrong meanwhile is put right by the journal.
        std::unique_lock acting(application.acting, std::defer_lock);
        static_cast<void>(acting.try_lock_for(kActingLimit));
        const absl::Status switched =
            application.driver->route({{seen.stable, 0}, {realm, *fence}});
        if (!switched.ok()) {
            return withHint(
                absl::UnavailableError(fmt::format(
                    "the rollback is written down and is tried on: {}",
                    std::string(switched.message()))),
                fmt::format("Check that {} answers.", application.driver->name()));
        }
    }
    spdlog::warn(
        "rollouts: {} rolled {} back while the control database is away",
        actor.name,
        application.name);
    Rollout after = afterMove(
        seen,
        {Step::RolledBack,
         fmt::format(
             "{} has the traffic again; recorded when the control database is back",
             std::string(colourName(seen.stable))),
         false},
        entry.time);
    ++after.generation;
    all.board.putRollout(after);
    return Outcome{{}, std::move(after), {}, true};
}

} // namespace pilothouse::rollouts
