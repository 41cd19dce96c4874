// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/Rollouts.h"

#include "server/platform/faults/Faults.h"
#include "server/rollouts/RolloutDrafts.h"
#include "shared/base/StatusHelpers.h"
#include "shared/base/Violations.h"

#include <absl/strings/str_join.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace pilothouse::rollouts {

namespace {

constexpr std::size_t kLongestRevision = 200;
constexpr std::size_t kLongestText = 500;
constexpr int kMostEvents = 1000;
constexpr absl::Duration kSettleLimit = absl::Seconds(5);
constexpr absl::Duration kLeaderLimit = absl::Seconds(5);
constexpr auto kLeaderPoll = std::chrono::milliseconds(50);
constexpr absl::Duration kLongestWarm = absl::Hours(24 * 30);

std::string stepText(const Rollout& rollout)
{
    return std::string(stepName(rollout.step));
}

absl::Status checkText(const std::string& text, const char* what, std::size_t longest, bool needed)
{
    if (text.size() > longest) {
        return absl::InvalidArgumentError(
            fmt::format("the {} is longer than {} bytes", what, longest));
    }
    return needed && text.find_first_not_of(" \t\n") == std::string::npos
               ? absl::InvalidArgumentError(fmt::format("the {} is empty", what))
               : absl::OkStatus();
}

absl::Status cannot(const char* verb, const Rollout& rollout, const std::string& hint)
{
    return refused(
        "ROLLOUT_STEP",
        fmt::format(
            "rollout {} of {} cannot be {} in the step {}",
            rollout.id,
            rollout.application,
            verb,
            stepText(rollout)),
        hint);
}

/// Of the conditions, as the loop saw them last.
std::optional<AnalysisState> analysisOf(
    const std::optional<Application>& view, const Rollout& rollout)
{
    return view && view->rollout && view->rollout->id == rollout.id ? view->analysis : std::nullopt;
}

absl::Status checkGates(const std::vector<Gate>& gates)
{
    std::vector<Violation> violations;
    std::string told;
    for (const Gate& gate : gates) {
        if (gate.result == GateResult::Passed || gate.result == GateResult::Overridden) {
            continue;
        }
        violations.push_back({"GATE_NOT_PASSED", gate.name, gate.detail});
        told += fmt::format("{}{}: {}", told.empty() ? "" : "; ", gate.name, gate.detail);
    }
    if (violations.empty()) {
        return absl::OkStatus();
    }
    return withViolations(
        refused(
            "GATE_NOT_PASSED",
            fmt::format("not every gate has passed: {}", told),
            "Wait until they have. The capacity, the verdict, the conditions and the change window "
            "can be overridden with a reason."),
        violations);
}

} // namespace

absl::Status refused(const char* reason, const std::string& message, const std::string& hint)
{
    return withHint(withReason(absl::FailedPreconditionError(message), reason), hint);
}

absl::StatusOr<Rollout> openRollout(
    postgres::Transaction& transaction, const RolloutStore& store, const Target& target)
{
    PH_ASSIGN_OR_RETURN(auto open, store.open(transaction, target.application));
    if (!open) {
        return withHint(
            absl::NotFoundError(fmt::format("no rollout of {} is open", target.application)),
            fmt::format(
                "Begin one with 'pilothousectl rollouts start {} --revision VERSION'.",
                target.application));
    }
    if (!target.rolloutId.empty() && open->id != target.rolloutId) {
        return refused(
            "ROLLOUT_OTHER",
            fmt::format(
                "the open rollout of {} is {}, not {}",
                target.application,
                open->id,
                target.rolloutId.substr(0, 40)),
            "Look at it again.");
    }
    return *std::move(open);
}

Event eventOf(
    const plans::Requester& requester,
    const plans::Request& request,
    const Rollout& after,
    const std::string& kind,
    absl::Time time)
{
    std::string message = request.confirmation.reason;
    if (message.empty()) {
        message = after.message;
    } else if (after.step == Step::Switching && !after.overrideReason.empty()) {
        message += fmt::format(" ({})", after.message); // which gates had not passed
    }
    return {time, kind, after.step, requester.name(), std::move(message)};
}

