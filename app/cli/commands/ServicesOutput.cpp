// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/ServicesOutput.h"

#include "app/cli/input/TimeText.h"
#include "app/cli/output/Bytes.h"
#include "app/cli/output/TextWidth.h"

#include <fmt/format.h>

namespace pilothouse::cli {

namespace {

Json optionalJson(const std::optional<double>& value)
{
    return value ? jsonValue(*value) : Json(nullptr);
}

std::string optionalText(const std::optional<double>& value)
{
    return value ? fmt::format("{:g}", *value) : "-";
}

std::string stateText(const services::Instance& instance)
{
    const std::string_view state = services::instanceStateName(instance.state);
    return instance.isDraining ? fmt::format("{}, draining", state) : std::string(state);
}

std::string durationOrDash(absl::Duration duration)
{
    return duration > absl::ZeroDuration() ? shortDuration(duration) : "-";
}

Json checkJson(const services::Check& check)
{
    if (check.kind == services::CheckKind::None) {
        return nullptr;
    }
    return Json{
        {"kind", services::checkKindName(check.kind)},
        {"target", check.target},
        {"tls", check.isTls},
        {"intervalSeconds", jsonSeconds(check.interval)},
        {"timeoutSeconds", jsonSeconds(check.timeout)},
        {"unhealthyAfter", check.unhealthyAfter},
        {"healthyAfter", check.healthyAfter}};
}

std::string checkText(const services::Check& check)
{
    if (check.kind == services::CheckKind::None) {
        return "none";
    }
    return fmt::format(
        "{}{}{} every {}, at most {}; unhealthy after {} failed, healthy after {} passed",
        services::checkKindName(check.kind),
        check.isTls ? " over TLS" : "",
        check.target.empty() ? "" : " " + check.target,
        shortDuration(check.interval),
        shortDuration(check.timeout),
        check.unhealthyAfter,
        check.healthyAfter);
}

} // namespace

Json instanceJson(const services::Instance& instance)
{
    const services::InstanceSpec& spec = instance.spec;
    Json checks = Json::array();
    for (const auto& check : instance.checks) {
        checks.push_back(
            {{"time", jsonTime(check.time)},
             {"passed", check.hasPassed},
             {"tookSeconds", jsonSeconds(check.took)},
             {"message", check.message}});
    }
    return Json{
        {"service", spec.key.service},
        {"id", spec.key.id},
        {"address", spec.address},
        {"state", services::instanceStateName(instance.state)},
        {"problem", instance.problem},
        {"since", jsonTime(instance.stateTime)},
        {"draining", instance.isDraining},
        {"version", spec.version},
        {"colour", spec.colour},
        {"metadata", spec.metadata},
        {"tenants", spec.tenants},
        {"weight", spec.weight},
        {"metricsPath", spec.metricsPath},
        {"ttlSeconds", jsonSeconds(spec.ttl)},
        {"check", checkJson(spec.check)},
        {"registeredBy", instance.registeredBy},
        {"registered", jsonTime(instance.registerTime)},
        {"heartbeat", jsonTime(instance.heartbeatTime)},
        {"load",
         {{"connections", optionalJson(instance.load.connections)},
          {"queue", optionalJson(instance.load.queue)},
          {"cpu", optionalJson(instance.load.cpu)},
          {"memoryBytes", optionalJson(instance.load.memoryBytes)}}},
        {"traffic",
         {{"inFlight", instance.traffic.inFlight},
          {"responseSeconds", jsonSeconds(instance.traffic.responseTime)},
          {"errorRatio", instance.traffic.errorRatio},
          {"resolvedPerSecond", instance.traffic.resolvedPerSecond},
          {"score", instance.traffic.score}}},
        {"checks", std::move(checks)}};
}

Json serviceJson(const services::ServiceSummary& service)
{
    return Json{
        {"name", service.name},
        {"instances", service.instances},
        {"healthy", service.healthy},
        {"unhealthy", service.unhealthy},
        {"draining", service.draining},
        {"versions", service.versions},
        {"colours", service.colours}};
}

void printServices(Printer& printer, const std::vector<services::ServiceSummary>& services)
{
    Table table(
        {{"SERVICE"},
         {"INSTANCES", Align::Right},
         {"HEALTHY", Align::Right},
         {"UNHEALTHY", Align::Right},
         {"DRAINING", Align::Right},
         {"VERSIONS", Align::Left, true},
         {"COLOURS", Align::Left, true}});
    for (const auto& service : services) {
        table.add(
            {service.name,
             std::to_string(service.instances),
             std::to_string(service.healthy),
             std::to_string(service.unhealthy),
             std::to_string(service.draining),
             fmt::format("{}", fmt::join(service.versions, ", ")),
             fmt::format("{}", fmt::join(service.colours, ", "))});
    }
    printer.print(table);
}

void printInstances(
    Printer& printer, const std::vector<services::Instance>& instances, absl::Time now)
{
    Table table(
        {{"INSTANCE"},
         {"STATE"},
         {"SINCE"},
         {"ADDRESS"},
         {"VERSION"},
         {"COLOUR"},
         {"CALLS", Align::Right},
         {"RESPONSE", Align::Right},
         {"RATE/s", Align::Right},
         {"SCORE", Align::Right},
         {"PROBLEM", Align::Left, true}});
    for (const auto& instance : instances) {
        table.add(
            {instance.spec.key.text(),
             stateText(instance),
             sinceText(instance.stateTime, now),
             instance.spec.address,
             instance.spec.version,
             instance.spec.colour,
             fmt::format("{:g}", instance.traffic.inFlight),
             durationOrDash(instance.traffic.responseTime),
             fmt::format("{:g}", instance.traffic.resolvedPerSecond),
             fmt::format("{:.3g}", instance.traffic.score),
             instance.problem});
    }
    printer.print(table);
}

void printInstance(Printer& printer, const services::Instance& instance, absl::Time now)
{
    const services::InstanceSpec& spec = instance.spec;
    Table facts({{"INSTANCE"}, {spec.key.text(), Align::Left, true}});
    facts.add({"state", stateText(instance) + ", since " + sinceText(instance.stateTime, now)});
    if (!instance.problem.empty()) {
        facts.add({"problem", instance.problem});
    }
    facts.add({"address", spec.address});
    facts.add({"version", spec.version});
    facts.add({"colour", spec.colour});
    for (const auto& [name, value] : spec.metadata) {
        facts.add({name, value});
    }
    if (!spec.tenants.empty()) {
        facts.add({"only tenants", fmt::format("{}", fmt::join(spec.tenants, ", "))});
    }
    facts.add({"weight", std::to_string(spec.weight)});
    facts.add({"metrics", spec.metricsPath.empty() ? "not scraped" : spec.metricsPath});
    facts.add({"check", checkText(spec.check)});
    facts.add({"time to live", durationOrDash(spec.ttl)});
    facts.add({"last heartbeat", sinceText(instance.heartbeatTime, now)});
    facts.add(
        {"registered",
         fmt::format("{} by {}", sinceText(instance.registerTime, now), instance.registeredBy)});
    facts.add(
        {"says",
         fmt::format(
             "connections {}, queue {}, cpu {}, memory {}",
             optionalText(instance.load.connections),
             optionalText(instance.load.queue),
             optionalText(instance.load.cpu),
             instance.load.memoryBytes
                 ? bytesText(static_cast<std::int64_t>(*instance.load.memoryBytes))
                 : "-")});
    facts.add(
        {"calls",
         fmt::format(
             "{:g} under way, {:g}/s, response {}, errors {:.1f} %, score {:.3g}",
             instance.traffic.inFlight,
             instance.traffic.resolvedPerSecond,
             durationOrDash(instance.traffic.responseTime),
             instance.traffic.errorRatio * 100,
             instance.traffic.score)});
    printer.print(facts);
    if (instance.checks.empty()) {
        return;
    }
    printer.line("");
    Table checks(
        {{"CHECKED (UTC)"}, {"RESULT"}, {"TOOK", Align::Right}, {"MESSAGE", Align::Left, true}});
    for (auto check = instance.checks.rbegin(); check != instance.checks.rend(); ++check) {
        checks.add(
            {shortTime(check->time),
             check->hasPassed ? "passed" : "failed",
             shortDuration(check->took),
             check->message});
    }
    printer.print(checks);
}

std::string instanceLine(const services::Instance& instance)
{
    return printable(fmt::format(
        "{}  {}  {}{}",
        instance.spec.key.text(),
        stateText(instance),
        instance.spec.address,
        instance.problem.empty() ? "" : "  " + instance.problem));
}

} // namespace pilothouse::cli
