// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/DriftRepair.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <mutex>

namespace pilothouse::rollouts {

namespace {

constexpr absl::Duration kDatabaseLimit = absl::Seconds(2);
/// Somebody who undoes every repair is not fought with four times a second.
constexpr absl::Duration kFirstPause = absl::Milliseconds(250);
constexpr absl::Duration kLongestPause = absl::Seconds(30);
/// After this long without another one, the next drift is repaired at once.
constexpr absl::Duration kCalm = absl::Minutes(2);
/// A drift that was repaired is told for so long.
constexpr absl::Duration kToldFor = absl::Minutes(1);

std::string name(Colour colour)
{
    return std::string(colourName(colour));
}

/// Nobody else has touched it: it is as this server saw it in order last, or, after a start or a
/// switch, on the right side. A switch was verified before it counts as one.
bool isOwn(
    const Observation& observation, const std::optional<Routing>& last, const Routing& wanted)
{
    return last && last->active == wanted.active
               ? observation.isRouted(*last)
               : observation.isRouted({wanted.active, observation.splitPercent});
}

std::string placeText(const Observation& observation)
{
    const auto nameOf = [](const std::optional<Colour>& colour) {
        return colour ? name(*colour) : std::string("neither side");
    };
    std::string text = nameOf(observation.active);
    if (observation.splitPercent != 0) {
        text += fmt::format(" but for {} %", observation.splitPercent);
    }
    if (!observation.found.empty()) {
        text += fmt::format(" ({})", observation.found);
    }
    if (observation.active != observation.activeAfterRestart) {
        text += fmt::format(", after a restart to {}", nameOf(observation.activeAfterRestart));
    }
    return text;
}

/// Switching back would take what works from everybody and give them nothing.
bool wouldEnd(const Observation& observation, const Routing& wanted)
{
    return observation.side(wanted.active).serversUp == 0 && observation.active &&
           observation.active != wanted.active &&
           observation.side(*observation.active).serversUp > 0;
}

} // namespace

Routing wantedRouting(
    const Desired& desired, const std::optional<Rollout>& open, const Policy& policy)
{
    return open ? routingIn(*open, policy) : Routing{desired.active, 0};
}

std::string DriftRepair::recentText() const
{
    return m_parts.clock.now() - m_lastRepair < kToldFor ? m_lastText : std::string();
}

void DriftRepair::told(const std::string& text)
{
    m_lastRepair = m_parts.clock.now();
    m_lastText = text;
}

absl::StatusOr<DriftRepair::Stored> DriftRepair::read() const
{
    return m_parts.database.transact(
        [&](postgres::Transaction& transaction) -> absl::StatusOr<Stored> {
            const RolloutStore& store = m_parts.records.store();
            Stored stored;
            PH_ASSIGN_OR_RETURN(stored.desired, store.lock(transaction, m_parts.application.name));
            PH_ASSIGN_OR_RETURN(stored.open, store.open(transaction, m_parts.application.name));
            return stored;
        },
        m_parts.clock.now() + kDatabaseLimit);
}

absl::Status DriftRepair::run()
{
    ManagedApplication& application = m_parts.application;
    const absl::Time now = m_parts.clock.now();
    if (now - m_lastRepair > kCalm) {
        m_pause = absl::ZeroDuration();
    }
    if (now < m_lastRepair + m_pause) {
        return absl::UnavailableError(
            "somebody else switches the traffic again and again; it is put right soon");
    }
    const std::unique_lock acting(application.acting, std::try_to_lock);
    if (!acting.owns_lock() || m_parts.journal.hasEntryFor(application.name)) {
        return absl::OkStatus(); // an operator is just switching
    }
    // With everybody else held off, both sides are looked at again: the order may have been given
    // since, or carried out.
    const auto fence = m_parts.leadership.fence();
    PH_ASSIGN_OR_RETURN(const Stored stored, read());
    if (!fence || !stored.desired) {
        return absl::OkStatus();
    }
    const std::optional<Rollout>& open = stored.open;
    const Routing wanted = wantedRouting(*stored.desired, open, application.policy);
    PH_ASSIGN_OR_RETURN(const Observation observation, application.driver->observe());
    const bool isDecided =
        open && (open->step == Step::Switching || open->step == Step::SwitchingBack);
    if (observation.isRouted(wanted) || isDecided ||
        m_parts.journal.hasEntryFor(application.name)) {
        return absl::OkStatus();
    }
    const bool isDrift = !isOwn(observation, m_lastRouting, wanted);
    if (isDrift) {
        if (auto taken = takeOver(stored, wanted, observation, *fence)) {
            return *std::move(taken);
        }
    }
    const bool isPromoted = open && wanted.active == open->candidate;
    PH_RETURN_IF_ERROR(application.driver->route(
        {wanted,
         {stored.desired->realm, fence->number},
         isPromoted ? open->approvedServers : std::string()}));
    m_lastRouting = wanted;
    if (!isDrift) {
        m_parts.wake(); // it is told as soon as it was seen
        return absl::OkStatus();
    }
    told("somebody else had switched the traffic; it was put right");
    m_pause = std::clamp(m_pause * 2, kFirstPause, kLongestPause);
    ++m_repaired;
    m_parts.repairs.Increment();
    return record(
        *fence,
        open,
        fmt::format(
            "somebody else had switched the traffic to {}; it is on {} again",
            placeText(observation),
            name(wanted.active)));
}

std::optional<absl::Status> DriftRepair::takeOver(
    const Stored& stored,
    const Routing& wanted,
    const Observation& observation,
    const leader::Fence& fence)
{
    const bool isEnd = wouldEnd(observation, wanted);
    if (!isEnd && !m_parts.application.driver->isShared()) {
        return std::nullopt;
    }
    if (!stored.open) {
        return adopt(*stored.desired, observation, fence);
    }
    const Rollout& open = *stored.open;
    // Going back is never undone: whoever did it had a reason.
    if (wanted.active == open.candidate && observation.active == open.stable) {
        const absl::Time now = m_parts.clock.now();
        Rollout after =
            afterMove(open, goingBack(open, "somebody else has switched the traffic back"), now);
        PH_RETURN_IF_ERROR(m_parts.records.moveOwn(
            m_parts.database, fence, open, after, "rollback", now, now + kDatabaseLimit));
        m_parts.wake();
        return absl::OkStatus();
    }
    return isEnd ? std::optional<absl::Status>(withHint(
                       absl::FailedPreconditionError(fmt::format(
                           "somebody else has switched the traffic to {}, and it stays there: no "
                           "server of {} is up",
                           placeText(observation),
                           name(wanted.active))),
                       fmt::format(
                           "Start servers of {}, or abort the rollout to leave it as it is.",
                           name(wanted.active))))
                 : std::nullopt;
}

absl::Status DriftRepair::adopt(
    const Desired& desired, const Observation& observation, const leader::Fence& fence)
{
    const Colour colour = observation.active.value_or(other(desired.active));
    PH_RETURN_IF_ERROR(m_parts.application.driver->adopt(colour, {desired.realm, fence.number}));
    const absl::Time now = m_parts.clock.now();
    const std::string message = fmt::format(
        "somebody else has switched the traffic to {}; it is taken as it is: {} is active",
        placeText(observation),
        name(colour));
    const auto write = [&](postgres::Transaction& transaction) -> absl::Status {
        PH_RETURN_IF_ERROR(fence.check(transaction));
        const RolloutStore& store = m_parts.records.store();
        PH_RETURN_IF_ERROR(store.lock(transaction, desired.application).status());
        // A rollout that was started since has this side as its stable one.
        PH_ASSIGN_OR_RETURN(const auto open, store.open(transaction, desired.application));
        if (open) {
            return absl::AbortedError("a rollout was started meanwhile");
        }
        PH_RETURN_IF_ERROR(store.setActive(transaction, desired.application, colour));
        return m_parts.records.keepAdoption(transaction, desired.application, message, now);
    };
    PH_RETURN_IF_ERROR(m_parts.database.transact(write, now + kDatabaseLimit));
    spdlog::warn("rollouts of {}: {}", desired.application, message);
    told(message);
    m_lastRouting = Routing{colour, 0};
    m_parts.wake();
    return absl::OkStatus();
}

absl::Status DriftRepair::record(
    const leader::Fence& fence, const std::optional<Rollout>& open, const std::string& message)
{
    spdlog::warn("rollouts of {}: {}", m_parts.application.name, message);
    const absl::Time now = m_parts.clock.now();
    return m_parts.database.transact(
        [&](postgres::Transaction& transaction) -> absl::Status {
            PH_RETURN_IF_ERROR(fence.check(transaction));
            return m_parts.records.keepDrift(
                transaction, m_parts.application.name, open ? &*open : nullptr, message, now);
        },
        now + kDatabaseLimit);
}

} // namespace pilothouse::rollouts
