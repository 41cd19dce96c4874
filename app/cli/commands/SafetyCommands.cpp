// SPDX-License-Identifier: GPL-3.0-or-later
// lease, approvals.
#include "app/cli/commands/PlannedAction.h"
#include "app/cli/input/Prompt.h"
#include "app/cli/input/TimeText.h"
#include "shared/base/StatusHelpers.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

namespace pilothouse::cli {

namespace {

using plans::Approval;
using plans::Lease;
using plans::Safety;

constexpr int kMostApprovals = 10000;

Json jsonLease(const Lease& lease)
{
    return Json{
        {"operator", lease.operatorName},
        {"reason", lease.reason},
        {"startTime", jsonTime(lease.startTime)},
        {"expireTime", jsonTime(lease.expireTime)}};
}

Json jsonApproval(const Approval& approval)
{
    return Json{
        {"id", approval.id},
        {"state", std::string(plans::approvalStateName(approval.state))},
        {"requester", approval.requester},
        {"reason", approval.reason},
        {"requestTime", jsonTime(approval.requestTime)},
        {"expireTime", jsonTime(approval.expireTime)},
        {"decidedBy", approval.decidedBy},
        {"decideTime", jsonTime(approval.decideTime)},
        {"comment", approval.comment},
        {"useTime", jsonTime(approval.useTime)},
        {"plan", jsonPlan(approval.plan)}};
}

absl::StatusOr<Safety> getSafety(ServerSession& session)
{
    return await<Safety>([&](auto done) { return session.plans().getSafety(std::move(done)); });
}

absl::StatusOr<Approval> getApproval(ServerSession& session, const std::string& id)
{
    return await<Approval>(
        [&](auto done) { return session.plans().getApproval(id, std::move(done)); });
}

absl::Status takeLease(Context& context, ServerSession& session, std::string reason)
{
    if (reason.empty()) {
        if (!canAsk()) {
            return withHint(
                absl::InvalidArgumentError("a lease needs a reason"), "Give --reason TEXT.");
        }
        PH_ASSIGN_OR_RETURN(reason, ask("Reason: "));
    }
    PH_ASSIGN_OR_RETURN(const Lease lease, await<Lease>([&](auto done) {
                            return session.plans().takeLease(reason, std::move(done));
                        }));
    if (context.printer.isJson()) {
        context.printer.print(jsonLease(lease));
    } else {
        context.printer.line(fmt::format(
            "Writes are unlocked for you until {} UTC ({}).",
            shortTime(lease.expireTime),
            sinceText(lease.expireTime, absl::Now())));
    }
    return absl::OkStatus();
}

absl::Status showLease(Context& context, ServerSession& session)
{
    PH_ASSIGN_OR_RETURN(const Safety safety, getSafety(session));
    if (context.printer.isJson()) {
        Json others = Json::array();
        for (const Lease& lease : safety.otherLeases) {
            others.push_back(jsonLease(lease));
        }
        context.printer.print(Json{
            {"environment", std::string(system::environmentName(safety.environment))},
            {"environmentName", safety.environmentName},
            {"needsLease", safety.needsLease},
            {"lease", safety.lease ? jsonLease(*safety.lease) : Json(nullptr)},
            {"others", std::move(others)}});
        return absl::OkStatus();
    }
    if (!safety.needsLease) {
        context.printer.line(fmt::format("{} needs no lease.", safety.environmentName));
    } else if (!safety.lease) {
        context.printer.line(fmt::format("{} is read-only for you.", safety.environmentName));
    }
    Table table({{"OPERATOR"}, {"REASON", Align::Left, true}, {"SINCE"}, {"ENDS"}});
    std::vector<Lease> leases = safety.otherLeases;
    if (safety.lease) {
        leases.insert(leases.begin(), *safety.lease);
    }
    const absl::Time now = absl::Now();
    for (const Lease& lease : leases) {
        table.add(
            {lease.operatorName,
             lease.reason,
             shortTime(lease.startTime),
             sinceText(lease.expireTime, now)});
    }
    if (!leases.empty()) {
        context.printer.print(table);
    }
    return absl::OkStatus();
}

void addLease(CLI::App& app, Context& context)
{
    CLI::App* lease = app.add_subcommand("lease", "Unlock writes in production for a while");
    lease->require_subcommand(1);
    CLI::App* take = lease->add_subcommand("take", "Unlock writes, or extend the lease");
    const auto reason = std::make_shared<std::string>();
    take->add_option("--reason", *reason, "what you are going to do")->type_name("TEXT");
    runsWithSession(take, context, [&context, reason](ServerSession& session) {
        return takeLease(context, session, *reason);
    });
    runsWithSession(
        lease->add_subcommand("show", "Your lease and those of others"),
        context,
        [&context](ServerSession& session) { return showLease(context, session); });
    runsWithSession(
        lease->add_subcommand("end", "Lock writes again"),
        context,
        [&context](ServerSession& session) -> absl::Status {
            PH_RETURN_IF_ERROR(await<client::Nothing>([&](auto done) {
                                   return session.plans().endLease(std::move(done));
                               }).status());
            context.printer.line("Writes are locked.");
            return absl::OkStatus();
        });
}

absl::Status listApprovals(Context& context, ServerSession& session, bool all)
{
    PH_ASSIGN_OR_RETURN(
        const std::vector<Approval> approvals, await<std::vector<Approval>>([&](auto done) {
            return session.plans().listApprovals(!all, kMostApprovals, std::move(done));
        }));
    if (context.printer.isJson()) {
        Json list = Json::array();
        for (const Approval& approval : approvals) {
            list.push_back(jsonApproval(approval));
        }
        context.printer.print(Json{{"approvals", std::move(list)}});
        return absl::OkStatus();
    }
    Table table(
        {{"ID"},
         {"STATE"},
         {"WHAT", Align::Left, true},
         {"ASKED BY"},
         {"REASON", Align::Left, true},
         {"DECIDED BY"},
         {"ENDS"}});
    const absl::Time now = absl::Now();
    for (const Approval& approval : approvals) {
        table.add(
            {approval.id,
             std::string(plans::approvalStateName(approval.state)),
             approval.plan.title,
             approval.requester,
             approval.reason,
             approval.decidedBy,
             sinceText(approval.expireTime, now)});
    }
    context.printer.print(table);
    return absl::OkStatus();
}

absl::Status printApproval(Context& context, const Approval& approval)
{
    if (context.printer.isJson()) {
        context.printer.print(jsonApproval(approval));
        return absl::OkStatus();
    }
    context.printer.line(fmt::format(
        "Approval {}: {}\n{} asks: {}\n{}{}",
        approval.id,
        std::string(plans::approvalStateName(approval.state)),
        approval.requester,
        approval.reason,
        planText(approval.plan),
        approval.decidedBy.empty()
            ? ""
            : fmt::format("\n{}: {}", approval.decidedBy, approval.comment)));
    return absl::OkStatus();
}

struct DecisionFlags
{
    std::string id;
    std::string digest;
    std::string comment;
};

/// What a person approves is what was on the screen; a script names the plan.
absl::Status approve(Context& context, ServerSession& session, DecisionFlags flags)
{
    if (flags.digest.empty()) {
        PH_ASSIGN_OR_RETURN(const Approval approval, getApproval(session, flags.id));
        if (!canAsk()) {
            return withHint(
                absl::InvalidArgumentError("there is no terminal to show the plan on"),
                "Look at it with 'approvals show', then give --plan with its digest.");
        }
        if (!context.printer.isJson()) {
            PH_RETURN_IF_ERROR(printApproval(context, approval));
        }
        PH_ASSIGN_OR_RETURN(const std::string answer, ask("Approve it? [y/N] "));
        if (answer != "y" && answer != "Y" && answer != "yes") {
            return absl::CancelledError("nothing was approved");
        }
        flags.digest = approval.plan.digest;
    }
    PH_ASSIGN_OR_RETURN(const Approval approved, await<Approval>([&](auto done) {
                            return session.plans().approve(
                                flags.id, flags.digest, flags.comment, std::move(done));
                        }));
    if (context.printer.isJson()) {
        return printApproval(context, approved);
    }
    context.printer.line(fmt::format(
        "Approved; {} has until {} UTC.", approved.requester, shortTime(approved.expireTime)));
    return absl::OkStatus();
}

absl::Status reject(Context& context, ServerSession& session, DecisionFlags flags)
{
    if (flags.comment.empty() && canAsk()) {
        PH_ASSIGN_OR_RETURN(flags.comment, ask("Why not: "));
    }
    PH_ASSIGN_OR_RETURN(const Approval rejected, await<Approval>([&](auto done) {
                            return session.plans().reject(flags.id, flags.comment, std::move(done));
                        }));
    if (context.printer.isJson()) {
        return printApproval(context, rejected);
    }
    context.printer.line("Rejected.");
    return absl::OkStatus();
}

absl::Status request(
    Context& context, ServerSession& session, const std::string& digest, std::string reason)
{
    if (reason.empty() && canAsk()) {
        PH_ASSIGN_OR_RETURN(reason, ask("Reason: "));
    }
    PH_ASSIGN_OR_RETURN(const Approval approval, await<Approval>([&](auto done) {
                            return session.plans().requestApproval(digest, reason, std::move(done));
                        }));
    return printApproval(context, approval);
}

void addDecisions(CLI::App& approvals, Context& context)
{
    const auto flags = std::make_shared<DecisionFlags>();
    CLI::App* approveCommand = approvals.add_subcommand("approve", "Say yes to another's plan");
    approveCommand->add_option("ID", flags->id, "from 'approvals list'")->required();
    approveCommand->add_option("--plan", flags->digest, "digest of the plan that you looked at")
        ->type_name("DIGEST");
    approveCommand->add_option("--comment", flags->comment, "for the requester and the audit")
        ->type_name("TEXT");
    runsWithSession(approveCommand, context, [&context, flags](ServerSession& session) {
        return approve(context, session, *flags);
    });
    CLI::App* rejectCommand = approvals.add_subcommand("reject", "Say no, and why");
    rejectCommand->add_option("ID", flags->id, "from 'approvals list'")->required();
    rejectCommand->add_option("--comment", flags->comment, "why not")->type_name("TEXT");
    runsWithSession(rejectCommand, context, [&context, flags](ServerSession& session) {
        return reject(context, session, *flags);
    });
    CLI::App* withdraw = approvals.add_subcommand("withdraw", "Take your request back");
    withdraw->add_option("ID", flags->id, "from 'approvals list'")->required();
    runsWithSession(withdraw, context, [&context, flags](ServerSession& session) -> absl::Status {
        PH_ASSIGN_OR_RETURN(const Approval withdrawn, await<Approval>([&](auto done) {
                                return session.plans().withdrawApproval(flags->id, std::move(done));
                            }));
        return printApproval(context, withdrawn);
    });
}

} // namespace

void addSafetyCommands(CLI::App& app, Context& context)
{
    addLease(app, context);
    CLI::App* approvals = app.add_subcommand("approvals", "A second person for dangerous actions");
    approvals->require_subcommand(1);
    approvals->footer("\nExamples:\n"
                      "  pilothousectl operators update lee --role admin --request-approval "
                      "--reason 'on call'\n"
                      "  pilothousectl approvals approve 3f2a…\n"
                      "  pilothousectl operators update lee --role admin --confirm eu-prod-1 "
                      "--reason 'on call'");
    CLI::App* listCommand = approvals->add_subcommand("list", "Those that wait");
    const auto all = std::make_shared<bool>(false);
    listCommand->add_flag("--all", *all, "decided and expired ones, too");
    runsWithSession(listCommand, context, [&context, all](ServerSession& session) {
        return listApprovals(context, session, *all);
    });
    CLI::App* showCommand = approvals->add_subcommand("show", "One with its plan");
    const auto id = std::make_shared<std::string>();
    showCommand->add_option("ID", *id, "from 'approvals list'")->required();
    runsWithSession(showCommand, context, [&context, id](ServerSession& session) -> absl::Status {
        PH_ASSIGN_OR_RETURN(const Approval approval, getApproval(session, *id));
        return printApproval(context, approval);
    });
    CLI::App* requestCommand =
        approvals->add_subcommand("request", "Ask for a plan that a --dry-run showed you");
    const auto digest = std::make_shared<std::string>();
    const auto reason = std::make_shared<std::string>();
    requestCommand->add_option("DIGEST", *digest, "of the plan")->required();
    requestCommand->add_option("--reason", *reason, "the other person reads it")->type_name("TEXT");
    runsWithSession(requestCommand, context, [&context, digest, reason](ServerSession& session) {
        return request(context, session, *digest, *reason);
    });
    addDecisions(*approvals, context);
}

} // namespace pilothouse::cli
