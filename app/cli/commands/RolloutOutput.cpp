// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/RolloutOutput.h"

#include "app/cli/input/TimeText.h"
#include "app/cli/output/TextWidth.h"

#include <fmt/format.h>

namespace pilothouse::cli {

namespace {

using rollouts::Application;
using rollouts::Colour;
using rollouts::Rollout;
using rollouts::Step;

std::string text(std::string_view view)
{
    return std::string(view);
}

Json colourJson(const std::optional<Colour>& colour)
{
    return colour ? Json(text(colourName(*colour))) : Json();
}

Json evidenceJson(const rollouts::MetricEvidence& evidence)
{
    return {
        {"name", evidence.name},
        {"stableRequests", evidence.stable.requests},
        {"stableEvents", evidence.stable.events},
        {"candidateRequests", evidence.candidate.requests},
        {"candidateEvents", evidence.candidate.events},
        {"promote", evidence.promote},
        {"abort", evidence.abort}};
}

Json sideJson(const rollouts::Side& side)
{
    return {
        {"backend", side.backend},
        {"serversUp", side.serversUp},
        {"serversTotal", side.serversTotal},
        {"servers", side.servers},
        {"inFlight", side.inFlight},
        {"responses", side.responses},
        {"serverErrors", side.serverErrors},
        {"clientErrors", side.clientErrors},
        {"timesDown", side.timesDown}};
}

std::string colourText(const std::optional<Colour>& colour)
{
    return colour ? text(colourName(*colour)) : "?";
}

std::string trafficText(const Application& application)
{
    const auto& seen = application.observation;
    const std::string active = colourText(seen ? seen->active : application.active);
    return seen && seen->active && seen->splitPercent > 0
               ? fmt::format(
                     "{}, {} % on {}",
                     active,
                     seen->splitPercent,
                     text(colourName(other(*seen->active))))
               : active;
}

std::string percentOf(const rollouts::Counts& counts)
{
    return counts.requests == 0 ? "no requests"
                                : fmt::format("{:.2f} % of {}", counts.percent(), counts.requests);
}

std::string warmText(const Rollout& rollout, absl::Time now)
{
    if (rollout.step != Step::Switched || rollout.warmUntil == absl::InfiniteFuture()) {
        return {};
    }
    const std::string stable = text(colourName(rollout.stable));
    return rollout.isPaused
               ? fmt::format("{} is kept warm until it is resumed", stable)
               : fmt::format(
                     "{} is kept warm for {}", stable, shortDuration(rollout.warmUntil - now));
}

std::string stepText(const Rollout& rollout)
{
    return text(stepName(rollout.step)) + (rollout.isPaused ? " (paused)" : "");
}

/// What the driver calls a side.
std::string sideWord(const std::string& driver)
{
    return driver == "kubernetes" ? "selector" : driver == "argo-rollouts" ? "revision" : "backend";
}

std::string sideText(Colour colour, const rollouts::Observation& seen, const std::string& driver)
{
    const rollouts::Side& side = seen.side(colour);
    return fmt::format(
        "  {:<5} {} {}: {} of {} servers up{}{}\n",
        text(colourName(colour)),
        sideWord(driver),
        printable(side.backend),
        side.serversUp,
        side.serversTotal,
        seen.countsInFlight ? fmt::format(", {} requests under way", side.inFlight) : std::string(),
        side.servers.empty() ? "" : " (" + printable(side.servers) + ")");
}

std::string rolloutText(const Rollout& rollout, absl::Time now)
{
    std::string lines = fmt::format(
        "Rollout {}: {} from {} to {}, {}\n",
        rollout.id,
        printable(rollout.revision),
        text(colourName(rollout.stable)),
        text(colourName(rollout.candidate)),
        stepText(rollout));
    if (!rollout.message.empty()) {
        lines += fmt::format("  {}\n", printable(rollout.message));
    }
    if (const std::string warm = warmText(rollout, now); !warm.empty()) {
        lines += fmt::format("  {}\n", warm);
    }
    if (rollout.verdict != rollouts::Verdict::Undecided || !rollout.evidence.empty()) {
        lines += fmt::format("  verdict: {}\n", text(verdictName(rollout.verdict)));
    }
    for (const rollouts::MetricEvidence& evidence : rollout.evidence) {
        lines += fmt::format(
            "  {}: {} {}, {} {}; promote {:.0f} %, abort {:.0f} %\n",
            printable(evidence.name),
            text(colourName(rollout.candidate)),
            percentOf(evidence.candidate),
            text(colourName(rollout.stable)),
            percentOf(evidence.stable),
            100 * evidence.promote,
            100 * evidence.abort);
    }
    if (!rollout.approvedServers.empty()) {
        lines += fmt::format("  approved: {}\n", printable(rollout.approvedServers));
    }
    if (!rollout.overrideReason.empty()) {
        lines += fmt::format("  overridden: {}\n", printable(rollout.overrideReason));
    }
    return lines;
}

} // namespace

Json rolloutJson(const Rollout& rollout)
{
    Json evidence = Json::array();
    for (const rollouts::MetricEvidence& one : rollout.evidence) {
        evidence.push_back(evidenceJson(one));
    }
    return {
        {"id", rollout.id},
        {"application", rollout.application},
        {"revision", rollout.revision},
        {"description", rollout.description},
        {"stable", text(colourName(rollout.stable))},
        {"candidate", text(colourName(rollout.candidate))},
        {"step", text(stepName(rollout.step))},
        {"paused", rollout.isPaused},
        {"generation", rollout.generation},
        {"createdBy", rollout.createdBy},
        {"createTime", jsonTime(rollout.createTime)},
        {"stepTime", jsonTime(rollout.stepTime)},
        {"promotedBy", rollout.promotedBy},
        {"promoteTime", jsonTime(rollout.promoteTime)},
        {"switchTime", jsonTime(rollout.switchTime)},
        {"warmUntilTime", jsonTime(rollout.warmUntil)},
        {"endTime", jsonTime(rollout.endTime)},
        {"message", rollout.message},
        {"verdict", text(verdictName(rollout.verdict))},
        {"evidence", std::move(evidence)},
        {"overrideReason", rollout.overrideReason},
        {"approvedServers", rollout.approvedServers},
        {"candidatePercent", rollout.candidatePercent}};
}

Json applicationJson(const Application& application)
{
    Json gates = Json::array();
    for (const rollouts::Gate& gate : application.gates) {
        gates.push_back(
            {{"name", gate.name},
             {"result", text(gateResultName(gate.result))},
             {"detail", gate.detail}});
    }
    Json observation;
    if (application.observation) {
        const rollouts::Observation& seen = *application.observation;
        observation = {
            {"observeTime", jsonTime(seen.time)},
            {"active", colourJson(seen.active)},
            {"activeAfterRestart", colourJson(seen.activeAfterRestart)},
            {"found", seen.found},
            {"splitPercent", seen.splitPercent},
            {"splitPercentAfterRestart", seen.splitPercentAfterRestart},
            {"countsInFlight", seen.countsInFlight},
            {"countsResponses", seen.countsResponses},
            {"blue", sideJson(seen.blue)},
            {"green", sideJson(seen.green)}};
    }
    return {
        {"name", application.name},
        {"driver", application.driver},
        {"active", colourJson(application.active)},
        {"observation", std::move(observation)},
        {"problem", application.problem},
        {"analysis",
         application.analysis
             ? Json{{"phase", rollouts::analysisPhaseName(application.analysis->phase)},
                    {"detail", application.analysis->detail}}
             : Json()},
        {"rollout", application.rollout ? rolloutJson(*application.rollout) : Json()},
        {"gates", std::move(gates)},
        {"holdBackPercent", application.holdBackPercent},
        {"automaticRollback", application.rollsBackByItself},
        {"trafficSteps", application.trafficSteps},
        {"driftsRepaired", application.driftsRepaired}};
}

Json receiptJson(const client::RolloutReceipt& receipt)
{
    Json events = Json::array();
    for (const rollouts::Event& event : receipt.events) {
        events.push_back(
            {{"eventTime", jsonTime(event.time)},
             {"kind", event.kind},
             {"step", text(stepName(event.step))},
             {"actor", event.actor},
             {"message", event.message}});
    }
    return {{"rollout", rolloutJson(receipt.rollout)}, {"events", std::move(events)}};
}

void printApplications(
    Printer& printer, const std::vector<Application>& applications, absl::Time now)
{
    Table table(
        {{"APPLICATION"},
         {"TRAFFIC"},
         {"ROLLOUT"},
         {"REVISION", Align::Left, true},
         {"STEP"},
         {"SINCE"},
         {"PROBLEM", Align::Left, true}});
    for (const Application& one : applications) {
        const bool hasRollout = one.rollout.has_value();
        table.add(
            {one.name,
             trafficText(one),
             hasRollout ? one.rollout->id : "-",
             hasRollout ? one.rollout->revision : "-",
             hasRollout ? stepText(*one.rollout) : "-",
             hasRollout ? sinceText(one.rollout->stepTime, now) : "-",
             one.problem});
    }
    printer.print(table);
}

std::string applicationText(const Application& application, absl::Time now)
{
    std::string lines = fmt::format(
        "{}: traffic on {} ({})\n",
        printable(application.name),
        trafficText(application),
        printable(application.driver));
    if (!application.problem.empty()) {
        lines += fmt::format("  problem: {}\n", printable(application.problem));
    }
    if (application.observation) {
        lines += sideText(Colour::Blue, *application.observation, application.driver);
        lines += sideText(Colour::Green, *application.observation, application.driver);
    }
    if (application.rollout) {
        lines += rolloutText(*application.rollout, now);
        if (application.rollsBackByItself && application.rollout->step == Step::Switched &&
            !application.rollout->isPaused) {
            lines += fmt::format(
                "  it goes back by itself when {} is worse\n",
                text(colourName(application.rollout->candidate)));
        }
    }
    if (application.gates.empty() && application.analysis) {
        lines += fmt::format(
            "  analysis {}: {}\n",
            rollouts::analysisPhaseName(application.analysis->phase),
            printable(application.analysis->detail));
    }
    for (const rollouts::Gate& gate : application.gates) {
        lines += fmt::format(
            "  gate {} {}: {}\n",
            printable(gate.name),
            text(gateResultName(gate.result)),
            printable(gate.detail));
    }
    lines.pop_back();
    return lines;
}

void printRollouts(Printer& printer, const std::vector<Rollout>& list, absl::Time now)
{
    Table table(
        {{"ID"},
         {"APPLICATION"},
         {"REVISION", Align::Left, true},
         {"TO"},
         {"STEP"},
         {"STARTED"},
         {"BY"},
         {"PROMOTED BY"},
         {"MESSAGE", Align::Left, true}});
    for (const Rollout& one : list) {
        table.add(
            {one.id,
             one.application,
             one.revision,
             text(colourName(one.candidate)),
             stepText(one),
             sinceText(one.createTime, now),
             one.createdBy,
             one.promotedBy,
             one.message});
    }
    printer.print(table);
}

std::string receiptText(const client::RolloutReceipt& receipt)
{
    const Rollout& rollout = receipt.rollout;
    std::string lines = fmt::format(
        "{}\n{}", printable(rollout.application), rolloutText(rollout, absl::InfiniteFuture()));
    for (const rollouts::Event& event : receipt.events) {
        lines += fmt::format(
            "  {}  {:<18} {:<12} {}\n",
            shortTime(event.time),
            printable(event.kind),
            printable(event.actor),
            printable(event.message));
    }
    lines.pop_back();
    return lines;
}

std::string progressLine(const Application& application, absl::Time now)
{
    if (!application.rollout) {
        return fmt::format(
            "{}: no rollout{}{}",
            printable(application.name),
            application.problem.empty() ? "" : ": ",
            printable(application.problem));
    }
    const Rollout& rollout = *application.rollout;
    std::string line = fmt::format(
        "{} {} {}: {}",
        printable(rollout.application),
        printable(rollout.revision),
        stepText(rollout),
        printable(rollout.message));
    if (rollouts::isBeforeSwitch(rollout.step)) {
        for (const rollouts::MetricEvidence& evidence : rollout.evidence) {
            line += fmt::format(
                " ({}: promote {:.0f} %, abort {:.0f} %)",
                printable(evidence.name),
                100 * evidence.promote,
                100 * evidence.abort);
        }
    } else if (const std::string warm = warmText(rollout, now); !warm.empty()) {
        line += fmt::format(" ({})", warm);
    }
    return application.problem.empty()
               ? line
               : fmt::format("{}; problem: {}", line, printable(application.problem));
}

} // namespace pilothouse::cli
