// SPDX-License-Identifier: GPL-3.0-or-later
// jobs schedules list, show, add, remove, pause, resume.
#include "app/cli/commands/Command.h"
#include "app/cli/commands/JobOutput.h"
#include "app/cli/commands/Parameters.h"
#include "app/cli/input/TimeText.h"
#include "shared/base/StatusHelpers.h"
#include "shared/client/JobsClient.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

namespace pilothouse::cli {

namespace {

using jobs::Schedule;

constexpr int kShownRuns = 10;

struct AddFlags
{
    Schedule schedule;
    std::vector<std::string> parameters;
    std::string missedRuns = "skip";
    std::string jitter;
    bool isDryRun = false;
};

absl::StatusOr<Schedule> get(ServerSession& session, const std::string& name)
{
    return await<Schedule>(
        [&](auto done) { return session.jobs().getSchedule(name, std::move(done)); });
}

absl::Status listSchedules(Context& context, ServerSession& session)
{
    PH_ASSIGN_OR_RETURN(
        const std::vector<Schedule> schedules, await<std::vector<Schedule>>([&](auto done) {
            return session.jobs().listSchedules(std::move(done));
        }));
    if (context.printer.isJson()) {
        Json list = Json::array();
        for (const Schedule& schedule : schedules) {
            list.push_back(scheduleJson(schedule));
        }
        context.printer.print(Json{{"schedules", std::move(list)}});
        return absl::OkStatus();
    }
    Table table(
        {{"NAME"},
         {"KIND"},
         {"CRON"},
         {"ZONE"},
         {"NEXT (UTC)"},
         {"LAST"},
         {"OUTCOME"},
         {"JOB", Align::Right}});
    const absl::Time now = absl::Now();
    for (const Schedule& schedule : schedules) {
        const jobs::ScheduleRun last = schedule.lastRun.value_or(jobs::ScheduleRun{});
        const std::string outcome = last.jobState ? std::string(jobs::jobStateName(*last.jobState))
                                                  : std::string(jobs::runOutcomeName(last.outcome));
        table.add(
            {schedule.name,
             schedule.kind,
             schedule.cron,
             schedule.timeZone.empty() ? "UTC" : schedule.timeZone,
             schedule.isPaused ? "paused" : shortTime(schedule.nextRunTime),
             schedule.lastRun ? sinceText(last.plannedTime, now) : "never",
             schedule.lastRun ? outcome : "",
             last.jobId});
    }
    context.printer.print(table);
    return absl::OkStatus();
}

absl::Status showSchedule(Context& context, ServerSession& session, const std::string& name)
{
    PH_ASSIGN_OR_RETURN(const Schedule schedule, get(session, name));
    PH_ASSIGN_OR_RETURN(const auto runs, await<std::vector<jobs::ScheduleRun>>([&](auto done) {
                            return session.jobs().listScheduleRuns(
                                name, kShownRuns, std::move(done));
                        }));
    PH_ASSIGN_OR_RETURN(const auto preview, await<jobs::SchedulePreview>([&](auto done) {
                            return session.jobs().previewSchedule(
                                schedule.cron, schedule.timeZone, kShownRuns, std::move(done));
                        }));
    if (context.printer.isJson()) {
        Json json = scheduleJson(schedule);
        json["next"] = Json::array();
        for (const absl::Time time : preview.times) {
            json["next"].push_back(jsonTime(time));
        }
        json["runs"] = Json::array();
        for (const auto& run : runs) {
            json["runs"].push_back(scheduleRunJson(run));
        }
        context.printer.print(json);
        return absl::OkStatus();
    }
    context.printer.line(fmt::format(
        "{}: {} {}{}",
        schedule.name,
        schedule.kind,
        preview.description,
        schedule.isPaused ? ", paused" : ""));
    for (const auto& [parameter, value] : schedule.parameters) {
        context.printer.line(fmt::format("  {}={}", parameter, value));
    }
    if (!schedule.isPaused) {
        context.printer.line("\nNEXT (UTC)");
        for (const absl::Time time : preview.times) {
            context.printer.line(shortTime(time));
        }
    }
    context.printer.line("");
    Table table(
        {{"PLANNED (UTC)"}, {"OUTCOME"}, {"JOB", Align::Right}, {"MESSAGE", Align::Left, true}});
    for (const auto& run : runs) {
        table.add(
            {shortTime(run.plannedTime),
             std::string(
                 run.jobState ? jobs::jobStateName(*run.jobState)
                              : jobs::runOutcomeName(run.outcome)),
             run.jobId,
             run.message});
    }
    context.printer.print(table);
    return absl::OkStatus();
}

absl::Status addSchedule(Context& context, ServerSession& session, const AddFlags& flags)
{
    Schedule schedule = flags.schedule;
    PH_ASSIGN_OR_RETURN(schedule.parameters, parametersOf(flags.parameters));
    schedule.missedRunPolicy =
        jobs::missedRunPolicyOf(flags.missedRuns).value_or(jobs::MissedRunPolicy::Skip);
    if (!flags.jitter.empty()) {
        PH_ASSIGN_OR_RETURN(schedule.jitter, parseDuration(flags.jitter));
    }
    PH_ASSIGN_OR_RETURN(const Schedule made, await<Schedule>([&](auto done) {
                            return session.jobs().createSchedule(
                                schedule, flags.isDryRun, std::move(done));
                        }));
    if (context.printer.isJson()) {
        context.printer.print(scheduleJson(made));
    } else {
        context.printer.line(fmt::format(
            "Schedule {} {}; first run {} UTC.",
            made.name,
            flags.isDryRun ? "would be made" : "made",
            shortTime(made.nextRunTime)));
    }
    return absl::OkStatus();
}

absl::Status setPaused(
    Context& context, ServerSession& session, const std::string& name, bool isPaused)
{
    Schedule wanted;
    wanted.name = name;
    wanted.isPaused = isPaused;
    PH_ASSIGN_OR_RETURN(const Schedule schedule, await<Schedule>([&](auto done) {
                            return session.jobs().updateSchedule(
                                wanted, {"paused"}, false, std::move(done));
                        }));
    if (context.printer.isJson()) {
        context.printer.print(scheduleJson(schedule));
    } else {
        context.printer.line(
            isPaused ? fmt::format("Schedule {} paused.", name)
                     : fmt::format(
                           "Schedule {} resumed; next run {} UTC.",
                           name,
                           shortTime(schedule.nextRunTime)));
    }
    return absl::OkStatus();
}

using Act = std::function<absl::Status(ServerSession&, const std::string&)>;

void addNamed(CLI::App& parent, Context& context, const char* name, const char* help, Act act)
{
    CLI::App* command = parent.add_subcommand(name, help);
    const auto schedule = std::make_shared<std::string>();
    command->add_option("NAME", *schedule, "from 'jobs schedules list'")->required();
    runsWithSession(command, context, [schedule, action = std::move(act)](ServerSession& session) {
        return action(session, *schedule);
    });
}

void addAdd(CLI::App& parent, Context& context)
{
    CLI::App* add = parent.add_subcommand("add", "Start a job again and again");
    const auto flags = std::make_shared<AddFlags>();
    add->add_option("NAME", flags->schedule.name, "lower-case, for example nightly")->required();
    add->add_option("CRON", flags->schedule.cron, "minute hour day month weekday, quoted")
        ->required();
    add->add_option("KIND", flags->schedule.kind, "from 'jobs kinds'")->required();
    add->add_option("PARAMETER", flags->parameters, "name=value; name=@FILE reads a file");
    add->add_option("--time-zone", flags->schedule.timeZone, "for example Europe/Berlin")
        ->type_name("ZONE");
    add->add_option("--missed", flags->missedRuns, "times that passed while no server ran")
        ->check(CLI::IsMember({"skip", "run-once"}));
    add->add_option("--jitter", flags->jitter, "start up to so much later")->type_name("DURATION");
    add->add_option("--priority", flags->schedule.priority, "-100 to 100, higher goes first")
        ->check(CLI::Range(-100, 100));
    add->add_option("--description", flags->schedule.description, "for other operators");
    add->add_flag("--dry-run", flags->isDryRun, "check and say when it would first run");
    add->footer("\nExample:\n  pilothousectl jobs schedules add nightly '30 2 * * *' "
                "metrics.baseline name=night span=24h \\\n"
                "    --time-zone Europe/Berlin --missed run-once");
    runsWithSession(add, context, [&context, flags](ServerSession& session) {
        return addSchedule(context, session, *flags);
    });
}

} // namespace

void addScheduleCommands(CLI::App& jobs, Context& context)
{
    CLI::App* schedules = jobs.add_subcommand("schedules", "Jobs that start by themselves");
    schedules->require_subcommand(1);
    runsWithSession(
        schedules->add_subcommand("list", "Schedules by name"),
        context,
        [&context](ServerSession& session) { return listSchedules(context, session); });
    addNamed(
        *schedules,
        context,
        "show",
        "One schedule with its next and last runs",
        [&context](ServerSession& session, const std::string& name) {
            return showSchedule(context, session, name);
        });
    addAdd(*schedules, context);
    addNamed(
        *schedules,
        context,
        "remove",
        "Delete a schedule; its jobs go on",
        [&context](ServerSession& session, const std::string& name) -> absl::Status {
            PH_RETURN_IF_ERROR(await<client::Nothing>([&](auto done) {
                                   return session.jobs().deleteSchedule(name, "", std::move(done));
                               }).status());
            context.printer.line(fmt::format("Schedule {} removed.", name));
            return absl::OkStatus();
        });
    addNamed(
        *schedules,
        context,
        "pause",
        "Start nothing until it is resumed",
        [&context](ServerSession& session, const std::string& name) {
            return setPaused(context, session, name, true);
        });
    addNamed(
        *schedules,
        context,
        "resume",
        "Go on after a pause; what passed is not made up for",
        [&context](ServerSession& session, const std::string& name) {
            return setPaused(context, session, name, false);
        });
}

} // namespace pilothouse::cli
