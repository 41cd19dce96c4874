// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/RolloutDrafts.h"

#include "server/rollouts/RolloutRecords.h"

#include <fmt/format.h>

namespace pilothouse::rollouts {

namespace {

using plans::Draft;
using plans::Reach;
using plans::Reversibility;

std::string name(Colour colour)
{
    return std::string(colourName(colour));
}

Draft draftFor(const char* verb, std::string title, const Rollout& before, const Rollout& after)
{
    Draft draft;
    draft.action = fmt::format("rollouts.{}", verb);
    draft.target = "rollouts/" + before.application;
    draft.title = std::move(title);
    draft.facts = {
        {"rollout", before.id},
        {"revision", before.revision},
        {"stable side", name(before.stable)},
        {"candidate", name(before.candidate)}};
    draft.before = auditJson(before);
    draft.after = auditJson(after);
    return draft;
}

void set(Draft& draft, Reversibility reversibility, Reach reach, std::string undo)
{
    draft.impact.reversibility = reversibility;
    draft.impact.reach = reach;
    draft.impact.undo = std::move(undo);
}

void addSide(Draft& draft, Colour colour, const Observation& observation)
{
    const Side& side = observation.side(colour);
    draft.impact.numbers.push_back(
        {fmt::format("servers up on {}", name(colour)), static_cast<double>(side.serversUp), ""});
    if (!observation.countsInFlight) {
        return;
    }
    draft.impact.numbers.push_back(
        {fmt::format("requests under way on {}", name(colour)),
         static_cast<double>(side.inFlight),
         ""});
}

} // namespace

Draft draftOfStart(const Rollout& wanted)
{
    Draft draft;
    draft.action = "rollouts.start";
    draft.target = "rollouts/" + wanted.application;
    draft.title = fmt::format("Roll out {} {}", wanted.application, wanted.revision);
    draft.impact.summary = fmt::format(
        "{} is watched and compared with {}; nothing changes for anybody before it is promoted.",
        name(wanted.candidate),
        name(wanted.stable));
    set(draft, Reversibility::Instant, Reach::Narrow, "Abort the rollout.");
    draft.facts = {
        {"revision", wanted.revision},
        {"stable side", name(wanted.stable)},
        {"candidate", name(wanted.candidate)}};
    draft.after = auditJson(wanted);
    return draft;
}

Draft draftOfPromotion(
    const ManagedApplication& application,
    const Rollout& before,
    const Rollout& after,
    const std::optional<Observation>& observation,
    const std::vector<Gate>& gates)
{
    Draft draft = draftFor(
        "promote",
        fmt::format("Promote {} of {}", name(before.candidate), before.application),
        before,
        after);
    const Policy& policy = application.policy;
    draft.impact.summary = fmt::format(
        "{} traffic of {} goes from {} to {} ({}).",
        policy.holdBackPercent > 0 ? fmt::format("{} % of the", 100 - policy.holdBackPercent)
                                   : std::string("All"),
        before.application,
        name(before.stable),
        name(before.candidate),
        before.revision);
    if (policy.holdBackPercent > 0) {
        draft.facts.push_back({"held back", fmt::format("{} %", policy.holdBackPercent)});
    }
    if (policy.rollsBackByItself) {
        draft.impact.summary +=
            fmt::format(" It goes back by itself when {} is worse.", name(before.candidate));
    }
    // With a second person asked for, the plan counts as hard to undo, which in production is F4.
    set(draft,
        application.requiresApproval ? Reversibility::Hard : Reversibility::Easy,
        Reach::Whole,
        fmt::format(
            "Roll back, at once, while {} is kept warm ({}).",
            name(before.stable),
            absl::FormatDuration(application.policy.keepWarm)));
    for (const Gate& gate : gates) {
        draft.facts.push_back({"gate " + gate.name, std::string(gateResultName(gate.result))});
    }
    if (!after.overrideReason.empty()) {
        draft.facts.push_back({"override", after.overrideReason});
    }
    if (observation) {
        const Side& candidate = observation->side(before.candidate);
        draft.facts.push_back({"servers of the candidate", candidate.servers});
        draft.facts.push_back({"times it went down", std::to_string(candidate.timesDown)});
        addSide(draft, before.candidate, *observation);
        addSide(draft, before.stable, *observation);
    }
    for (const MetricEvidence& evidence : after.evidence) {
        const auto add = [&](Colour colour, const Counts& counts) {
            draft.impact.numbers.push_back(
                {fmt::format("{} of {}", evidence.name, name(colour)),
                 counts.percent(),
                 "percent"});
        };
        add(before.candidate, evidence.candidate);
        add(before.stable, evidence.stable);
    }
    return draft;
}

Draft draftOfRollback(
    const Rollout& before, const Rollout& after, const std::optional<Observation>& observation)
{
    Draft draft = draftFor(
        "rollback",
        fmt::format("Roll {} back to {}", before.application, name(before.stable)),
        before,
        after);
    draft.impact.summary = fmt::format(
        "All traffic of {} goes back from {} to {}.",
        before.application,
        name(before.candidate),
        name(before.stable));
    set(draft, Reversibility::Instant, Reach::Whole, "Start a rollout again, and promote it.");
    if (observation) {
        addSide(draft, before.stable, *observation);
    }
    return draft;
}

Draft draftOfTrafficStep(
    const Rollout& before, const Rollout& after, const std::optional<Observation>& observation)
{
    Draft draft = draftFor(
        "step_traffic",
        fmt::format(
            "Give {} {} % of the traffic of {}",
            name(before.candidate),
            after.candidatePercent,
            before.application),
        before,
        after);
    draft.impact.summary = fmt::format(
        "{} gets {} % of the traffic instead of {} %; {} keeps the rest.",
        name(before.candidate),
        after.candidatePercent,
        before.candidatePercent,
        name(before.stable));
    const bool isMore = after.candidatePercent > before.candidatePercent;
    set(draft,
        isMore ? Reversibility::Easy : Reversibility::Instant,
        Reach::Wide,
        isMore ? "Take it back (--percent 0), or abort the rollout." : "Give it more again.");
    draft.facts.push_back({"percent", std::to_string(after.candidatePercent)});
    if (observation) {
        const Side& candidate = observation->side(before.candidate);
        draft.facts.push_back({"servers of the candidate", candidate.servers});
        addSide(draft, before.candidate, *observation);
    }
    return draft;
}

Draft draftOfPause(const Rollout& before, const Rollout& after)
{
    Draft draft = draftFor(
        "pause", fmt::format("Pause the rollout of {}", before.application), before, after);
    draft.impact.summary = "No step is taken by itself until it is resumed.";
    set(draft, Reversibility::Instant, Reach::Narrow, "Resume the rollout.");
    return draft;
}

Draft draftOfResume(const Rollout& before, const Rollout& after)
{
    Draft draft = draftFor(
        "resume", fmt::format("Resume the rollout of {}", before.application), before, after);
    draft.impact.summary = "Steps are taken by themselves again.";
    set(draft, Reversibility::Instant, Reach::Narrow, "Pause the rollout.");
    return draft;
}

Draft draftOfKeepingWarm(const Rollout& before, const Rollout& after, absl::Duration duration)
{
    Draft draft = draftFor(
        "keep_warm",
        fmt::format("Keep {} of {} warm", name(before.stable), before.application),
        before,
        after);
    draft.impact.summary = fmt::format(
        "{} is kept for at least {} from now.",
        name(before.stable),
        absl::FormatDuration(duration));
    set(draft, Reversibility::Instant, Reach::Narrow, "Keep it warm for a shorter time.");
    draft.facts.push_back({"duration", absl::FormatDuration(duration)});
    return draft;
}

Draft draftOfAbort(const Rollout& before, const Rollout& after)
{
    Draft draft = draftFor(
        "abort", fmt::format("Abort the rollout of {}", before.application), before, after);
    draft.impact.summary = fmt::format(
        "The rollout of {} ends; {} keeps the traffic.", before.revision, name(before.stable));
    set(draft, Reversibility::Instant, Reach::Narrow, "Start a rollout again.");
    return draft;
}

} // namespace pilothouse::rollouts