absl::StatusOr<Rollout> awaitLeader(
    postgres::Database& database,
    const RolloutStore& store,
    const Rollout& decided,
    const Clock& clock,
    absl::Time deadline)
{
    const absl::Time until = std::min(deadline, clock.now() + kLeaderLimit);
    PH_ASSIGN_OR_RETURN(const std::int64_t id, rolloutIdOf(decided.id));
    while (clock.now() < until) {
        PH_ASSIGN_OR_RETURN(
            const auto found,
            database.transact(
                [&](postgres::Transaction& transaction) { return store.find(transaction, id); },
                until,
                postgres::Database::Mode::ReadOnly));
        if (found && found->generation > decided.generation) {
            return *found;
        }
        std::this_thread::sleep_for(kLeaderPoll);
    }
    return absl::UnavailableError(
        fmt::format("rollout {} is decided, and the leader has not switched yet", decided.id));
}

absl::StatusOr<Rollouts::Changed> Rollouts::change(
    const Requester& requester, const Request& request, const Target& target, const Wish& wish)
{
    PH_RETURN_IF_ERROR(findApplication(m_parts.applications, target.application).status());
    const absl::Time now = m_parts.clock.now();
    Changed changed;
    const auto look = [&](Transaction& transaction) -> absl::StatusOr<plans::Draft> {
        const RolloutStore& store = m_parts.records.store();
        PH_ASSIGN_OR_RETURN(const auto desired, store.lock(transaction, target.application));
        PH_ASSIGN_OR_RETURN(const Rollout before, openRollout(transaction, store, target));
        PH_RETURN_IF_ERROR(wish.check(before));
        changed.realm = desired ? desired->realm : "";
        changed.rollout = before;
        wish.edit(changed.rollout);
        return wish.draft(before, changed.rollout);
    };
    const auto act = [&](Transaction& transaction) {
        return m_parts.records.keep(
            transaction,
            changed.rollout,
            eventOf(requester, request, changed.rollout, wish.kind, now));
    };
    PH_ASSIGN_OR_RETURN(changed.plan, m_parts.gate.run(requester, request, look, act));
    if (!request.validateOnly) {
        m_parts.board.putRollout(changed.rollout);
    }
    return changed;
}

absl::StatusOr<Outcome> Rollouts::outcomeOf(
    const Request& request, const absl::StatusOr<Changed>& changed) const
{
    PH_RETURN_IF_ERROR(changed.status());
    Outcome outcome;
    outcome.plan = changed->plan;
    if (!request.validateOnly) {
        outcome.rollout = changed->rollout;
        m_parts.wake();
    }
    return outcome;
}

absl::StatusOr<Outcome> Rollouts::start(
    const Requester& requester,
    const Request& request,
    const std::string& application,
    const std::string& revision,
    const std::string& description)
{
    PH_RETURN_IF_ERROR(findApplication(m_parts.applications, application).status());
    PH_RETURN_IF_ERROR(checkText(revision, "revision", kLongestRevision, /*needed=*/true));
    PH_RETURN_IF_ERROR(checkText(description, "description", kLongestText, /*needed=*/false));
    Rollout rollout;
    rollout.application = application;
    rollout.revision = revision;
    rollout.description = description;
    rollout.createdBy = requester.name();
    rollout.createTime = m_parts.clock.now();
    rollout.stepTime = rollout.createTime;
    const RolloutStore& store = m_parts.records.store();
    const auto look = [&](Transaction& transaction) -> absl::StatusOr<plans::Draft> {
        PH_ASSIGN_OR_RETURN(const auto desired, store.lock(transaction, application));
        if (!desired) {
            return refused(
                "APPLICATION_UNSEEN",
                fmt::format("where the traffic of {} is was not seen yet", application),
                "Look at 'pilothousectl rollouts list': the driver must answer, and its traffic "
                "must be on one of both sides.");
        }
        PH_ASSIGN_OR_RETURN(const auto open, store.open(transaction, application));
        if (open) {
            return refused(
                "ROLLOUT_OPEN",
                fmt::format(
                    "rollout {} of {} is open already ({})",
                    open->id,
                    application,
                    stepText(*open)),
                "Wait for its end, or abort it or roll it back.");
        }
        rollout.stable = desired->active;
        rollout.candidate = other(desired->active);
        rollout.message =
            fmt::format("waits for {} to be ready", std::string(colourName(rollout.candidate)));
        return draftOfStart(rollout);
    };
    const auto act = [&](Transaction& transaction) -> absl::Status {
        PH_ASSIGN_OR_RETURN(rollout.id, store.add(transaction, rollout));
        rollout.generation = 1;
        return store
            .addEvent(
                transaction,
                rollout.id,
                {rollout.createTime, "started", rollout.step, requester.name(), description})
            .status();
    };
    Outcome outcome;
    PH_ASSIGN_OR_RETURN(outcome.plan, m_parts.gate.run(requester, request, look, act));
    if (!request.validateOnly) {
        outcome.rollout = rollout;
        m_parts.board.putRollout(rollout);
        m_parts.wake();
    }
    return outcome;
}

