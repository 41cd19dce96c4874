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

bool hasStage(const Policy& policy, AnalysisMetric::Stage stage)
{
    return std::ranges::any_of(
        policy.analyses, [&](const AnalysisMetric& metric) { return metric.stage == stage; });
}

bool hasFailed(const std::optional<AnalysisState>& analysis)
{
    return analysis &&
           (analysis->phase == AnalysisPhase::Failed || analysis->phase == AnalysisPhase::Error);
}

std::string analysisText(const AnalysisState& analysis)
{
    return analysis.phase == AnalysisPhase::Failed
               ? "failed"
               : fmt::format("is {}", analysisPhaseName(analysis.phase));
}

/// Why the comparison, the conditions or both end a rollout; nothing: they do not.
std::optional<Move> endedByAnalysis(
    const Rollout& rollout,
    Verdict verdict,
    const Comparison& comparison,
    const std::optional<AnalysisState>& analysis)
{
    if (verdict == Verdict::Abort) {
        return Move{
            Step::Aborted,
            fmt::format("{} is worse: {}", name(rollout.candidate), comparison.reason()),
            false};
    }
    return hasFailed(analysis)
               ? std::optional(Move{
                     Step::Aborted,
                     fmt::format("the analysis {}: {}", analysisText(*analysis), analysis->detail),
                     false})
               : std::nullopt;
}

/// What is said when all that was waited for has come; nothing: it has not.
std::optional<std::string> analysedText(
    const Policy& policy, Verdict verdict, const std::optional<AnalysisState>& analysis)
{
    if ((analysis && analysis->phase == AnalysisPhase::Running) ||
        (policy.comparesSides && verdict == Verdict::Undecided)) {
        return std::nullopt;
    }
    if (analysis && analysis->phase == AnalysisPhase::Inconclusive) {
        return fmt::format("the analysis is inconclusive; a person decides: {}", analysis->detail);
    }
    if (verdict == Verdict::Hold) {
        return "the comparison came to no verdict in time; a person decides";
    }
    return verdict == Verdict::Promote ? "the comparison says promote"
                                       : "the analysis is successful";
}

std::optional<Move> beforeSwitch(
    const Rollout& rollout,
    const Policy& policy,
    const Observation& observation,
    const Comparison& comparison,
    const std::optional<AnalysisState>& analysis,
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
        if (policy.comparesSides) {
            return Move{Step::Analysing, "comparing both sides", false};
        }
        return hasStage(policy, AnalysisMetric::Stage::BeforePromotion)
                   ? Move{Step::Analysing, "measuring the conditions", false}
                   : Move{Step::AwaitingPromotion, "waits to be promoted", false};
    default:
        break;
    }
    const Verdict verdict = verdictNow(rollout, policy, comparison, now);
    if (auto ended = endedByAnalysis(rollout, verdict, comparison, analysis)) {
        return ended;
    }
    if (rollout.step == Step::Analysing) {
        if (auto text = analysedText(policy, verdict, analysis)) {
            return Move{Step::AwaitingPromotion, *std::move(text), false};
        }
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

Gate analysisGate(const AnalysisState& analysis)
{
    const GateResult result = analysis.phase == AnalysisPhase::Successful ? GateResult::Passed
                              : analysis.phase == AnalysisPhase::Running  ? GateResult::Waiting
                                                                          : GateResult::Failed;
    return {"analysis", result, analysis.detail};
}

std::optional<AnalysisMetric::Stage> analysisStage(const Rollout& rollout, const Policy& policy)
{
    using Stage = AnalysisMetric::Stage;
    const bool isBefore =
        rollout.step == Step::Analysing || rollout.step == Step::AwaitingPromotion;
    if (!isBefore && rollout.step != Step::Switched) {
        return std::nullopt;
    }
    const Stage stage = isBefore ? Stage::BeforePromotion : Stage::AfterPromotion;
    return hasStage(policy, stage) ? std::optional(stage) : std::nullopt;
}

std::optional<Move> nextMove(
    const Rollout& rollout,
    const Policy& policy,
    const Observation& observation,
    const Comparison& comparison,
    const std::optional<AnalysisState>& analysis,
    absl::Time now)
{
    if (rollout.isPaused || hasEnded(rollout.step)) {
        return std::nullopt;
    }
    if (isBeforeSwitch(rollout.step)) {
        return beforeSwitch(rollout, policy, observation, comparison, analysis, now);
    }
    const Side& stable = observation.side(rollout.stable);
    // With nothing to go back to it stays, however bad it is.
    if (rollout.step == Step::Switched && hasFailed(analysis) && stable.serversUp > 0) {
        return goingBack(
            rollout, fmt::format("the analysis {}: {}", analysisText(*analysis), analysis->detail));
    }
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

namespace {

/// One server must not be given what five have carried.
Gate capacityGate(
    const Side& candidate, const Side& stable, const Rollout& rollout, const Policy& policy)
{
    constexpr int kWhole = 100;
    const int needed = (stable.serversUp * policy.capacityPercent + kWhole - 1) / kWhole;
    return {
        "capacity",
        candidate.serversUp >= needed      ? GateResult::Passed
        : candidate.serversTotal >= needed ? GateResult::Waiting
                                           : GateResult::Failed,
        fmt::format(
            "{} servers of {} are up, {} of {}",
            candidate.serversUp,
            name(rollout.candidate),
            stable.serversUp,
            name(rollout.stable))};
}

} // namespace

std::vector<Gate> gatesOf(
    const Rollout& rollout,
    const Policy& policy,
    const std::optional<Observation>& observation,
    Verdict verdict,
    const std::optional<AnalysisState>& analysis,
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
    if (policy.capacityPercent > 0) {
        gates.push_back(
            capacityGate(candidate, observation->side(rollout.stable), rollout, policy));
    }
    if (policy.comparesSides) {
        const GateResult result = verdict == Verdict::Promote     ? GateResult::Passed
                                  : verdict == Verdict::Undecided ? GateResult::Waiting
                                                                  : GateResult::Failed;
        gates.push_back(
            {"verdict",
             result,
             fmt::format("the comparison says {}", std::string(verdictName(verdict)))});
    }
    if (hasStage(policy, AnalysisMetric::Stage::BeforePromotion)) {
        gates.push_back(analysisGate(
            analysis.value_or(AnalysisState{AnalysisPhase::Running, "not begun yet"})));
    }
    if (auto window = windowGate(policy.windows, now)) {
        gates.push_back(*std::move(window));
    }
    return gates;
}

} // namespace pilothouse::rollouts
