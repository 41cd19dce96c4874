// SPDX-License-Identifier: GPL-3.0-or-later
// services register, heartbeat, deregister, drain, undrain.
#include "app/cli/commands/PlannedAction.h"
#include "app/cli/commands/ServicesOutput.h"
#include "app/cli/input/Prompt.h"
#include "app/cli/input/TimeText.h"
#include "shared/base/StatusHelpers.h"
#include "shared/client/ServicesClient.h"

#include <absl/strings/ascii.h>
#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace pilothouse::cli {

namespace {

using client::RegisteredInstance;
using services::InstanceKey;

struct RegisterFlags
{
    services::InstanceSpec spec;
    std::vector<std::string> metadata;
    std::string ttl;
    std::string check;
    std::string interval;
    std::string timeout;
    std::string registrationFile;
};

struct BeatFlags
{
    InstanceKey key;
    std::string registrationFile;
    std::string problem;
    double connections = 0;
    double queue = 0;
    double cpu = 0;
    double memory = 0;
};

struct LeaveFlags
{
    InstanceKey key;
    std::string registrationFile;
};

void addKey(CLI::App* command, InstanceKey& key)
{
    command->add_option("SERVICE", key.service, "the service")->required();
    command->add_option("ID", key.id, "the instance")->required();
}

absl::StatusOr<std::string> readRegistration(const std::string& file)
{
    PH_ASSIGN_OR_RETURN(std::string text, readSmallFile(file));
    absl::StripAsciiWhitespace(&text);
    return text;
}

/// Readable by its owner only: whoever has it can send heartbeats and deregister.
absl::Status writeRegistration(const std::string& file, const std::string& registration)
{
    const int handle = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const std::string line = registration + "\n";
    const bool isWritten = handle >= 0 && ::write(handle, line.data(), line.size()) ==
                                              static_cast<ssize_t>(line.size());
    const int error = errno;
    const bool isClosed = handle < 0 || ::close(handle) == 0;
    return isWritten && isClosed
               ? absl::OkStatus()
               : absl::FailedPreconditionError(fmt::format(
                     "cannot write the registration to {}: {}", file, std::strerror(error)));
}

absl::StatusOr<services::InstanceSpec> specOf(const RegisterFlags& flags)
{
    services::InstanceSpec spec = flags.spec;
    for (const std::string& word : flags.metadata) {
        const auto equals = word.find('=');
        if (equals == std::string::npos || equals == 0) {
            return withHint(
                absl::InvalidArgumentError(fmt::format("--meta: '{}'", word)), "Write name=value.");
        }
        spec.metadata[word.substr(0, equals)] = word.substr(equals + 1);
    }
    spec.check.kind = services::checkKindOf(flags.check).value_or(services::CheckKind::None);
    if (!flags.ttl.empty()) {
        PH_ASSIGN_OR_RETURN(spec.ttl, parseDuration(flags.ttl));
    }
    if (!flags.interval.empty()) {
        PH_ASSIGN_OR_RETURN(spec.check.interval, parseDuration(flags.interval));
    }
    if (!flags.timeout.empty()) {
        PH_ASSIGN_OR_RETURN(spec.check.timeout, parseDuration(flags.timeout));
    }
    return spec;
}

absl::Status enroll(Context& context, ServerSession& session, const RegisterFlags& flags)
{
    PH_ASSIGN_OR_RETURN(const services::InstanceSpec spec, specOf(flags));
    PH_ASSIGN_OR_RETURN(const auto registered, await<RegisteredInstance>([&](auto done) {
                            return session.services().registerInstance(spec, std::move(done));
                        }));
    const bool isKept = !flags.registrationFile.empty();
    if (isKept) {
        PH_RETURN_IF_ERROR(writeRegistration(flags.registrationFile, registered.registration));
    }
    if (context.printer.isJson()) {
        Json json{{"instance", instanceJson(registered.instance)}};
        json["registration"] = isKept ? Json(nullptr) : Json(registered.registration);
        json["heartbeatSeconds"] = jsonSeconds(registered.heartbeatInterval);
        context.printer.print(json);
        return absl::OkStatus();
    }
    context.printer.line(fmt::format("{} registered.", spec.key.text()));
    if (registered.heartbeatInterval > absl::ZeroDuration()) {
        context.printer.line(
            fmt::format("Send a heartbeat every {}.", shortDuration(registered.heartbeatInterval)));
    }
    if (!isKept) {
        context.printer.line("Registration: " + registered.registration);
    }
    return absl::OkStatus();
}

void addRegister(CLI::App& parent, Context& context)
{
    CLI::App* command = parent.add_subcommand("register", "Make an instance known");
    const auto flags = std::make_shared<RegisterFlags>();
    services::InstanceSpec& spec = flags->spec;
    addKey(command, spec.key);
    command->add_option("ADDRESS", spec.address, "host:port")->required();
    command->add_option("--instance-version", spec.version, "for example 2.4.1")
        ->type_name("VERSION");
    command->add_option("--colour", spec.colour, "blue or green")->type_name("COLOUR");
    command->add_option("--meta", flags->metadata, "name=value; repeatable")->type_name("WORD");
    command->add_option("--tenant", spec.tenants, "only for this tenant; repeatable")
        ->type_name("NAME");
    command->add_option("--weight", spec.weight, "share of traffic, usually 100")->type_name("N");
    command->add_option("--metrics-path", spec.metricsPath, "scrape it here, for example /metrics")
        ->type_name("PATH");
    command->add_option("--ttl", flags->ttl, "unhealthy without a heartbeat for so long")
        ->type_name("DURATION");
    command->add_option("--check", flags->check, "how the server checks it")
        ->type_name("KIND")
        ->check(CLI::IsMember({"none", "http", "tcp", "grpc"}));
    command->add_option("--check-target", spec.check.target, "path, or name of a gRPC service")
        ->type_name("TARGET");
    command->add_flag("--check-tls", spec.check.isTls, "check over TLS");
    command->add_option("--check-interval", flags->interval, "default 5s")->type_name("DURATION");
    command->add_option("--check-timeout", flags->timeout, "default 1s")->type_name("DURATION");
    command->add_option("--unhealthy-after", spec.check.unhealthyAfter, "failures in a row")
        ->type_name("N");
    command->add_option("--healthy-after", spec.check.healthyAfter, "successes in a row")
        ->type_name("N");
    command
        ->add_option(
            "--registration-file",
            flags->registrationFile,
            "keep the secret for heartbeat and deregister here instead of printing it")
        ->type_name("FILE");
    command->footer("\nExample:\n  pilothousectl services register checkout green-1 10.0.0.7:8080 "
                    "--colour green \\\n      --check http --metrics-path /metrics");
    runsWithSession(command, context, [&context, flags](ServerSession& session) {
        return enroll(context, session, *flags);
    });
}

void addHeartbeat(CLI::App& parent, Context& context)
{
    CLI::App* command = parent.add_subcommand("heartbeat", "Say that an instance is alive");
    const auto flags = std::make_shared<BeatFlags>();
    addKey(command, flags->key);
    command->add_option("--registration-file", flags->registrationFile, "from 'services register'")
        ->type_name("FILE")
        ->required();
    command->add_option("--problem", flags->problem, "it cannot work, and why")->type_name("TEXT");
    const auto number = [&](const char* name, double& value, const char* help) {
        return command->add_option(name, value, help)->type_name("N");
    };
    const auto* connections = number("--connections", flags->connections, "calls under way");
    const auto* queue = number("--queue", flags->queue, "calls that wait");
    const auto* cpu = number("--cpu", flags->cpu, "1 = one core");
    const auto* memory = number("--memory-bytes", flags->memory, "resident");
    runsWithSession(command, context, [=, &context](ServerSession& session) -> absl::Status {
        const auto said = [](const CLI::Option* option, double value) {
            return option->count() > 0 ? std::optional(value) : std::nullopt;
        };
        client::NewHeartbeat beat;
        beat.key = flags->key;
        beat.problem = flags->problem;
        beat.load = {
            said(connections, flags->connections),
            said(queue, flags->queue),
            said(cpu, flags->cpu),
            said(memory, flags->memory)};
        PH_ASSIGN_OR_RETURN(beat.registration, readRegistration(flags->registrationFile));
        PH_ASSIGN_OR_RETURN(const bool isDraining, await<bool>([&](auto done) {
                                return session.services().heartbeat(beat, std::move(done));
                            }));
        if (context.printer.isJson()) {
            context.printer.print(Json{{"draining", isDraining}});
        } else if (isDraining) {
            context.printer.line(fmt::format("{} is draining.", beat.key.text()));
        }
        return absl::OkStatus();
    });
}

void addDeregister(CLI::App& parent, Context& context)
{
    CLI::App* command = parent.add_subcommand("deregister", "Take an instance out of the registry");
    const auto flags = std::make_shared<LeaveFlags>();
    addKey(command, flags->key);
    command
        ->add_option(
            "--registration-file",
            flags->registrationFile,
            "as the program itself, with nothing to confirm")
        ->type_name("FILE");
    const auto confirm = addConfirmFlags(command);
    runsWithSession(
        command, context, [&context, flags, confirm](ServerSession& session) -> absl::Status {
            const InstanceKey& key = flags->key;
            const std::string done = fmt::format("{} deregistered.", key.text());
            if (flags->registrationFile.empty()) {
                return runPlanned(
                    context,
                    session,
                    *confirm,
                    [&](const plans::Request& request, auto answer) {
                        return session.services().removeInstance(key, request, std::move(answer));
                    },
                    done);
            }
            PH_ASSIGN_OR_RETURN(
                const std::string registration, readRegistration(flags->registrationFile));
            PH_RETURN_IF_ERROR(await<client::Nothing>([&](auto answer) {
                                   return session.services().deregisterInstance(
                                       key, registration, std::move(answer));
                               }).status());
            if (context.printer.isJson()) {
                context.printer.print(Json{{"deregistered", key.text()}});
            } else {
                context.printer.line(done);
            }
            return absl::OkStatus();
        });
}

void addDrain(
    CLI::App& parent, Context& context, const char* name, const char* help, bool isDraining)
{
    CLI::App* command = parent.add_subcommand(name, help);
    const auto key = std::make_shared<InstanceKey>();
    addKey(command, *key);
    const auto confirm = addConfirmFlags(command);
    runsWithSession(command, context, [&context, key, confirm, isDraining](ServerSession& session) {
        return runPlanned(
            context,
            session,
            *confirm,
            [&](const plans::Request& request, auto answer) {
                return session.services().setInstanceDraining(
                    *key, isDraining, request, std::move(answer));
            },
            fmt::format("{} {}.", key->text(), isDraining ? "drained" : "gets calls again"));
    });
}

} // namespace

void addInstanceCommands(CLI::App& services, Context& context)
{
    addRegister(services, context);
    addHeartbeat(services, context);
    addDeregister(services, context);
    addDrain(services, context, "drain", "Send an instance no new calls", true);
    addDrain(services, context, "undrain", "Send a drained instance calls again", false);
}

} // namespace pilothouse::cli
