// SPDX-License-Identifier: GPL-3.0-or-later
// scaling list, show, decisions, simulate, pause, resume.
#include "app/cli/commands/Command.h"
#include "app/cli/commands/PlannedAction.h"
#include "app/cli/commands/ScalingOutput.h"
#include "app/cli/input/TimeText.h"
#include "shared/base/StatusHelpers.h"

#include <absl/strings/numbers.h>
#include <absl/time/clock.h>
#include <fmt/format.h>

namespace pilothouse::cli {

namespace {

using scaling::PolicyState;

constexpr int kDefaultLimit = 20;

absl::StatusOr<std::vector<PolicyState>> policies(ServerSession& session)
{
    return await<std::vector<PolicyState>>(
        [&](auto done) { return session.scaling().listPolicies(std::move(done)); });
}

absl::Status list(Context& context, ServerSession& session)
{
    PH_ASSIGN_OR_RETURN(const auto states, policies(session));
    if (!context.printer.isJson()) {
        printScalingPolicies(context.printer, states, absl::Now());
        return absl::OkStatus();
    }
    Json json = Json::array();
    for (const PolicyState& state : states) {
        json.push_back(scalingStateJson(state));
    }
    context.printer.print(Json{{"policies", std::move(json)}});
    return absl::OkStatus();
}

absl::Status show(Context& context, ServerSession& session, const std::string& policy)
{
    PH_ASSIGN_OR_RETURN(const auto states, policies(session));
    for (const PolicyState& state : states) {
        if (state.policy.name != policy) {
            continue;
        }
        if (context.printer.isJson()) {
            context.printer.print(scalingStateJson(state));
        } else {
            printScalingPolicy(context.printer, state, absl::Now());
        }
        return absl::OkStatus();
    }
    return withHint(
        absl::NotFoundError(fmt::format("there is no scaling policy '{}'", policy)),
        "List them with 'pilothousectl scaling list'.");
}

absl::Status decisions(
    Context& context, ServerSession& session, const std::string& policy, int limit)
{
    PH_ASSIGN_OR_RETURN(const auto records, await<std::vector<scaling::Record>>([&](auto done) {
                            return session.scaling().listDecisions(policy, limit, std::move(done));
                        }));
    if (!context.printer.isJson()) {
        printScalingRecords(context.printer, records);
        return absl::OkStatus();
    }
    Json json = Json::array();
    for (const scaling::Record& record : records) {
        json.push_back(scalingRecordJson(record));
    }
    context.printer.print(Json{{"decisions", std::move(json)}});
    return absl::OkStatus();
}

struct SimulateFlags
{
    std::string policy;
    std::string start = "-1h";
    std::string end = "now";
    std::optional<int> minimum;
    std::optional<int> maximum;
    std::optional<double> tolerance;
    std::string up;
    std::string down;
    /// "requests=200"
    std::vector<std::string> targets;
};

absl::StatusOr<client::ScalingQuestion> questionOf(const SimulateFlags& flags)
{
    const absl::Time now = absl::Now();
    client::ScalingQuestion question;
    question.policy = flags.policy;
    PH_ASSIGN_OR_RETURN(question.start, parseTime(flags.start, now));
    PH_ASSIGN_OR_RETURN(question.end, parseTime(flags.end, now));
    question.overrides.least = flags.minimum;
    question.overrides.most = flags.maximum;
    question.overrides.tolerance = flags.tolerance;
    if (!flags.up.empty()) {
        PH_ASSIGN_OR_RETURN(question.overrides.upStabilisation, parseDuration(flags.up));
    }
    if (!flags.down.empty()) {
        PH_ASSIGN_OR_RETURN(question.overrides.downStabilisation, parseDuration(flags.down));
    }
    for (const std::string& word : flags.targets) {
        const std::size_t equals = word.rfind('=');
        double target = 0;
        if (equals == std::string::npos || !absl::SimpleAtod(word.substr(equals + 1), &target)) {
            return absl::InvalidArgumentError(
                fmt::format("expected METRIC=NUMBER for --target, got '{}'", word));
        }
        question.overrides.targets[word.substr(0, equals)] = target;
    }
    return question;
}

absl::Status simulate(Context& context, ServerSession& session, const SimulateFlags& flags)
{
    PH_ASSIGN_OR_RETURN(const auto question, questionOf(flags));
    PH_ASSIGN_OR_RETURN(const auto simulation, await<client::ScalingSimulation>([&](auto done) {
                            return session.scaling().simulatePolicy(question, std::move(done));
                        }));
    if (context.printer.isJson()) {
        context.printer.print(scalingSimulationJson(simulation));
    } else {
        printScalingSimulation(context.printer, simulation);
    }
    return absl::OkStatus();
}

void addSimulate(CLI::App& parent, Context& context)
{
    CLI::App* command = parent.add_subcommand(
        "simulate", "What a policy would have done over recorded metrics; changes nothing");
    const auto flags = std::make_shared<SimulateFlags>();
    command->add_option("POLICY", flags->policy, "the policy")->required();
    command->add_option("--start", flags->start, "from then on (default: -1h)")->type_name("TIME");
    command->add_option("--end", flags->end, "until then (default: now)")->type_name("TIME");
    command->add_option("--min", flags->minimum, "another minimum")->type_name("N");
    command->add_option("--max", flags->maximum, "another maximum")->type_name("N");
    command->add_option("--tolerance", flags->tolerance, "another tolerance, such as 0.05")
        ->type_name("SHARE");
    command->add_option("--up-stabilisation", flags->up, "another window")->type_name("DURATION");
    command->add_option("--down-stabilisation", flags->down, "another window")
        ->type_name("DURATION");
    command->add_option("--target", flags->targets, "another target of a metric; repeatable")
        ->type_name("METRIC=NUMBER");
    command->footer(
        "\nExample:\n  pilothousectl scaling simulate checkout --start -6h --target requests=200");
    runsWithSession(command, context, [&context, flags](ServerSession& session) {
        return simulate(context, session, *flags);
    });
}

/// pause and resume.
void addAction(CLI::App& parent, Context& context, bool isPause)
{
    CLI::App* command = parent.add_subcommand(
        isPause ? "pause" : "resume",
        isPause ? "Scale nothing until it is resumed; --reason is shown with it"
                : "Scale by the load again");
    const auto policy = std::make_shared<std::string>();
    command->add_option("POLICY", *policy, "the policy")->required();
    const auto flags = addConfirmFlags(command);
    runsWithSession(command, context, [&context, policy, flags, isPause](ServerSession& session) {
        return runPlanned(
            context,
            session,
            *flags,
            [&session, policy, isPause](
                const plans::Request& request, client::OnDone<plans::Plan> onDone) {
                return isPause
                           ? session.scaling().pausePolicy(*policy, request, std::move(onDone))
                           : session.scaling().resumePolicy(*policy, request, std::move(onDone));
            },
            fmt::format("Autoscaling of {} is {}", *policy, isPause ? "paused" : "resumed"));
    });
}

} // namespace

void addScalingCommands(CLI::App& app, Context& context)
{
    CLI::App* scaling =
        app.add_subcommand("scaling", "Autoscaling: how many instances there should be");
    scaling->require_subcommand(1);
    runsWithSession(
        scaling->add_subcommand("list", "Policies with their last decision"),
        context,
        [&context](ServerSession& session) { return list(context, session); });
    CLI::App* showCommand = scaling->add_subcommand("show", "One policy, and what its metrics say");
    const auto shown = std::make_shared<std::string>();
    showCommand->add_option("POLICY", *shown, "the policy")->required();
    runsWithSession(showCommand, context, [&context, shown](ServerSession& session) {
        return show(context, session, *shown);
    });
    CLI::App* history = scaling->add_subcommand("decisions", "What was decided, newest first");
    const auto policy = std::make_shared<std::string>();
    const auto limit = std::make_shared<int>(kDefaultLimit);
    history->add_option("POLICY", *policy, "only of this one (default: all)");
    history->add_option("--limit", *limit, "so many (default: 20)")
        ->type_name("N")
        ->check(CLI::Range(1, 10000));
    runsWithSession(history, context, [&context, policy, limit](ServerSession& session) {
        return decisions(context, session, *policy, *limit);
    });
    addSimulate(*scaling, context);
    addAction(*scaling, context, /*isPause=*/true);
    addAction(*scaling, context, /*isPause=*/false);
}

} // namespace pilothouse::cli
