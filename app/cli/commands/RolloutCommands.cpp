// SPDX-License-Identifier: GPL-3.0-or-later
// rollouts list, status, watch, start, promote, pause, resume, keep-warm, abort, rollback, history,
// receipt.
#include "app/cli/commands/Command.h"
#include "app/cli/commands/PlannedAction.h"
#include "app/cli/commands/RolloutOutput.h"
#include "app/cli/connect/StreamInbox.h"
#include "app/cli/input/TimeText.h"
#include "app/cli/output/Terminal.h"
#include "app/cli/output/TextWidth.h"
#include "shared/base/StatusHelpers.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace pilothouse::cli {

namespace {

using client::RolloutOutcome;
using client::RolloutTarget;
using rollouts::Application;
using rollouts::Rollout;

constexpr int kDefaultLimit = 20;

/// A planned action of RolloutsClient.
using RolloutAction =
    std::function<client::CallPtr(const plans::Request&, client::OnDone<RolloutOutcome>)>;

/// What the command says when it is done.
std::string doneText(const Rollout& rollout)
{
    return fmt::format(
        "Rollout {} of {} is {}: {}",
        rollout.id,
        printable(rollout.application),
        std::string(stepName(rollout.step)),
        printable(rollout.message));
}

void printOutcome(Context& context, const RolloutOutcome& outcome)
{
    if (!outcome.rollout) {
        return;
    }
    if (context.printer.isJson()) {
        context.printer.print(Json{
            {"rollout", rolloutJson(*outcome.rollout)},
            {"recordedLocally", outcome.isRecordedLocally},
            {"executed", true}});
        return;
    }
    context.printer.line(doneText(*outcome.rollout));
}

/// Plans, asks and runs the action; answers what came of it, nothing after a dry run.
absl::Status runAction(
    Context& context,
    ServerSession& session,
    const ConfirmFlags& flags,
    const RolloutAction& action)
{
    // In JSON the plan of what was executed is what a program reads; for people the rollout.
    const auto last = std::make_shared<RolloutOutcome>();
    const client::PlannedAction planned =
        [&action, last](const plans::Request& request, client::OnDone<plans::Plan> onDone) {
            return action(
                request, [last, done = std::move(onDone)](absl::StatusOr<RolloutOutcome> outcome) {
                    if (!outcome.ok()) {
                        done(outcome.status());
                        return;
                    }
                    *last = *std::move(outcome);
                    done(last->plan);
                });
        };
    PH_RETURN_IF_ERROR(runPlanned(context, session, flags, planned, ""));
    if (last->rollout && !context.printer.isJson()) {
        context.printer.line(doneText(*last->rollout));
    }
    return absl::OkStatus();
}

bool isAway(const absl::Status& status)
{
    return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

/// The plan of a rollback needs the database; the rollback does not.
absl::Status rollBack(
    Context& context,
    ServerSession& session,
    const ConfirmFlags& flags,
    const RolloutTarget& target)
{
    bool isPlanned = false;
    const RolloutAction action = [&](const plans::Request& request,
                                     client::OnDone<RolloutOutcome> onDone) {
        return session.rollouts().rollBack(
            target,
            request,
            [&isPlanned, done = std::move(onDone)](absl::StatusOr<RolloutOutcome> outcome) {
                isPlanned = isPlanned || outcome.ok();
                done(std::move(outcome));
            });
    };
    absl::Status status = runAction(context, session, flags, action);
    if (isPlanned || !isAway(status) || flags.dryRun || flags.requestApproval) {
        return status;
    }
    printNote(fmt::format(
        "no plan can be made ({}); rolling back without one", std::string(status.message())));
    plans::Confirmation confirmation;
    confirmation.reason = flags.reason;
    PH_ASSIGN_OR_RETURN(const RolloutOutcome outcome, await<RolloutOutcome>([&](auto done) {
                            return session.rollouts().rollBack(
                                target, plans::confirmed(confirmation), std::move(done));
                        }));
    printOutcome(context, outcome);
    return absl::OkStatus();
}

absl::StatusOr<std::vector<Application>> applicationsLike(
    ServerSession& session, const std::string& name)
{
    PH_ASSIGN_OR_RETURN(auto applications, await<std::vector<Application>>([&](auto done) {
                            return session.rollouts().listApplications(std::move(done));
                        }));
    if (name.empty()) {
        return applications;
    }
    std::erase_if(applications, [&](const Application& one) { return one.name != name; });
    if (applications.empty()) {
        return withHint(
            absl::NotFoundError(fmt::format("there is no application '{}'", name)),
            "List them with 'pilothousectl rollouts list'.");
    }
    return applications;
}

absl::Status showList(Context& context, ServerSession& session)
{
    PH_ASSIGN_OR_RETURN(const auto applications, applicationsLike(session, ""));
    if (context.printer.isJson()) {
        Json list = Json::array();
        for (const Application& one : applications) {
            list.push_back(applicationJson(one));
        }
        context.printer.print(Json{{"applications", std::move(list)}});
        return absl::OkStatus();
    }
    printApplications(context.printer, applications, absl::Now());
    return absl::OkStatus();
}

absl::Status showStatus(Context& context, ServerSession& session, const std::string& name)
{
    PH_ASSIGN_OR_RETURN(const auto applications, applicationsLike(session, name));
    if (context.printer.isJson()) {
        Json list = Json::array();
        for (const Application& one : applications) {
            list.push_back(applicationJson(one));
        }
        context.printer.print(
            name.empty() ? Json{{"applications", std::move(list)}} : Json(list.front()));
        return absl::OkStatus();
    }
    for (const Application& one : applications) {
        context.printer.line(applicationText(one, absl::Now()));
    }
    return absl::OkStatus();
}

/// A line each time that the step, its message or a tenth of the evidence is new, until the rollout
/// that was open has ended.
absl::Status watch(Context& context, ServerSession& session, const std::string& name)
{
    using Applications = std::vector<Application>;
    StreamInbox<Applications> inbox(session, [](Applications& waiting, Applications&& incoming) {
        waiting = std::move(incoming);
    });
    inbox.open([&](auto onMessage, auto onEnd) {
        return session.rollouts().watchApplications(name, std::move(onMessage), std::move(onEnd));
    });
    std::string shown;
    bool wasOpen = false;
    while (!context.printer.isBroken()) {
        PH_ASSIGN_OR_RETURN(const auto applications, inbox.take());
        if (!applications) {
            return absl::UnavailableError("the stream has ended");
        }
        if (applications->empty()) {
            continue;
        }
        const Application& one = applications->front();
        const bool isOpen = one.rollout && !rollouts::hasEnded(one.rollout->step);
        double evidence = 0;
        for (const auto& metric :
             one.rollout ? one.rollout->evidence : std::vector<rollouts::MetricEvidence>{}) {
            evidence += metric.promote + metric.abort;
        }
        std::string key = fmt::format(
            "{} {} {} {} {:.0f}",
            one.problem,
            one.rollout ? one.rollout->generation : 0,
            one.rollout ? one.rollout->message : "",
            one.rollout ? std::string(verdictName(one.rollout->verdict)) : "",
            10 * evidence);
        if (key != shown) {
            shown = std::move(key);
            context.printer.line(
                context.printer.isJson()
                    ? applicationJson(one).dump(-1, ' ', false, Json::error_handler_t::replace)
                    : progressLine(one, absl::Now()));
            std::fflush(stdout);
        }
        if (wasOpen && !isOpen) {
            return absl::OkStatus();
        }
        wasOpen = isOpen;
    }
    return absl::OkStatus();
}

absl::Status showHistory(
    Context& context, ServerSession& session, const std::string& application, int limit)
{
    PH_ASSIGN_OR_RETURN(
        const std::vector<Rollout> list, await<std::vector<Rollout>>([&](auto done) {
            return session.rollouts().listRollouts(application, limit, std::move(done));
        }));
    if (context.printer.isJson()) {
        Json json = Json::array();
        for (const Rollout& one : list) {
            json.push_back(rolloutJson(one));
        }
        context.printer.print(Json{{"rollouts", std::move(json)}});
        return absl::OkStatus();
    }
    printRollouts(context.printer, list, absl::Now());
    return absl::OkStatus();
}

absl::Status showReceipt(Context& context, ServerSession& session, const std::string& id)
{
    PH_ASSIGN_OR_RETURN(
        const client::RolloutReceipt receipt, await<client::RolloutReceipt>([&](auto done) {
            return session.rollouts().getRollout(id, std::move(done));
        }));
    if (context.printer.isJson()) {
        context.printer.print(receiptJson(receipt));
    } else {
        context.printer.line(receiptText(receipt));
    }
    return absl::OkStatus();
}

void addLooking(CLI::App& group, Context& context)
{
    runsWithSession(
        group.add_subcommand("list", "Applications, and where their traffic is"),
        context,
        [&context](ServerSession& session) { return showList(context, session); });
    const auto name = std::make_shared<std::string>();
    CLI::App* status =
        group.add_subcommand("status", "Sides, rollout, gates and comparison of an application");
    status->add_option("APPLICATION", *name, "all when left out");
    runsWithSession(status, context, [&context, name](ServerSession& session) {
        return showStatus(context, session, *name);
    });
    CLI::App* watchCommand = group.add_subcommand("watch", "Follow a rollout to its end");
    watchCommand->add_option("APPLICATION", *name, "from 'rollouts list'")->required();
    runsWithSession(watchCommand, context, [&context, name](ServerSession& session) {
        return watch(context, session, *name);
    });
    CLI::App* history = group.add_subcommand("history", "Rollouts, the newest first");
    const auto limit = std::make_shared<int>(kDefaultLimit);
    history->add_option("APPLICATION", *name, "of all when left out");
    history->add_option("--limit", *limit, "how many")
        ->type_name("N")
        ->check(CLI::Range(1, 10000))
        ->capture_default_str();
    runsWithSession(history, context, [&context, name, limit](ServerSession& session) {
        return showHistory(context, session, *name, *limit);
    });
    CLI::App* receipt = group.add_subcommand("receipt", "Who did what in a rollout, and when");
    const auto id = std::make_shared<std::string>();
    receipt->add_option("ID", *id, "from 'rollouts history'")->required();
    runsWithSession(receipt, context, [&context, id](ServerSession& session) {
        return showReceipt(context, session, *id);
    });
}

void addStart(CLI::App& group, Context& context)
{
    CLI::App* start =
        group.add_subcommand("start", "Begin a rollout onto the side without traffic");
    const auto rollout = std::make_shared<client::NewRollout>();
    const auto flags = addConfirmFlags(start);
    start->add_option("APPLICATION", rollout->application, "from 'rollouts list'")->required();
    start->add_option("--revision", rollout->revision, "what is rolled out: a version")
        ->type_name("TEXT")
        ->required();
    start->add_option("--description", rollout->description, "what is in it")->type_name("TEXT");
    runsWithSession(start, context, [&context, rollout, flags](ServerSession& session) {
        return runAction(
            context,
            session,
            *flags,
            [&](const plans::Request& request, client::OnDone<RolloutOutcome> onDone) {
                return session.rollouts().startRollout(*rollout, request, std::move(onDone));
            });
    });
}

void addPromote(CLI::App& group, Context& context)
{
    CLI::App* promote = group.add_subcommand("promote", "Send the traffic to the candidate");
    const auto target = std::make_shared<RolloutTarget>();
    const auto reason = std::make_shared<std::string>();
    const auto flags = addConfirmFlags(promote);
    promote->add_option("APPLICATION", target->application, "from 'rollouts list'")->required();
    promote->add_option("--rollout", target->rolloutId, "only when the open one is this")
        ->type_name("ID");
    promote
        ->add_option(
            "--override",
            *reason,
            "promote although the verdict or the change window is against it, and why")
        ->type_name("REASON");
    runsWithSession(promote, context, [&context, target, reason, flags](ServerSession& session) {
        return runAction(
            context,
            session,
            *flags,
            [&](const plans::Request& request, client::OnDone<RolloutOutcome> onDone) {
                return session.rollouts().promoteRollout(
                    *target, *reason, request, std::move(onDone));
            });
    });
}

void addStep(CLI::App& group, Context& context)
{
    CLI::App* command = group.add_subcommand(
        "step", "Give the candidate a share of the traffic before its promotion");
    const auto target = std::make_shared<RolloutTarget>();
    const auto percent = std::make_shared<std::optional<int>>();
    const auto flags = addConfirmFlags(command);
    command->add_option("APPLICATION", target->application, "from 'rollouts list'")->required();
    command->add_option("--rollout", target->rolloutId, "only when the open one is this")
        ->type_name("ID");
    command->add_option("--percent", *percent, "how much, instead of the next configured step")
        ->type_name("N")
        ->check(CLI::Range(0, rollouts::kMostCandidatePercent));
    runsWithSession(command, context, [&context, target, percent, flags](ServerSession& session) {
        return runAction(
            context,
            session,
            *flags,
            [&](const plans::Request& request, client::OnDone<RolloutOutcome> onDone) {
                return session.rollouts().stepTraffic(
                    *target, *percent, request, std::move(onDone));
            });
    });
}

using SimpleAction = client::CallPtr (client::RolloutsClient::*)(
    const RolloutTarget&, const plans::Request&, client::OnDone<RolloutOutcome>);

void addSimple(
    CLI::App& group,
    Context& context,
    const char* name,
    const char* description,
    SimpleAction action)
{
    CLI::App* command = group.add_subcommand(name, description);
    const auto target = std::make_shared<RolloutTarget>();
    const auto flags = addConfirmFlags(command);
    command->add_option("APPLICATION", target->application, "from 'rollouts list'")->required();
    command->add_option("--rollout", target->rolloutId, "only when the open one is this")
        ->type_name("ID");
    runsWithSession(command, context, [&context, target, flags, action](ServerSession& session) {
        return runAction(
            context,
            session,
            *flags,
            [&](const plans::Request& request, client::OnDone<RolloutOutcome> onDone) {
                return (session.rollouts().*action)(*target, request, std::move(onDone));
            });
    });
}

void addKeepWarm(CLI::App& group, Context& context)
{
    CLI::App* command =
        group.add_subcommand("keep-warm", "Keep the old side, to roll back to it at once");
    const auto target = std::make_shared<RolloutTarget>();
    const auto duration = std::make_shared<std::string>();
    const auto flags = addConfirmFlags(command);
    command->add_option("APPLICATION", target->application, "from 'rollouts list'")->required();
    command->add_option("DURATION", *duration, "from now: 30m, 2h")->required();
    runsWithSession(
        command,
        context,
        [&context, target, duration, flags](ServerSession& session) -> absl::Status {
            PH_ASSIGN_OR_RETURN(const absl::Duration wanted, parseDuration(*duration));
            return runAction(
                context,
                session,
                *flags,
                [&](const plans::Request& request, client::OnDone<RolloutOutcome> onDone) {
                    return session.rollouts().keepWarm(*target, wanted, request, std::move(onDone));
                });
        });
}

void addRollback(CLI::App& group, Context& context)
{
    CLI::App* command = group.add_subcommand(
        "rollback", "Send the traffic back to the old side; works without the database, too");
    const auto target = std::make_shared<RolloutTarget>();
    const auto flags = addConfirmFlags(command);
    command->add_option("APPLICATION", target->application, "from 'rollouts list'")->required();
    command->add_option("--rollout", target->rolloutId, "only when the open one is this")
        ->type_name("ID");
    runsWithSession(command, context, [&context, target, flags](ServerSession& session) {
        return rollBack(context, session, *flags, *target);
    });
}

} // namespace

void addRolloutCommands(CLI::App& app, Context& context)
{
    CLI::App* group = app.add_subcommand("rollouts", "Promote a new version, or roll it back");
    group->require_subcommand(1);
    group->footer("\nExamples:\n"
                  "  pilothousectl rollouts start checkout --revision 2.4.0\n"
                  "  pilothousectl rollouts watch checkout\n"
                  "  pilothousectl rollouts promote checkout\n"
                  "  pilothousectl rollouts rollback checkout --reason 'errors at the till'");
    addLooking(*group, context);
    addStart(*group, context);
    addStep(*group, context);
    addPromote(*group, context);
    addSimple(
        *group,
        context,
        "pause",
        "Take no step until it is resumed",
        &client::RolloutsClient::pauseRollout);
    addSimple(
        *group, context, "resume", "Go on after a pause", &client::RolloutsClient::resumeRollout);
    addKeepWarm(*group, context);
    addSimple(
        *group,
        context,
        "abort",
        "End a rollout before its promotion",
        &client::RolloutsClient::abortRollout);
    addRollback(*group, context);
}

} // namespace pilothouse::cli
