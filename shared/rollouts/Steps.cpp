// SPDX-License-Identifier: Apache-2.0
#include "shared/rollouts/Steps.h"

#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::rollouts {

namespace {

std::string name(Colour colour)
{
    return std::string(colourName(colour));
}

bool isReady(const Side& side, const Policy& policy)
{
    return side.serversUp >= policy.serversNeeded;
}

std::string serversText(Colour colour, const Side& side, const Policy& policy)
{
    return fmt::format(
        "{} of {} servers of {} are up, {} needed",
        side.serversUp,
        side.serversTotal,
        name(colour),
        policy.serversNeeded);
}

std::string backText(const Rollout& rollout)
{
    return fmt::format("traffic goes back to {}", name(rollout.stable));
}

std::optional<Move> beforeSwitch(
    const Rollout& rollout,
    const Policy& policy,
    const Observation& observation,
    const Comparison& comparison,
    absl::Time now)
{
    const Side& candidate = observation.side(rollout.candidate);
    if (!isReady(candidate, policy)) {
        if (rollout.step == Step::Planned) {
            return std::nullopt;
        }
        return Move{
            Step::Planned,
            fmt::format(
                "{} went down: {}",
                name(rollout.candidate),
                serversText(rollout.candidate, candidate, policy)),
            /*voidsEvidence=*/true};
    }
    switch (rollout.step) {
    case Step::Planned:
        return Move{Step::PreviewReady, serversText(rollout.candidate, candidate, policy), true};
    case Step::PreviewReady:
        return policy.comparesSides ? Move{Step::Analysing, "comparing both sides", false}
                                    : Move{Step::AwaitingPromotion, "ready to be promoted", false};
    default:
        break;
    }
    switch (verdictNow(rollout, policy, comparison, now)) {
    case Verdict::Abort:
        return Move{
            Step::Aborted,
            fmt::format("{} is worse: {}", name(rollout.candidate), comparison.reason()),
            false};
    case Verdict::Promote:
        if (rollout.step == Step::Analysing) {
            return Move{Step::AwaitingPromotion, "the comparison says promote", false};
        }
        break;
    case Verdict::Hold:
        if (rollout.step == Step::Analysing) {
            return Move{
                Step::AwaitingPromotion,
                "the comparison came to no verdict in time; a person decides",
                false};
        }
        break;
    case Verdict::Undecided:
        break;
    }
    return std::nullopt;
}

} // namespace

Routing routingIn(const Rollout& rollout, const Policy& policy)
{
    switch (rollout.step) {
    case Step::Switching:
    case Step::Switched:
        return {rollout.candidate, policy.holdBackPercent};
    case Step::Draining:
    case Step::Done:
        return {rollout.candidate, 0};
    case Step::PreviewReady:
    case Step::Analysing:
    case Step::AwaitingPromotion:
        return {rollout.stable, rollout.candidatePercent};
    default:
        return {rollout.stable, 0};
    }
}

std::optional<int> nextTrafficStep(const std::vector<int>& steps, int percent)
{
    const auto next = std::ranges::find_if(steps, [&](int step) { return step > percent; });
    return next == steps.end() ? std::nullopt : std::optional(*next);
}

std::optional<Move> nextMove(
    const Rollout& rollout,
    const Policy& policy,
    const Observation& observation,
    const Comparison& comparison,
    absl::Time now)
{
    if (rollout.isPaused || hasEnded(rollout.step)) {
        return std::nullopt;
    }
    if (isBeforeSwitch(rollout.step)) {
        return beforeSwitch(rollout, policy, observation, comparison, now);
    }
    const Side& stable = observation.side(rollout.stable);
    if (rollout.step == Step::Switched && now >= rollout.warmUntil) {
        return Move{
            Step::Draining,
            fmt::format("{} answers what it has begun", name(rollout.stable)),
            false};
    }
    if (rollout.step == Step::Draining) {
        if (observation.countsInFlight && stable.inFlight == 0 && observation.splitPercent == 0) {
            return Move{Step::Done, fmt::format("{} is released", name(rollout.stable)), false};
        }
        if (now >= rollout.stepTime + policy.drainMost) {
            return Move{
                Step::Done,
                observation.countsInFlight ? fmt::format(
                                                 "{} is released; it still answers {} requests",
                                                 name(rollout.stable),
                                                 stable.inFlight)
                                           : fmt::format("{} is released", name(rollout.stable)),
                false};
        }
    }
    return std::nullopt;
}

Move goingBack(const Rollout& rollout, const std::string& why)
{
    return {
        Step::SwitchingBack,
        fmt::format("{}{}{}", backText(rollout), why.empty() ? "" : ": ", why),
        false};
}

Move settled(const Rollout& rollout)
{
    if (rollout.step == Step::Switching) {
        return {
            Step::Switched,
            fmt::format(
                "{} has the traffic; {} is kept warm",
                name(rollout.candidate),
                name(rollout.stable)),
            false};
    }
    // Why it went back is kept.
    const std::string back = backText(rollout);
    const std::string why =
        rollout.message.starts_with(back) ? rollout.message.substr(back.size()) : std::string();
    return {
        Step::RolledBack,
        fmt::format("{} has the traffic again{}", name(rollout.stable), why),
        false};
}

Verdict verdictNow(
    const Rollout& rollout, const Policy& policy, const Comparison& comparison, absl::Time now)
{
    if (!policy.comparesSides) {
        return Verdict::Undecided;
    }
    const absl::Duration sofar = now - rollout.stepTime;
    switch (comparison.verdict()) {
    case Verdict::Abort:
        return Verdict::Abort;
    case Verdict::Promote:
        return rollout.step != Step::Analysing || sofar >= policy.analysisLeast
                   ? Verdict::Promote
                   : Verdict::Undecided;
    default:
        break;
    }
    // It was reached by a server before this one.
    if (rollout.step == Step::AwaitingPromotion && rollout.verdict == Verdict::Promote) {
        return Verdict::Promote;
    }
    // Once a person was asked, only a verdict changes that.
    const bool isOver = rollout.step == Step::AwaitingPromotion ||
                        (rollout.step == Step::Analysing && sofar >= policy.analysisMost);
    return isOver ? Verdict::Hold : Verdict::Undecided;
}

std::vector<Gate> gatesOf(
    const Rollout& rollout,
    const Policy& policy,
    const std::optional<Observation>& observation,
    Verdict verdict,
    absl::Time now)
{
    std::vector<Gate> gates;
    if (!observation) {
        gates.push_back({"ready", GateResult::Failed, "the driver does not answer"});
        return gates;
    }
    const Side& candidate = observation->side(rollout.candidate);
    gates.push_back(
        {"ready",
         isReady(candidate, policy) ? GateResult::Passed : GateResult::Failed,
         serversText(rollout.candidate, candidate, policy)});
    const bool isInPlace = observation->active == rollout.stable;
    gates.push_back(
        {"no-drift",
         isInPlace ? GateResult::Passed : GateResult::Failed,
         isInPlace ? fmt::format("{} has the traffic", name(rollout.stable))
                   : fmt::format("the traffic is not on {}", name(rollout.stable))});
    if (policy.comparesSides) {
        const GateResult result = verdict == Verdict::Promote     ? GateResult::Passed
                                  : verdict == Verdict::Undecided ? GateResult::Waiting
                                                                  : GateResult::Failed;
        gates.push_back(
            {"verdict",
             result,
             fmt::format("the comparison says {}", std::string(verdictName(verdict)))});
    }
    if (auto window = windowGate(policy.windows, now)) {
        gates.push_back(*std::move(window));
    }
    return gates;
}

} // namespace pilothouse::rollouts
