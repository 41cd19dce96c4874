// SPDX-License-Identifier: GPL-3.0-or-later
// status, health, resources.
#include "app/cli/commands/Command.h"
#include "app/cli/input/TimeText.h"
#include "app/cli/output/Bytes.h"
#include "shared/base/StatusHelpers.h"
#include "shared/client/MetricsClient.h"
#include "shared/client/SystemClient.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::cli {

namespace {

std::string text(std::string_view view)
{
    return std::string(view);
}

absl::StatusOr<system::Health> healthOf(ServerSession& session)
{
    return await<system::Health>(
        [&](auto done) { return session.system().getHealth(std::move(done)); });
}

Json componentJson(const system::ComponentHealth& component)
{
    return {
        {"name", component.name},
        {"state", text(system::healthStateName(component.state))},
        {"message", component.message},
        {"responseSeconds", jsonSeconds(component.responseTime)},
        {"lastCheck", jsonTime(component.lastCheck)},
        {"since", jsonTime(component.since)}};
}

Json healthJson(const system::Health& health)
{
    Json components = Json::array();
    for (const auto& component : health.components) {
        components.push_back(componentJson(component));
    }
    return {
        {"overall", text(system::healthStateName(health.overall))},
        {"time", jsonTime(health.time)},
        {"components", std::move(components)}};
}

/// Everything that status shows; what could not be read says why.
struct Overview
{
    client::ConnectionStatus connection;
    absl::StatusOr<system::Health> health;
    absl::StatusOr<metrics::StoreStatus> store;
    absl::StatusOr<std::vector<metrics::Target>> targets;
    absl::StatusOr<system::Resources> resources;
};

int countOf(const std::vector<metrics::Target>& targets, metrics::TargetHealth health)
{
    return static_cast<int>(std::ranges::count_if(
        targets, [&](const auto& target) { return target.health == health; }));
}

Json leaderJson(const system::LeaderStatus& leader)
{
    return {
        {"host", leader.host},
        {"serverId", leader.serverId},
        {"fence", leader.fence},
        {"thisServer", leader.isThisServer}};
}

std::string leaderLine(const system::LeaderStatus& leader)
{
    if (leader.host.empty()) {
        return "nobody at the moment";
    }
    return fmt::format(
        "{} ({}), fence {}",
        leader.isThisServer ? "this server" : "another server",
        leader.host,
        leader.fence);
}

Json overviewJson(const Overview& overview, const std::string& address)
{
    const system::ServerInfo& server = *overview.connection.server;
    Json result{
        {"server", address},
        {"name", server.displayName},
        {"id", server.serverId},
        {"environment", text(system::environmentName(server.environment))},
        {"version", server.version},
        {"api", fmt::format("{}.{}", server.apiMajor, server.apiMinor)},
        {"startTime", jsonTime(server.startTime)},
        {"uptimeSeconds", jsonSeconds(server.serverTime - server.startTime)},
        {"signedInAs", overview.connection.identity ? overview.connection.identity->who.name : ""}};
    result["health"] = overview.health.ok() ? healthJson(*overview.health) : Json();
    result["store"] = Json();
    if (overview.store.ok()) {
        result["store"] = Json{
            {"series", overview.store->series},
            {"seriesLimit", overview.store->seriesLimit},
            {"samples", overview.store->samples},
            {"samplesPerSecond", jsonValue(overview.store->samplesPerSecond)},
            {"memoryBytes", overview.store->memoryBytes},
            {"diskBytes", overview.store->diskBytes}};
    }
    result["targets"] = Json();
    if (overview.targets.ok()) {
        result["targets"] = Json{
            {"total", overview.targets->size()},
            {"up", countOf(*overview.targets, metrics::TargetHealth::Up)},
            {"down", countOf(*overview.targets, metrics::TargetHealth::Down)}};
    }
    result["leader"] = overview.resources.ok() ? leaderJson(overview.resources->leader) : Json();
    return result;
}

std::string healthLine(const absl::StatusOr<system::Health>& health)
{
    if (!health.ok()) {
        return "unknown: " + describe(health.status());
    }
    std::string result(system::healthStateName(health->overall));
    for (const auto& component : health->components) {
        if (component.state > system::HealthState::Healthy) {
            result += fmt::format(
                "\n             {} {}: {}",
                component.name,
                system::healthStateName(component.state),
                component.message);
        }
    }
    return result;
}

std::string storeLine(const absl::StatusOr<metrics::StoreStatus>& store)
{
    if (!store.ok()) {
        return "unknown: " + describe(store.status());
    }
    return fmt::format(
        "{} series of at most {}, {} samples ({:.0f}/s), {} in memory, {} on disk",
        store->series,
        store->seriesLimit,
        store->samples,
        store->samplesPerSecond,
        bytesText(store->memoryBytes),
        bytesText(store->diskBytes));
}

std::string targetsLine(const absl::StatusOr<std::vector<metrics::Target>>& targets)
{
    if (!targets.ok()) {
        return "unknown: " + describe(targets.status());
    }
    return fmt::format(
        "{} up, {} down, {} not scraped yet",
        countOf(*targets, metrics::TargetHealth::Up),
        countOf(*targets, metrics::TargetHealth::Down),
        countOf(*targets, metrics::TargetHealth::Unknown));
}

absl::Status showStatus(Context& context, ServerSession& session)
{
    Overview overview{
        .connection = session.status(),
        .health = healthOf(session),
        .store = await<metrics::StoreStatus>(
            [&](auto done) { return session.metrics().getStoreStatus(std::move(done)); }),
        .targets = await<std::vector<metrics::Target>>(
            [&](auto done) { return session.metrics().listTargets(std::move(done)); }),
        .resources = await<system::Resources>(
            [&](auto done) { return session.system().listResources(std::move(done)); })};
    if (!overview.connection.server) {
        return absl::UnavailableError(fmt::format("connection to {} lost", session.address()));
    }
    Printer& printer = context.printer;
    if (printer.isJson()) {
        printer.print(overviewJson(overview, session.address()));
        return absl::OkStatus();
    }
    const system::ServerInfo& server = *overview.connection.server;
    const auto line = [&](std::string_view name, std::string_view value) {
        printer.line(fmt::format("{:<12} {}", name, value));
    };
    line(
        "server",
        fmt::format(
            "{} ({}), {}",
            server.displayName.empty() ? session.address() : server.displayName,
            system::environmentName(server.environment),
            session.address()));
    line("version", fmt::format("{}, API {}.{}", server.version, server.apiMajor, server.apiMinor));
    line(
        "up",
        fmt::format(
            "{} since {} UTC",
            shortDuration(server.serverTime - server.startTime),
            shortTime(server.startTime)));
    if (overview.connection.identity) {
        line(
            "you",
            fmt::format(
                "{} by {}",
                overview.connection.identity->who.name,
                overview.connection.identity->authentication));
    }
    line("health", healthLine(overview.health));
    line(
        "leader",
        overview.resources.ok() ? leaderLine(overview.resources->leader)
                                : "unknown: " + describe(overview.resources.status()));
    line("store", storeLine(overview.store));
    line("targets", targetsLine(overview.targets));
    return absl::OkStatus();
}

absl::Status showHealth(Context& context, ServerSession& session)
{
    PH_ASSIGN_OR_RETURN(const system::Health health, healthOf(session));
    if (context.printer.isJson()) {
        context.printer.print(healthJson(health));
    } else {
        Table table(
            {{"COMPONENT"},
             {"STATE"},
             {"RESPONSE", Align::Right},
             {"CHECKED"},
             {"SINCE"},
             {"MESSAGE", Align::Left, true}});
        for (const auto& component : health.components) {
            table.add(
                {component.name,
                 text(system::healthStateName(component.state)),
                 shortDuration(component.responseTime),
                 sinceText(component.lastCheck, health.time),
                 shortTime(component.since),
                 component.message});
        }
        context.printer.print(table);
        context.printer.line(fmt::format("overall: {}", system::healthStateName(health.overall)));
    }
    if (health.overall == system::HealthState::Unhealthy) {
        return absl::InternalError("the server is unhealthy");
    }
    return absl::OkStatus();
}

std::string_view breakerStateName(system::BreakerState state)
{
    switch (state) {
    case system::BreakerState::Closed:
        return "closed";
    case system::BreakerState::Open:
        return "open";
    case system::BreakerState::HalfOpen:
        return "half-open";
    }
    return "unknown";
}

Json resourcesJson(const system::Resources& resources)
{
    Json pools = Json::array();
    for (const auto& pool : resources.pools) {
        pools.push_back(
            {{"name", pool.name},
             {"minimum", pool.minimum},
             {"maximum", pool.maximum},
             {"idle", pool.idle},
             {"inUse", pool.inUse},
             {"waiting", pool.waiting},
             {"acquireP95Seconds", jsonSeconds(pool.acquireP95)},
             {"acquired", pool.acquired},
             {"timeouts", pool.timeouts}});
    }
    Json executors = Json::array();
    for (const auto& executor : resources.executors) {
        executors.push_back(
            {{"name", executor.name},
             {"threads", executor.threads},
             {"active", executor.active},
             {"queued", executor.queued},
             {"capacity", executor.capacity},
             {"completed", executor.completed},
             {"rejected", executor.rejected}});
    }
    Json breakers = Json::array();
    for (const auto& breaker : resources.breakers) {
        breakers.push_back(
            {{"name", breaker.name},
             {"state", text(breakerStateName(breaker.state))},
             {"failureRatio", jsonValue(breaker.failureRatio)},
             {"callsInWindow", breaker.callsInWindow},
             {"openedAt", jsonTime(breaker.openedAt)}});
    }
    return {
        {"pools", std::move(pools)},
        {"executors", std::move(executors)},
        {"breakers", std::move(breakers)},
        {"leader", leaderJson(resources.leader)}};
}

Table poolTable(const system::Resources& resources)
{
    Table table(
        {{"POOL"},
         {"IN USE", Align::Right},
         {"IDLE", Align::Right},
         {"LIMITS", Align::Right},
         {"WAITING", Align::Right},
         {"ACQUIRE P95", Align::Right},
         {"ACQUIRED", Align::Right},
         {"TIMEOUTS", Align::Right}});
    for (const auto& pool : resources.pools) {
        table.add(
            {pool.name,
             std::to_string(pool.inUse),
             std::to_string(pool.idle),
             fmt::format("{}..{}", pool.minimum, pool.maximum),
             std::to_string(pool.waiting),
             shortDuration(pool.acquireP95),
             std::to_string(pool.acquired),
             std::to_string(pool.timeouts)});
    }
    return table;
}

Table executorTable(const system::Resources& resources)
{
    Table table(
        {{"EXECUTOR"},
         {"ACTIVE", Align::Right},
         {"THREADS", Align::Right},
         {"QUEUED", Align::Right},
         {"CAPACITY", Align::Right},
         {"COMPLETED", Align::Right},
         {"REJECTED", Align::Right}});
    for (const auto& executor : resources.executors) {
        table.add(
            {executor.name,
             std::to_string(executor.active),
             std::to_string(executor.threads),
             std::to_string(executor.queued),
             std::to_string(executor.capacity),
             std::to_string(executor.completed),
             std::to_string(executor.rejected)});
    }
    return table;
}

Table breakerTable(const system::Resources& resources)
{
    Table table(
        {{"BREAKER"}, {"STATE"}, {"FAILURES", Align::Right}, {"CALLS", Align::Right}, {"OPENED"}});
    for (const auto& breaker : resources.breakers) {
        table.add(
            {breaker.name,
             text(breakerStateName(breaker.state)),
             fmt::format("{:.0f} %", breaker.failureRatio * 100),
             std::to_string(breaker.callsInWindow),
             shortTime(breaker.openedAt)});
    }
    return table;
}

absl::Status showResources(Context& context, ServerSession& session)
{
    PH_ASSIGN_OR_RETURN(const system::Resources resources, await<system::Resources>([&](auto done) {
                            return session.system().listResources(std::move(done));
                        }));
    if (context.printer.isJson()) {
        context.printer.print(resourcesJson(resources));
        return absl::OkStatus();
    }
    context.printer.print(poolTable(resources));
    context.printer.line("");
    context.printer.print(executorTable(resources));
    if (!resources.breakers.empty()) {
        context.printer.line("");
        context.printer.print(breakerTable(resources));
    }
    context.printer.line("");
    context.printer.line("leader: " + leaderLine(resources.leader));
    return absl::OkStatus();
}

} // namespace

void addStatusCommands(CLI::App& app, Context& context)
{
    runsWithSession(
        app.add_subcommand("status", "The server on one screen"),
        context,
        [&context](ServerSession& session) { return showStatus(context, session); });
    CLI::App* health = app.add_subcommand("health", "Every component of the server");
    health->footer("\nExit code 1 when the server is unhealthy; degraded is 0.");
    runsWithSession(health, context, [&context](ServerSession& session) {
        return showHealth(context, session);
    });
    runsWithSession(
        app.add_subcommand("resources", "Connection pools, executors and circuit breakers"),
        context,
        [&context](ServerSession& session) { return showResources(context, session); });
}

} // namespace pilothouse::cli
