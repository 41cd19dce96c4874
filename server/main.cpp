// SPDX-License-Identifier: Apache-2.0
#include "server/Application.h"
#include "server/InitCommand.h"
#include "server/ServiceManager.h"
#include "server/StopSignals.h"
#include "server/config/Config.h"
#include "server/platform/crypto/Random.h"
#include "server/platform/log/Logging.h"
#include "shared/base/StatusHelpers.h"

#include <CLI/CLI.hpp>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <iostream>
#include <string>

namespace {

using namespace pilothouse;

constexpr int kFailed = 1;
constexpr int kUsage = 2;

struct RunFlags
{
    std::string dataDir;
    std::string config;
    std::string grpcListen;
    std::string httpListen;
};

constexpr const char* kFooter = R"(
Examples:
  pilothoused init --data-dir /srv/pilothouse
  pilothoused run --data-dir /srv/pilothouse
  pilothoused check-config /etc/pilothouse/pilothouse.toml

A flag wins over the configuration file, whose sample documents every key.
Exit codes: 0 done, 1 failed, 2 usage.)";

int fail(const absl::Status& status)
{
    std::cerr << "pilothoused: " << describe(status) << std::endl;
    return kFailed;
}

/// The file, or the defaults without one; flags come first.
absl::StatusOr<config::Config> configOf(const RunFlags& flags)
{
    config::Config config;
    if (!flags.config.empty()) {
        PH_ASSIGN_OR_RETURN(config, config::loadConfig(flags.config));
    }
    if (!flags.dataDir.empty()) {
        config.dataDir = flags.dataDir;
    } else if (config.dataDir.empty()) {
        config.dataDir = config::defaultDataDir();
    }
    if (!flags.grpcListen.empty()) {
        config.grpc.listen = flags.grpcListen;
    }
    if (!flags.httpListen.empty()) {
        config.http.listen = flags.httpListen;
    }
    return config;
}

int run(const RunFlags& flags)
{
    StopSignals signals; // before any thread, so that every thread leaves them to this one
    const auto config = configOf(flags);
    if (!config.ok()) {
        return fail(config.status());
    }
    platform::setUpLogging(config->log.level, config->log.format);
    auto application = Application::start(*config);
    if (!application.ok()) {
        return fail(application.status());
    }
    std::cout << (*application)->readyLine() << std::endl;
    notifyServiceManager("READY=1");
    spdlog::info("serving, data in {}", config->dataDir.string());
    const int signal = signals.wait();
    spdlog::info("stopping on signal {}", signal);
    notifyServiceManager("STOPPING=1");
    signals.exitAtNextOrAfter(absl::Seconds(10));
    application->reset();
    spdlog::info("stopped");
    return 0;
}

int initialise(const RunFlags& flags, const InitOptions& options)
{
    const auto config = configOf(flags);
    if (!config.ok()) {
        return fail(config.status());
    }
    platform::setUpLogging("error", config->log.format);
    const absl::Status status = initAdministrator(*config, options);
    return status.ok() ? 0 : fail(status);
}

int checkConfig(const std::string& file)
{
    if (const auto config = config::loadConfig(file); !config.ok()) {
        return fail(config.status());
    }
    std::cout << file << " is good" << std::endl;
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    CLI::App app("The Pilothouse server.", "pilothoused");
    app.set_version_flag("--version", "pilothoused " PILOTHOUSE_VERSION);
    app.require_subcommand(1);
    app.footer(kFooter);
    RunFlags flags;
    auto* runCommand = app.add_subcommand("run", "Serve until SIGTERM or SIGINT.");
    // A later flag wins, so that a script can add to a command line.
    runCommand->option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    runCommand
        ->add_option("--data-dir", flags.dataDir, "Folder of the server's state, made when missing")
        ->type_name("DIR");
    runCommand->add_option("--config", flags.config, "Configuration file (TOML)")
        ->type_name("FILE");
    runCommand
        ->add_option(
            "--grpc-listen", flags.grpcListen, "Where consoles connect; port 0 = any free one")
        ->type_name("HOST:PORT");
    runCommand
        ->add_option(
            "--http-listen",
            flags.httpListen,
            "Probes, metrics and the Prometheus API; port 0 = any free one")
        ->type_name("HOST:PORT");
    std::string file;
    auto* checkCommand =
        app.add_subcommand("check-config", "Check a configuration file and say what is wrong.");
    checkCommand->add_option("FILE", file, "Configuration file (TOML)")->type_name("")->required();
    InitOptions init;
    auto* initCommand = app.add_subcommand(
        "init", "Make the first administrator; a running server sees it at once.");
    initCommand
        ->add_option("--data-dir", flags.dataDir, "Folder of the server's state, made when missing")
        ->type_name("DIR");
    initCommand->add_option("--config", flags.config, "Configuration file (TOML)")
        ->type_name("FILE");
    initCommand->add_option("--name", init.name, "Name to sign in with")
        ->type_name("NAME")
        ->capture_default_str();
    initCommand
        ->add_option(
            "--password-file",
            init.passwordFile,
            "File whose first line is the password; without it one is made and printed")
        ->type_name("FILE");
    initCommand->add_flag(
        "--reset-password",
        init.resetPassword,
        "Give an operator who is there a new password, lift a lock and enable the account");
    initCommand->add_flag(
        "--another", init.another, "Add an administrator although there are operators already");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : kUsage;
    }
    if (!platform::initCrypto()) {
        return fail(absl::InternalError("the system gives no random numbers"));
    }
    if (checkCommand->parsed()) {
        return checkConfig(file);
    }
    return initCommand->parsed() ? initialise(flags, init) : run(flags);
}
