// SPDX-License-Identifier: Apache-2.0
// A share of the traffic for the candidate before its promotion.
#include "server/rollouts/RolloutDrafts.h"
#include "server/rollouts/Rollouts.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace pilothouse::rollouts {

namespace {

constexpr absl::Duration kRoutedLimit = absl::Seconds(5);
constexpr auto kRoutedPoll = std::chrono::milliseconds(10);

/// What was asked for, or the next of the configured steps.
absl::StatusOr<int> wantedPercent(
    const ManagedApplication& application, const Rollout& rollout, std::optional<int> percent)
{
    if (percent) {
        return *percent;
    }
    if (const auto next =
            nextTrafficStep(application.policy.trafficSteps, rollout.candidatePercent)) {
        return *next;
    }
    return refused(
        "NO_TRAFFIC_STEP",
        application.policy.trafficSteps.empty()
            ? fmt::format("no traffic_steps are configured for {}", application.name)
            : fmt::format(
                  "{} has the last step's {} % already",
                  std::string(colourName(rollout.candidate)),
                  rollout.candidatePercent),
        "Say how much with --percent, or promote it.");
}

/// More traffic for the candidate needs what a promotion needs, but for what is measured on it.
absl::Status checkMore(const std::vector<Gate>& gates)
{
    const auto failed = std::ranges::find_if(gates, holdsUpTraffic);
    return failed == gates.end()
               ? absl::OkStatus()
               : refused(
                     "GATE_NOT_PASSED",
                     fmt::format("the gate {} has not passed: {}", failed->name, failed->detail),
                     "Wait until it has.");
}

} // namespace

absl::StatusOr<Outcome> Rollouts::stepTraffic(
    const Requester& requester,
    const Request& request,
    const Target& target,
    std::optional<int> percent)
{
    if (percent && (*percent < 0 || *percent > kMostCandidatePercent)) {
        return absl::InvalidArgumentError(
            fmt::format("the percentage must be from 0 to {}", kMostCandidatePercent));
    }
    PH_ASSIGN_OR_RETURN(
        ManagedApplication * application,
        findApplication(m_parts.applications, target.application));
    if (!application->driver->canSplit()) {
        return refused(
            "CANNOT_SPLIT",
            fmt::format("the traffic of {} cannot be split", application->name),
            "With HAProxy it takes a split_key and a preview_key in the server's configuration.");
    }
    // Before the transaction: nobody waits for a driver with a row locked.
    const auto observed = application->driver->observe();
    const std::optional<Observation> observation =
        observed.ok() ? std::optional(*observed) : std::nullopt;
    const absl::Time now = m_parts.clock.now();
    absl::StatusOr<int> wanted = 0;
    Wish wish;
    wish.kind = "traffic-step";
    wish.check = [&](const Rollout& rollout) -> absl::Status {
        if (!canStepTraffic(rollout.step) || rollout.isPaused) {
            return refused(
                "ROLLOUT_STEP",
                fmt::format(
                    "rollout {} of {} takes no step of its traffic{}",
                    rollout.id,
                    rollout.application,
                    rollout.isPaused ? " while it is paused"
                                     : fmt::format(" in the step {}", stepName(rollout.step))),
                "It can while it is compared and while it waits for its promotion.");
        }
        PH_ASSIGN_OR_RETURN(wanted, wantedPercent(*application, rollout, percent));
        return *wanted > rollout.candidatePercent
                   ? checkMore(gatesOf(
                         rollout, application->policy, observation, rollout.verdict, {}, now))
                   : absl::OkStatus();
    };
    wish.edit = [&](Rollout& rollout) {
        rollout.candidatePercent = *wanted;
        rollout.message = fmt::format(
            "{} gets {} % of the traffic", std::string(colourName(rollout.candidate)), *wanted);
    };
    wish.draft = [&](const Rollout& before, const Rollout& after) {
        return absl::StatusOr<plans::Draft>(draftOfTrafficStep(before, after, observation));
    };
    auto outcome = outcomeOf(request, change(requester, request, target, wish));
    if (!outcome.ok() || request.validateOnly) {
        return outcome;
    }
    const absl::Time until = std::min(requester.deadline, now + kRoutedLimit);
    const Routing routing = routingIn(*outcome->rollout, application->policy);
    while (m_parts.clock.now() < until) {
        const auto view = m_parts.board.find(application->name);
        if (view && view->observation && view->observation->isRouted(routing)) {
            return outcome;
        }
        // It was decided otherwise meanwhile: an abort, another step.
        if (view && view->rollout && view->rollout->generation > outcome->rollout->generation) {
            return outcome;
        }
        std::this_thread::sleep_for(kRoutedPoll);
    }
    return withHint(
        absl::UnavailableError("the step is recorded and will be done, but not yet"),
        "Watch it with 'pilothousectl rollouts watch'.");
}

} // namespace pilothouse::rollouts
