// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/PlannedAction.h"

#include "app/cli/input/Prompt.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::cli {

namespace {

using plans::Friction;
using plans::Plan;

absl::Status cancelled()
{
    return absl::CancelledError("nothing was changed");
}

absl::Status needsFlag(const Plan& plan, const char* flag)
{
    return withHint(
        absl::InvalidArgumentError(fmt::format(
            "'{}' needs a confirmation, and there is no terminal to ask on", plan.title)),
        fmt::format("Look at it with --dry-run, then give {}.", flag));
}

/// The environment's name, typed here or given as --confirm; from F2 a script has to know where it
/// acts, a person at F2 only says yes.
absl::StatusOr<std::string> confirmedName(const Plan& plan, const ConfirmFlags& flags)
{
    if (plan.friction < Friction::F2) {
        return flags.confirm;
    }
    if (!flags.confirm.empty()) {
        if (flags.confirm != plan.environmentName) {
            return withHint(
                absl::InvalidArgumentError(
                    fmt::format("'{}' is not the name of this environment", flags.confirm)),
                fmt::format("It is '{}', if that is the one that you mean.", plan.environmentName));
        }
        return flags.confirm;
    }
    if (!canAsk()) {
        return needsFlag(plan, "--confirm with the environment's name");
    }
    if (plan.friction == Friction::F2) {
        PH_ASSIGN_OR_RETURN(const std::string answer, ask("Do it? [y/N] "));
        return answer == "y" || answer == "Y" || answer == "yes" ? absl::StatusOr<std::string>("")
                                                                 : cancelled();
    }
    PH_ASSIGN_OR_RETURN(
        const std::string typed, ask(fmt::format("Type '{}' to do it: ", plan.environmentName)));
    return typed == plan.environmentName ? absl::StatusOr<std::string>(typed) : cancelled();
}

absl::StatusOr<std::string> givenReason(const Plan& plan, const ConfirmFlags& flags)
{
    if (!flags.reason.empty() || plan.friction < Friction::F3) {
        return flags.reason;
    }
    if (!canAsk()) {
        return needsFlag(plan, "--reason");
    }
    return ask("Reason: ");
}

/// The one that was named, or one of one's own that fits this plan.
absl::StatusOr<std::string> usableApproval(
    ServerSession& session, const Plan& plan, const ConfirmFlags& flags)
{
    if (!flags.approval.empty() || plan.friction < Friction::F4) {
        return flags.approval;
    }
    PH_ASSIGN_OR_RETURN(const plans::Safety safety, await<plans::Safety>([&](auto done) {
                            return session.plans().getSafety(std::move(done));
                        }));
    const auto ready =
        std::ranges::find_if(safety.readyApprovals, [&](const plans::Approval& approval) {
            return approval.plan.digest == plan.digest;
        });
    if (ready != safety.readyApprovals.end()) {
        return ready->id;
    }
    return withHint(
        withReason(
            absl::FailedPreconditionError(
                fmt::format("'{}' needs a second person's approval", plan.title)),
            "APPROVAL_NEEDED"),
        "Repeat with --request-approval and --reason; when it is approved, repeat without.");
}

absl::Status requestApproval(
    Context& context, ServerSession& session, const Plan& plan, const ConfirmFlags& flags)
{
    PH_ASSIGN_OR_RETURN(const std::string reason, givenReason(plan, flags));
    PH_ASSIGN_OR_RETURN(const plans::Approval approval, await<plans::Approval>([&](auto done) {
                            return session.plans().requestApproval(
                                plan.digest, reason, std::move(done));
                        }));
    if (context.printer.isJson()) {
        Json json = jsonPlan(plan);
        json["approvalId"] = approval.id;
        json["executed"] = false;
        context.printer.print(json);
        return absl::OkStatus();
    }
    context.printer.line(fmt::format(
        "Approval {} requested; another operator says: pilothousectl approvals approve {}",
        approval.id,
        approval.id));
    return absl::OkStatus();
}

/// The server's hint speaks of what to do, this one of which command.
absl::Status withCommandHint(absl::Status status)
{
    return reasonOf(status) == "LEASE_NEEDED"
               ? withHint(
                     std::move(status),
                     "Unlock writes first: 'pilothousectl lease take --reason TEXT'.")
               : status;
}

void printPlan(Context& context, const Plan& plan)
{
    if (!context.printer.isJson()) {
        context.printer.line(planText(plan));
    }
}

std::string numberText(const plans::ImpactNumber& number)
{
    return fmt::format(
        "{}: {:g}{}{}", number.name, number.value, number.unit.empty() ? "" : " ", number.unit);
}

const char* reversibilityText(plans::Reversibility reversibility)
{
    switch (reversibility) {
    case plans::Reversibility::Instant:
        return "instant";
    case plans::Reversibility::Easy:
        return "easy";
    case plans::Reversibility::Hard:
        return "hard";
    case plans::Reversibility::Never:
        break;
    }
    return "never";
}

const char* reachText(plans::Reach reach)
{
    switch (reach) {
    case plans::Reach::Narrow:
        return "narrow";
    case plans::Reach::Wide:
        return "wide";
    case plans::Reach::Whole:
        break;
    }
    return "whole";
}

} // namespace

