// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/ScalingOutput.h"

#include "app/cli/input/TimeText.h"

#include <fmt/format.h>

namespace pilothouse::cli {

namespace {

using scaling::Decision;
using scaling::PolicyState;

Json behaviourJson(const scaling::Behaviour& behaviour)
{
    Json rates = Json::array();
    for (const scaling::RatePolicy& rate : behaviour.rates) {
        rates.push_back(scaling::toText(rate));
    }
    return Json{
        {"stabilisationSeconds", jsonSeconds(behaviour.stabilisation)},
        {"policies", std::move(rates)},
        {"select", scaling::selectName(behaviour.select)}};
}

Json policyJson(const scaling::Policy& policy)
{
    Json metrics = Json::array();
    for (const scaling::Metric& metric : policy.metrics) {
        metrics.push_back(
            {{"name", metric.name},
             {"expression", metric.expression},
             {"target", jsonValue(metric.target)},
             {"unit", metric.unit},
             {"measures", scaling::measuresName(metric.measures)}});
    }
    return Json{
        {"name", policy.name},
        {"title", policy.title},
        {"mode", scaling::modeName(policy.mode)},
        {"minimum", policy.least},
        {"maximum", policy.most},
        {"tolerance", jsonValue(policy.tolerance)},
        {"up", behaviourJson(policy.up)},
        {"down", behaviourJson(policy.down)},
        {"metrics", std::move(metrics)},
        {"scales", policy.target}};
}

Json decisionJson(const Decision& decision)
{
    Json proposals = Json::array();
    for (const scaling::Proposal& proposal : decision.proposals) {
        proposals.push_back(
            {{"metric", proposal.metric},
             {"known", proposal.isKnown},
             {"usage", jsonValue(proposal.usage)},
             {"target", jsonValue(proposal.target)},
             {"ratio", jsonValue(proposal.ratio)},
             {"instances", proposal.instances},
             {"text", proposal.text}});
    }
    return Json{
        {"time", jsonTime(decision.time)},
        {"valid", decision.isValid},
        {"current", decision.count.wanted},
        {"ready", decision.count.ready},
        {"asked", decision.asked},
        {"recommended", decision.recommended},
        {"text", decision.text},
        {"problem", decision.problem},
        {"proposals", std::move(proposals)}};
}

std::string countText(const std::optional<Decision>& decision)
{
    if (!decision || (!decision->isValid && decision->count.wanted == 0)) {
        return "-";
    }
    return decision->count.ready == decision->count.wanted
               ? std::to_string(decision->count.wanted)
               : fmt::format("{}/{}", decision->count.ready, decision->count.wanted);
}

std::string recommendedText(const std::optional<Decision>& decision)
{
    return decision && decision->isValid ? std::to_string(decision->recommended) : "-";
}

std::string stateText(const PolicyState& state)
{
    if (state.pause) {
        return "paused";
    }
    if (!state.problem.empty()) {
        return "problem";
    }
    if (!state.last) {
        return "not looked at";
    }
    return state.last->isValid ? "ok" : "undecided";
}

std::string behaviourText(const scaling::Behaviour& behaviour)
{
    if (behaviour.select == scaling::Select::Disabled) {
        return "disabled";
    }
    std::string rates;
    for (const scaling::RatePolicy& rate : behaviour.rates) {
        rates += (rates.empty() ? "" : ", ") + scaling::toText(rate);
    }
    const std::string limit =
        rates.empty() ? "without a limit"
        : behaviour.rates.size() == 1
            ? "at most " + rates
            : fmt::format("at most the {} of {}", scaling::selectName(behaviour.select), rates);
    return behaviour.stabilisation > absl::ZeroDuration()
               ? fmt::format(
                     "stabilised over {}, {}", shortDuration(behaviour.stabilisation), limit)
               : "at once, " + limit;
}

std::string timesText(int times)
{
    return times == 0 ? "never" : times == 1 ? "once" : fmt::format("{} times", times);
}

} // namespace

Json scalingRecordJson(const scaling::Record& record)
{
    return Json{
        {"id", record.id},
        {"policy", record.policy},
        {"decision", decisionJson(record.decision)},
        {"act", scaling::actName(record.act)},
        {"message", record.message},
        {"acted", jsonTime(record.actTime)}};
}

Json scalingStateJson(const PolicyState& state)
{
    return Json{
        {"policy", policyJson(state.policy)},
        {"last", state.last ? decisionJson(*state.last) : Json(nullptr)},
        {"pause",
         state.pause ? Json{{"by", state.pause->by},
                            {"reason", state.pause->reason},
                            {"time", jsonTime(state.pause->time)}}
                     : Json(nullptr)},
        {"record", state.record ? scalingRecordJson(*state.record) : Json(nullptr)},
        {"problem", state.problem}};
}

Json scalingSimulationJson(const client::ScalingSimulation& simulation)
{
    Json points = Json::array();
    for (const scaling::Simulation::Point& point : simulation.simulation.points) {
        points.push_back(
            {{"time", jsonTime(point.time)},
             {"actual", point.actual < 0 ? Json(nullptr) : Json(point.actual)},
             {"simulated", point.simulated}});
    }
    Json changes = Json::array();
    for (const Decision& decision : simulation.simulation.changes) {
        changes.push_back(decisionJson(decision));
    }
    return Json{
        {"policy", policyJson(simulation.policy)},
        {"stepSeconds", jsonSeconds(simulation.step)},
        {"ups", simulation.simulation.ups},
        {"downs", simulation.simulation.downs},
        {"actualInstanceHours", jsonValue(simulation.simulation.actualInstanceHours)},
        {"simulatedInstanceHours", jsonValue(simulation.simulation.simulatedInstanceHours)},
        {"unreadable", simulation.simulation.unreadable},
        {"changes", std::move(changes)},
        {"points", std::move(points)}};
}

void printScalingPolicies(Printer& printer, const std::vector<PolicyState>& states, absl::Time now)
{
    Table table(
        {{"POLICY"},
         {"MODE"},
         {"STATE"},
         {"NOW", Align::Right},
         {"RECOMMENDED", Align::Right},
         {"MIN–MAX", Align::Right},
         {"LOOKED"},
         {"WHY", Align::Left, true}});
    for (const PolicyState& state : states) {
        table.add(
            {state.policy.name,
             std::string(scaling::modeName(state.policy.mode)),
             stateText(state),
             countText(state.last),
             recommendedText(state.last),
             fmt::format("{}–{}", state.policy.least, state.policy.most),
             state.last ? sinceText(state.last->time, now) : "never",
             !state.problem.empty() ? state.problem
             : state.last           ? state.last->text
                                    : ""});
    }
    printer.print(table);
}

void printScalingPolicy(Printer& printer, const PolicyState& state, absl::Time now)
{
    const scaling::Policy& policy = state.policy;
    Table facts({{"POLICY"}, {policy.name, Align::Left, true}});
    facts.add({"title", policy.title});
    facts.add({"mode", std::string(scaling::modeName(policy.mode))});
    facts.add({"scales", policy.target.empty() ? "nothing" : policy.target});
    facts.add({"instances", fmt::format("{} to {}", policy.least, policy.most)});
    facts.add({"tolerance", fmt::format("{:g} %", policy.tolerance * 100)});
    facts.add({"up", behaviourText(policy.up)});
    facts.add({"down", behaviourText(policy.down)});
    if (state.pause) {
        facts.add(
            {"paused",
             fmt::format(
                 "{} by {}{}",
                 sinceText(state.pause->time, now),
                 state.pause->by,
                 state.pause->reason.empty() ? "" : ": " + state.pause->reason)});
    }
    if (!state.problem.empty()) {
        facts.add({"problem", state.problem});
    }
    if (state.last) {
        facts.add({"looked", sinceText(state.last->time, now)});
        facts.add({"now", countText(state.last)});
        facts.add({"recommended", recommendedText(state.last)});
        facts.add({"why", state.last->text});
    }
    printer.print(facts);
    if (!state.last || state.last->proposals.empty()) {
        return;
    }
    printer.line("");
    Table proposals(
        {{"METRIC"},
         {"USAGE", Align::Right},
         {"TARGET", Align::Right},
         {"ASKS FOR", Align::Right},
         {"ARITHMETIC", Align::Left, true}});
    for (const scaling::Proposal& proposal : state.last->proposals) {
        proposals.add(
            {proposal.metric,
             proposal.isKnown ? fmt::format("{:.4g}", proposal.usage) : "-",
             fmt::format("{:.4g}", proposal.target),
             proposal.isKnown ? std::to_string(proposal.instances) : "-",
             proposal.text});
    }
    printer.print(proposals);
}

void printScalingRecords(Printer& printer, const std::vector<scaling::Record>& records)
{
    Table table(
        {{"TIME (UTC)"},
         {"POLICY"},
         {"NOW", Align::Right},
         {"RECOMMENDED", Align::Right},
         {"DONE"},
         {"WHY", Align::Left, true}});
    for (const scaling::Record& record : records) {
        table.add(
            {shortTime(record.decision.time),
             record.policy,
             std::to_string(record.decision.count.wanted),
             std::to_string(record.decision.recommended),
             record.act == scaling::Act::None ? "-" : std::string(scaling::actName(record.act)),
             record.message.empty()
                 ? record.decision.text
                 : fmt::format("{} ({})", record.message, record.decision.text)});
    }
    printer.print(table);
}

void printScalingSimulation(Printer& printer, const client::ScalingSimulation& simulation)
{
    const scaling::Simulation& result = simulation.simulation;
    printer.line(fmt::format(
        "{} looks, one each {}: up {}, down {}; {:.2f} instance hours, {:.2f} in "
        "reality{}",
        result.points.size(),
        shortDuration(simulation.step),
        timesText(result.ups),
        timesText(result.downs),
        result.simulatedInstanceHours,
        result.actualInstanceHours,
        result.unreadable == 0
            ? ""
            : fmt::format("; {} looks without every number", result.unreadable)));
    if (result.changes.empty()) {
        return;
    }
    printer.line("");
    Table table(
        {{"TIME (UTC)"}, {"FROM", Align::Right}, {"TO", Align::Right}, {"WHY", Align::Left, true}});
    for (const Decision& decision : result.changes) {
        table.add(
            {shortTime(decision.time),
             std::to_string(decision.count.wanted),
             std::to_string(decision.recommended),
             decision.text});
    }
    printer.print(table);
}

} // namespace pilothouse::cli
