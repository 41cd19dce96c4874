// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/CommandLine.h"

#include "app/cli/commands/Command.h"
#include "app/cli/input/TimeText.h"
#include "shared/base/StatusHelpers.h"
#include "shared/system/Health.h"

#include <absl/strings/ascii.h>
#include <fmt/format.h>

#include <iostream>

namespace pilothouse::cli {

namespace {

constexpr const char* kFooter = R"(
Examples:
  pilothousectl status
  pilothousectl --server ops.example.net:7443 login
  pilothousectl metrics query 'rate(http_requests_total[5m])'
  pilothousectl health --output json | jq .overall

Without --server the local workspace is used, if it runs.
Exit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 denied, 5 unreachable.)";

constexpr absl::Duration kLongestTimeout = absl::Hours(1);

int code(ExitCode exitCode)
{
    return static_cast<int>(exitCode);
}

void addGlobalFlags(CLI::App& app, Context& context)
{
    app.add_option("--server", context.server.server, "host:port or unix:PATH")
        ->type_name("ADDRESS")
        ->envname("PILOTHOUSE_SERVER");
    app.add_option("--token-file", context.server.tokenFile, "file with a session token")
        ->type_name("FILE")
        ->envname("PILOTHOUSE_TOKEN_FILE");
    app.add_option(
           "--ca", context.server.caFile, "PEM of the CA that signed the server's certificate")
        ->type_name("FILE")
        ->envname("PILOTHOUSE_CA");
    app.add_option(
           "--cert",
           context.server.certificateFile,
           "PEM of this client's certificate, where the server asks for one (mutual TLS)")
        ->type_name("FILE")
        ->envname("PILOTHOUSE_CERT");
    app.add_option("--key", context.server.keyFile, "PEM of the private key of --cert")
        ->type_name("FILE")
        ->envname("PILOTHOUSE_KEY");
    app.add_option_function<std::string>(
           "--output",
           [&context](const std::string& format) { context.printer.setJson(format == "json"); },
           "table or json")
        ->type_name("FORMAT")
        ->check(CLI::IsMember({"table", "json"}));
    app.add_option_function<std::string>(
           "--timeout",
           [&context](const std::string& text) {
               const auto timeout = parseDuration(text);
               if (!timeout.ok()) {
                   throw CLI::ValidationError("--timeout", describe(timeout.status()));
               }
               if (*timeout <= absl::ZeroDuration() || *timeout > kLongestTimeout) {
                   throw CLI::ValidationError("--timeout", "more than 0 and at most 1h");
               }
               context.server.timeout = *timeout;
           },
           "for connecting and for each call (default 10s)")
        ->type_name("DURATION");
}

void addVersionCommand(CLI::App& app, Context& context)
{
    CLI::App* version = app.add_subcommand("version", "Version of this program");
    version->callback([&context] {
        context.run = [&context] {
            if (context.printer.isJson()) {
                context.printer.print(Json{
                    {"version", PILOTHOUSE_VERSION},
                    {"api", fmt::format("{}.{}", system::kApiMajor, system::kApiMinor)}});
            } else {
                context.printer.line(fmt::format("pilothousectl {}", PILOTHOUSE_VERSION));
            }
            return absl::OkStatus();
        };
    });
}

/// Global flags may stand before and after the command; the help says so on every level.
void letFlagsFallThrough(CLI::App& app)
{
    for (CLI::App* command : app.get_subcommands({})) {
        command->fallthrough();
        letFlagsFallThrough(*command);
    }
}

/// In the form of our own messages. The parser misses a command before it looks at the word in its
/// place.
std::string usageMessage(const CLI::App& app, const CLI::ParseError& error)
{
    const std::vector<std::string> unknown = app.remaining();
    if (error.get_name() == "RequiredError" && !unknown.empty()) {
        return fmt::format("unknown command or flag '{}'", unknown.front());
    }
    std::string message = error.what();
    if (message.size() > 1 && absl::ascii_islower(static_cast<unsigned char>(message[1]))) {
        message[0] = absl::ascii_tolower(static_cast<unsigned char>(message[0]));
    }
    return message.starts_with("A ") ? "a " + message.substr(2) : message;
}

int explainUsage(const CLI::App& app, const CLI::ParseError& error)
{
    if (error.get_exit_code() == 0) {
        // --help and --version.
        std::cout << (error.get_name() == "CallForVersion" ? error.what() : app.help())
                  << std::endl;
        return code(ExitCode::Done);
    }
    printError(withHint(
        absl::InvalidArgumentError(usageMessage(app, error)), "See 'pilothousectl --help'."));
    return code(ExitCode::Usage);
}

const CLI::App& deepest(const CLI::App& app)
{
    const auto chosen = app.get_subcommands();
    return chosen.empty() ? app : deepest(*chosen.front());
}

} // namespace

int runCommandLine(int argc, const char* const* argv)
{
    Context context;
    CLI::App app("Operates a Pilothouse server from the command line", "pilothousectl");
    app.require_subcommand(1);
    app.set_version_flag("--version", "pilothousectl " PILOTHOUSE_VERSION);
    app.footer(kFooter);
    addGlobalFlags(app, context);
    addStatusCommands(app, context);
    CLI::App* metrics = app.add_subcommand("metrics", "Queries, targets and series");
    metrics->require_subcommand(1);
    addQueryCommands(*metrics, context);
    addCatalogueCommands(*metrics, context);
    CLI::App* jobs = app.add_subcommand("jobs", "Long operations and their schedules");
    jobs->require_subcommand(1);
    addJobCommands(*jobs, context);
    addScheduleCommands(*jobs, context);
    addRolloutCommands(app, context);
    CLI::App* services = app.add_subcommand("services", "Instances: who is there, who is well");
    services->require_subcommand(1);
    addServicesCommands(*services, context);
    addInstanceCommands(*services, context);
    addScalingCommands(app, context);
    addSignInCommands(app, context);
    addPasswordCommand(app, context);
    addSessionCommands(app, context);
    addTokenCommands(app, context);
    addOperatorCommands(app, context);
    addRoleCommands(app, context);
    addSafetyCommands(app, context);
    addAuditCommands(app, context);
    addCompletionCommand(app, context);
    addVersionCommand(app, context);
    letFlagsFallThrough(app);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return explainUsage(deepest(app), error);
    }
    absl::Status status = context.run ? context.run() : absl::OkStatus();
    if (status.ok()) {
        status = context.printer.finish();
    }
    if (!status.ok()) {
        printError(status);
    }
    return code(exitCodeOf(status));
}

} // namespace pilothouse::cli