std::shared_ptr<ConfirmFlags> addConfirmFlags(CLI::App* command)
{
    auto flags = std::make_shared<ConfirmFlags>();
    command->add_flag("--dry-run", flags->dryRun, "show what would be done, change nothing");
    command->add_option("--confirm", flags->confirm, "the environment's name, instead of typing it")
        ->type_name("NAME");
    command->add_option("--reason", flags->reason, "why, for the audit")->type_name("TEXT");
    command->add_option("--approval", flags->approval, "id of a second person's approval")
        ->type_name("ID");
    command->add_flag(
        "--request-approval", flags->requestApproval, "ask a second person, change nothing");
    return flags;
}

absl::Status runPlanned(
    Context& context,
    ServerSession& session,
    const ConfirmFlags& flags,
    const client::PlannedAction& action,
    const std::string& done)
{
    PH_ASSIGN_OR_RETURN(const Plan plan, await<Plan>([&](auto answer) {
                            return action(plans::planOnly(), std::move(answer));
                        }));
    if (flags.dryRun) {
        printPlan(context, plan);
        if (context.printer.isJson()) {
            Json json = jsonPlan(plan);
            json["executed"] = false;
            context.printer.print(json);
        }
        return absl::OkStatus();
    }
    if (flags.requestApproval) {
        printPlan(context, plan);
        return requestApproval(context, session, plan, flags);
    }
    if (plan.friction >= Friction::F2 && flags.confirm.empty()) {
        printPlan(context, plan); // what the person is asked about
    }
    PH_ASSIGN_OR_RETURN(const std::string approval, usableApproval(session, plan, flags));
    PH_ASSIGN_OR_RETURN(const std::string name, confirmedName(plan, flags));
    PH_ASSIGN_OR_RETURN(const std::string reason, givenReason(plan, flags));
    const plans::Confirmation confirmation{plan.digest, reason, name, approval};
    const auto executed = await<Plan>(
        [&](auto answer) { return action(plans::confirmed(confirmation), std::move(answer)); });
    if (!executed.ok()) {
        return withCommandHint(executed.status());
    }
    if (context.printer.isJson()) {
        Json json = jsonPlan(*executed);
        json["executed"] = true;
        context.printer.print(json);
    } else if (!done.empty()) {
        context.printer.line(done);
    }
    return absl::OkStatus();
}

std::string planText(const plans::Plan& plan)
{
    std::string text = fmt::format(
        "{} on {} ({}), {}\n  {}\n",
        plan.title,
        plan.environmentName,
        std::string(system::environmentName(plan.environment)),
        std::string(plans::frictionName(plan.friction)),
        plan.impact.summary);
    for (const plans::ImpactNumber& number : plan.impact.numbers) {
        text += fmt::format("  {}\n", numberText(number));
    }
    for (const plans::Fact& fact : plan.facts) {
        text += fmt::format("  {}: {}\n", fact.name, fact.value);
    }
    text += fmt::format(
        "  undo: {}\n  plan: {}",
        plan.impact.undo.empty() ? "cannot be undone" : plan.impact.undo,
        plan.digest);
    return text;
}

Json jsonPlan(const plans::Plan& plan)
{
    Json numbers = Json::array();
    for (const plans::ImpactNumber& number : plan.impact.numbers) {
        numbers.push_back({{"name", number.name}, {"value", number.value}, {"unit", number.unit}});
    }
    Json facts = Json::array();
    for (const plans::Fact& fact : plan.facts) {
        facts.push_back({{"name", fact.name}, {"value", fact.value}});
    }
    return Json{
        {"action", plan.action},
        {"target", plan.target},
        {"title", plan.title},
        {"environment", std::string(system::environmentName(plan.environment))},
        {"environmentName", plan.environmentName},
        {"friction", std::string(plans::frictionName(plan.friction))},
        {"needsLease", plan.needsLease},
        {"summary", plan.impact.summary},
        {"reversibility", reversibilityText(plan.impact.reversibility)},
        {"reach", reachText(plan.impact.reach)},
        {"undo", plan.impact.undo},
        {"numbers", std::move(numbers)},
        {"facts", std::move(facts)},
        {"digest", plan.digest},
        {"expireTime", jsonTime(plan.expireTime)}};
}

} // namespace pilothouse::cli
