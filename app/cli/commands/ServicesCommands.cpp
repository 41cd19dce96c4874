// SPDX-License-Identifier: GPL-3.0-or-later
// services list, show, resolve, watch; what programs do is in InstanceCommands.cpp.
#include "app/cli/commands/Command.h"
#include "app/cli/commands/ServicesOutput.h"
#include "app/cli/commands/ServicesWatch.h"
#include "shared/base/StatusHelpers.h"
#include "shared/client/ServicesClient.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

namespace pilothouse::cli {

namespace {

using services::Instance;
using services::ServiceSummary;

struct ResolveFlags
{
    client::ResolveQuery query;
    std::string strategy;
};

absl::StatusOr<std::vector<Instance>> instancesOf(
    ServerSession& session, const std::string& service)
{
    return await<std::vector<Instance>>(
        [&](auto done) { return session.services().listInstances(service, std::move(done)); });
}

absl::Status list(Context& context, ServerSession& session)
{
    PH_ASSIGN_OR_RETURN(const auto found, await<std::vector<ServiceSummary>>([&](auto done) {
                            return session.services().listServices(std::move(done));
                        }));
    if (!context.printer.isJson()) {
        printServices(context.printer, found);
        return absl::OkStatus();
    }
    Json json = Json::array();
    for (const ServiceSummary& service : found) {
        json.push_back(serviceJson(service));
    }
    context.printer.print(Json{{"services", std::move(json)}});
    return absl::OkStatus();
}

absl::Status showOne(Context& context, ServerSession& session, const services::InstanceKey& key)
{
    PH_ASSIGN_OR_RETURN(const Instance instance, await<Instance>([&](auto done) {
                            return session.services().getInstance(key, std::move(done));
                        }));
    if (context.printer.isJson()) {
        context.printer.print(instanceJson(instance));
    } else {
        printInstance(context.printer, instance, absl::Now());
    }
    return absl::OkStatus();
}

/// "checkout", "checkout/green-1" or nothing: all.
absl::Status show(Context& context, ServerSession& session, const std::string& what)
{
    const auto slash = what.find('/');
    if (slash != std::string::npos) {
        return showOne(context, session, {what.substr(0, slash), what.substr(slash + 1)});
    }
    PH_ASSIGN_OR_RETURN(const auto instances, instancesOf(session, what));
    if (instances.empty() && !what.empty()) {
        return withHint(
            absl::NotFoundError(fmt::format("there is no service '{}'", what)),
            "List them with 'pilothousectl services list'.");
    }
    if (!context.printer.isJson()) {
        printInstances(context.printer, instances, absl::Now());
        return absl::OkStatus();
    }
    Json json = Json::array();
    for (const Instance& instance : instances) {
        json.push_back(instanceJson(instance));
    }
    context.printer.print(Json{{"instances", std::move(json)}});
    return absl::OkStatus();
}

absl::Status resolve(Context& context, ServerSession& session, const ResolveFlags& flags)
{
    client::ResolveQuery query = flags.query;
    query.strategy = services::strategyOf(flags.strategy);
    PH_ASSIGN_OR_RETURN(const auto resolution, await<client::Resolution>([&](auto done) {
                            return session.services().resolve(query, std::move(done));
                        }));
    if (!context.printer.isJson()) {
        for (const auto& instance : resolution.instances) {
            context.printer.line(instance.address);
        }
        return absl::OkStatus();
    }
    Json instances = Json::array();
    for (const auto& instance : resolution.instances) {
        instances.push_back(
            {{"id", instance.id},
             {"address", instance.address},
             {"version", instance.version},
             {"colour", instance.colour},
             {"metadata", instance.metadata}});
    }
    context.printer.print(Json{
        {"strategy", services::strategyName(resolution.strategy)},
        {"instances", std::move(instances)}});
    return absl::OkStatus();
}

void addResolve(CLI::App& parent, Context& context)
{
    CLI::App* command =
        parent.add_subcommand("resolve", "Address of the instance that takes the next call");
    const auto flags = std::make_shared<ResolveFlags>();
    std::vector<std::string> names;
    names.reserve(services::kStrategies.size());
    for (const services::Strategy strategy : services::kStrategies) {
        names.emplace_back(services::strategyName(strategy));
    }
    command->add_option("SERVICE", flags->query.service, "the service")->required();
    command->add_option("--strategy", flags->strategy, "default: as the server is configured")
        ->type_name("NAME")
        ->check(CLI::IsMember(names));
    command->add_option("--colour", flags->query.colour, "only of this colour")
        ->type_name("COLOUR");
    command->add_option("--instance-version", flags->query.version, "only of this version")
        ->type_name("VERSION");
    command->add_option("--tenant", flags->query.tenant, "for a request of this tenant")
        ->type_name("NAME");
    command->add_option("--exclude", flags->query.excludedIds, "not this instance; repeatable")
        ->type_name("ID");
    command->add_option("--limit", flags->query.limit, "so many, the best first")
        ->type_name("N")
        ->check(CLI::Range(1, 16));
    command->footer("\nExample:\n  curl http://$(pilothousectl services resolve checkout)/");
    runsWithSession(command, context, [&context, flags](ServerSession& session) {
        return resolve(context, session, *flags);
    });
}

void addWatch(CLI::App& parent, Context& context)
{
    struct Flags
    {
        std::string service;
        int count = 0;
    };
    CLI::App* command = parent.add_subcommand("watch", "Print changes as they happen");
    const auto flags = std::make_shared<Flags>();
    command->add_option("SERVICE", flags->service, "only this one (default: all)");
    command->add_option("--count", flags->count, "end after this many updates (default: never)")
        ->type_name("N")
        ->check(CLI::NonNegativeNumber);
    runsWithSession(command, context, [&context, flags](ServerSession& session) {
        return watchInstances(context.printer, session, flags->service, flags->count);
    });
}

} // namespace

void addServicesCommands(CLI::App& services, Context& context)
{
    runsWithSession(
        services.add_subcommand("list", "Services with their counts"),
        context,
        [&context](ServerSession& session) { return list(context, session); });
    CLI::App* showCommand = services.add_subcommand("show", "Instances of a service, or one");
    const auto what = std::make_shared<std::string>();
    showCommand->add_option("SERVICE[/ID]", *what, "checkout or checkout/green-1 (default: all)");
    runsWithSession(showCommand, context, [&context, what](ServerSession& session) {
        return show(context, session, *what);
    });
    addResolve(services, context);
    addWatch(services, context);
}

} // namespace pilothouse::cli