absl::StatusOr<Outcome> Rollouts::promote(
    const Requester& requester,
    const Request& request,
    const Target& target,
    const std::string& overrideReason)
{
    PH_RETURN_IF_ERROR(
        checkText(overrideReason, "override's reason", kLongestText, /*needed=*/false));
    PH_ASSIGN_OR_RETURN(
        ManagedApplication * application,
        findApplication(m_parts.applications, target.application));
    // Before the transaction: nobody waits for a driver with a row locked.
    const auto observed = application->driver->observe();
    const std::optional<Observation> observation =
        observed.ok() ? std::optional(*observed) : std::nullopt;
    const auto view = m_parts.board.find(target.application);
    const absl::Time now = m_parts.clock.now();
    std::vector<Gate> gates;
    Wish wish;
    wish.kind = "promoted";
    wish.check = [](const Rollout& rollout) -> absl::Status {
        if (rollout.isPaused) {
            return refused(
                "ROLLOUT_PAUSED",
                fmt::format("rollout {} is paused", rollout.id),
                "Resume it first.");
        }
        return canPromote(rollout.step)
                   ? absl::OkStatus()
                   : cannot("promoted", rollout, "Look at 'pilothousectl rollouts status'.");
    };
    wish.edit = [&](Rollout& rollout) {
        if (view && view->rollout && view->rollout->id == rollout.id) {
            rollout.verdict = view->rollout->verdict;
            rollout.evidence = view->rollout->evidence;
        }
        gates = gatesOf(
            rollout,
            application->policy,
            observation,
            rollout.verdict,
            analysisOf(view, rollout),
            now);
        std::vector<std::string> overridden;
        for (Gate& gate : gates) {
            if (canBeOverridden(gate) && gate.result != GateResult::Passed &&
                !overrideReason.empty()) {
                gate.result = GateResult::Overridden;
                rollout.overrideReason = overrideReason;
                overridden.push_back(fmt::format("{}: {}", gate.name, gate.detail));
            }
        }
        rollout.approvedServers =
            observation ? observation->side(rollout.candidate).servers : std::string();
        rollout.step = Step::Switching;
        rollout.stepTime = now;
        rollout.promotedBy = requester.name();
        rollout.promoteTime = now;
        rollout.message = fmt::format(
            "traffic goes to {}{}{}",
            std::string(colourName(rollout.candidate)),
            overridden.empty() ? "" : " against ",
            absl::StrJoin(overridden, "; "));
    };
    wish.draft = [&](const Rollout& before, const Rollout& after) -> absl::StatusOr<plans::Draft> {
        if (!request.validateOnly) {
            PH_RETURN_IF_ERROR(checkGates(gates));
        }
        return draftOfPromotion(*application, before, after, observation, gates);
    };
    PH_ASSIGN_OR_RETURN(const Changed changed, change(requester, request, target, wish));
    Outcome outcome{changed.plan, std::nullopt, std::move(gates), false};
    if (request.validateOnly) {
        return outcome;
    }
    PH_FAULT("rollouts.after_intent");
    const auto fence = m_parts.leadership.fence();
    auto done = fence ? m_parts.switcher.settle(
                            *application,
                            changed.rollout,
                            changed.realm,
                            *fence,
                            m_parts.database,
                            now + kSettleLimit)
                      : absl::StatusOr<Rollout>(absl::AbortedError("another server leads"));
    if (absl::IsAborted(done.status())) {
        done = awaitLeader(
            m_parts.database,
            m_parts.records.store(),
            changed.rollout,
            m_parts.clock,
            requester.deadline);
    }
    m_parts.wake();
    if (reasonOf(done.status()) == kRevisionChanged) {
        return done.status(); // and it is given up
    }
    if (!done.ok()) {
        return withHint(
            absl::UnavailableError(fmt::format(
                "the promotion is recorded and will be done, but not yet: {}",
                std::string(done.status().message()))),
            "Watch it with 'pilothousectl rollouts watch', or roll back.");
    }
    outcome.rollout = *std::move(done);
    return outcome;
}

