// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/connect/ServerSession.h"
#include "app/cli/connect/ServerSettings.h"
#include "app/cli/output/ExitCode.h"
#include "app/cli/output/Printer.h"

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>

namespace pilothouse::cli {

/// What commands work with, and where the parser leaves the one that was asked for.
struct Context
{
    ServerSettings server;
    Printer printer;
    /// What to do once the arguments are read; its status becomes the exit code.
    std::function<absl::Status()> run;
};

/// A connected session, or why there is none.
inline absl::StatusOr<std::unique_ptr<ServerSession>> openSession(Context& context)
{
    auto options = connectionOptions(context.server);
    if (!options.ok()) {
        return options.status();
    }
    auto session = std::make_unique<ServerSession>(std::move(options).value());
    if (absl::Status status = session->connectOrExplain(); !status.ok()) {
        return status;
    }
    return session;
}

/// A command that needs a session: `act` gets it connected.
inline void runsWithSession(
    CLI::App* command, Context& context, std::function<absl::Status(ServerSession&)> act)
{
    command->callback([&context, action = std::move(act)] {
        context.run = [&context, action]() -> absl::Status {
            auto session = openSession(context);
            return session.ok() ? explainCall(action(**session), (*session)->address())
                                : session.status();
        };
    });
}

// One function a group of commands; each file has one.
void addSignInCommands(CLI::App& app, Context& context);
void addStatusCommands(CLI::App& app, Context& context);
void addPasswordCommand(CLI::App& app, Context& context);
void addSessionCommands(CLI::App& app, Context& context);
void addTokenCommands(CLI::App& app, Context& context);
void addOperatorCommands(CLI::App& app, Context& context);
void addRoleCommands(CLI::App& app, Context& context);
/// `lease` and `approvals`.
void addSafetyCommands(CLI::App& app, Context& context);
/// `metrics query|range|watch`; `metrics` is the parent of all.
void addQueryCommands(CLI::App& metrics, Context& context);
/// `metrics targets|labels|values|series|list|store`.
void addCatalogueCommands(CLI::App& metrics, Context& context);
/// `audit list|show|activity|export|verify`.
void addAuditCommands(CLI::App& app, Context& context);
/// `jobs list|show|run|…`; `jobs` is the parent of all.
void addJobCommands(CLI::App& jobs, Context& context);
/// `jobs schedules …`.
void addScheduleCommands(CLI::App& jobs, Context& context);
/// `rollouts list|status|watch|start|promote|…`.
void addRolloutCommands(CLI::App& app, Context& context);
/// `services list|show|resolve|watch`; `services` is the parent of all.
void addServicesCommands(CLI::App& services, Context& context);
/// `services register|heartbeat|deregister|drain|undrain`.
void addInstanceCommands(CLI::App& services, Context& context);
/// `scaling list|show|decisions|simulate|pause|resume`.
void addScalingCommands(CLI::App& app, Context& context);
void addCompletionCommand(CLI::App& app, Context& context);

} // namespace pilothouse::cli
