// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/commands/Command.h"
#include "shared/client/PlansClient.h"

#include <memory>
#include <string>

namespace pilothouse::cli {

/// What every command that changes the platform takes.
struct ConfirmFlags
{
    bool dryRun = false;
    std::string confirm;
    std::string reason;
    std::string approval;
    bool requestApproval = false;
};

/// --dry-run, --confirm, --reason, --approval and --request-approval.
std::shared_ptr<ConfirmFlags> addConfirmFlags(CLI::App* command);

/// Shows the plan of an action and, unless --dry-run, does what the server wants before it runs:
/// asks on a terminal, or takes the flags; then runs it and says `done` (nothing when that is
/// empty).
absl::Status runPlanned(
    Context& context,
    ServerSession& session,
    const ConfirmFlags& flags,
    const client::PlannedAction& action,
    const std::string& done);

/// A plan for people, and for programs.
std::string planText(const plans::Plan& plan);
Json jsonPlan(const plans::Plan& plan);

} // namespace pilothouse::cli