absl::StatusOr<Outcome> Rollouts::pause(
    const Requester& requester, const Request& request, const Target& target)
{
    Wish wish;
    wish.kind = "paused";
    wish.check = [](const Rollout& rollout) {
        return canPause(rollout.step) && !rollout.isPaused
                   ? absl::OkStatus()
                   : cannot("paused", rollout, "A switch that was decided is not held up.");
    };
    wish.edit = [](Rollout& rollout) { rollout.isPaused = true; };
    wish.draft = [](const Rollout& before, const Rollout& after) {
        return absl::StatusOr<plans::Draft>(draftOfPause(before, after));
    };
    return outcomeOf(request, change(requester, request, target, wish));
}

absl::StatusOr<Outcome> Rollouts::resume(
    const Requester& requester, const Request& request, const Target& target)
{
    Wish wish;
    wish.kind = "resumed";
    wish.check = [](const Rollout& rollout) {
        return rollout.isPaused ? absl::OkStatus()
                                : cannot("resumed", rollout, "It is not paused.");
    };
    wish.edit = [](Rollout& rollout) { rollout.isPaused = false; };
    wish.draft = [](const Rollout& before, const Rollout& after) {
        return absl::StatusOr<plans::Draft>(draftOfResume(before, after));
    };
    return outcomeOf(request, change(requester, request, target, wish));
}

absl::StatusOr<Outcome> Rollouts::keepWarm(
    const Requester& requester,
    const Request& request,
    const Target& target,
    absl::Duration duration)
{
    if (duration <= absl::ZeroDuration() || duration > kLongestWarm) {
        return absl::InvalidArgumentError("the duration must be more than 0 and at most 30 days");
    }
    const absl::Time until = m_parts.clock.now() + duration;
    Wish wish;
    wish.kind = "kept-warm";
    wish.check = [](const Rollout& rollout) {
        return canKeepWarm(rollout.step)
                   ? absl::OkStatus()
                   : cannot("kept warm", rollout, "It can between its switch and its end.");
    };
    wish.edit = [until](Rollout& rollout) { rollout.warmUntil = until; };
    wish.draft = [duration](const Rollout& before, const Rollout& after) {
        return absl::StatusOr<plans::Draft>(draftOfKeepingWarm(before, after, duration));
    };
    return outcomeOf(request, change(requester, request, target, wish));
}

absl::StatusOr<Outcome> Rollouts::abort(
    const Requester& requester, const Request& request, const Target& target)
{
    const absl::Time now = m_parts.clock.now();
    Wish wish;
    wish.kind = "aborted";
    wish.check = [](const Rollout& rollout) {
        return canAbort(rollout.step)
                   ? absl::OkStatus()
                   : cannot("aborted", rollout, "Its traffic was switched: roll it back.");
    };
    wish.edit = [&](Rollout& rollout) {
        rollout = afterMove(
            rollout, {Step::Aborted, fmt::format("aborted by {}", requester.name()), false}, now);
    };
    wish.draft = [](const Rollout& before, const Rollout& after) {
        return absl::StatusOr<plans::Draft>(draftOfAbort(before, after));
    };
    return outcomeOf(request, change(requester, request, target, wish));
}

absl::StatusOr<Rollouts::Receipt> Rollouts::get(const std::string& id, absl::Time deadline) const
{
    PH_ASSIGN_OR_RETURN(const std::int64_t number, rolloutIdOf(id));
    const RolloutStore& store = m_parts.records.store();
    return m_parts.database.transact(
        [&](Transaction& transaction) -> absl::StatusOr<Receipt> {
            PH_ASSIGN_OR_RETURN(auto found, store.find(transaction, number));
            if (!found) {
                return absl::NotFoundError(fmt::format("there is no rollout {}", number));
            }
            PH_ASSIGN_OR_RETURN(auto events, store.events(transaction, number, kMostEvents));
            return Receipt{*std::move(found), std::move(events)};
        },
        deadline,
        postgres::Database::Mode::ReadOnly);
}

absl::StatusOr<std::vector<Rollout>> Rollouts::list(
    const std::string& application, std::int64_t before, int limit, absl::Time deadline) const
{
    const RolloutStore& store = m_parts.records.store();
    return m_parts.database.transact(
        [&](Transaction& transaction) {
            return store.list(transaction, application, before, limit);
        },
        deadline,
        postgres::Database::Mode::ReadOnly);
}

} // namespace pilothouse::rollouts
