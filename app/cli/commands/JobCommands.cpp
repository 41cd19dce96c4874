// SPDX-License-Identifier: GPL-3.0-or-later
// jobs list, show, watch, run, cancel, pause, resume, retry, logs, artefact, kinds.
#include "app/cli/commands/Command.h"
#include "app/cli/commands/JobOutput.h"
#include "app/cli/commands/JobWatch.h"
#include "app/cli/commands/Parameters.h"
#include "app/cli/input/TimeText.h"
#include "app/cli/output/Terminal.h"
#include "shared/base/StatusHelpers.h"
#include "shared/client/JobsClient.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

#include <cstdio>
#include <fstream>

namespace pilothouse::cli {

namespace {

using jobs::Job;

constexpr int kDefaultLimit = 50;
constexpr int kPage = 1000;

struct ListFlags
{
    std::vector<std::string> states;
    std::vector<std::string> kinds;
    std::string target;
    std::string createdBy;
    std::string schedule;
    int limit = kDefaultLimit;
};

struct RunFlags
{
    std::string kind;
    std::vector<std::string> parameters;
    int priority = 0;
    std::string at;
    std::string requestId;
    bool isDryRun = false;
    bool isDetached = false;
};

struct ArtefactFlags
{
    std::string id;
    std::string name;
    std::string file;
};

absl::Status showOne(Context& context, const absl::StatusOr<Job>& job)
{
    PH_RETURN_IF_ERROR(job.status());
    if (context.printer.isJson()) {
        context.printer.print(jobJson(*job));
    } else {
        printJob(context.printer, *job, absl::Now());
    }
    return absl::OkStatus();
}

absl::StatusOr<std::vector<Job>> jobsLike(
    ServerSession& session, const ListFlags& flags, bool& more)
{
    jobs::JobFilter filter;
    for (const std::string& state : flags.states) {
        filter.states.push_back(jobs::jobStateOf(state));
    }
    filter.kinds = flags.kinds;
    filter.target = flags.target;
    filter.createdBy = flags.createdBy;
    filter.schedule = flags.schedule;
    std::vector<Job> result;
    std::string token;
    do {
        const int wanted = std::min(flags.limit - static_cast<int>(result.size()), kPage);
        PH_ASSIGN_OR_RETURN(client::JobsPage page, await<client::JobsPage>([&](auto done) {
                                return session.jobs().listJobs(
                                    filter, wanted, token, std::move(done));
                            }));
        result.insert(result.end(), page.jobs.begin(), page.jobs.end());
        token = page.nextPageToken;
    } while (!token.empty() && static_cast<int>(result.size()) < flags.limit);
    more = !token.empty();
    return result;
}

absl::Status listJobs(Context& context, ServerSession& session, const ListFlags& flags)
{
    bool more = false;
    PH_ASSIGN_OR_RETURN(const auto found, jobsLike(session, flags, more));
    if (context.printer.isJson()) {
        Json list = Json::array();
        for (const Job& job : found) {
            list.push_back(jobJson(job));
        }
        context.printer.print(Json{{"jobs", std::move(list)}, {"more", more}});
        return absl::OkStatus();
    }
    printJobs(context.printer, found, absl::Now());
    if (more) {
        printNote(fmt::format("only the newest {} jobs. Give --limit for more.", found.size()));
    }
    return absl::OkStatus();
}

absl::Status runJob(Context& context, ServerSession& session, const RunFlags& flags)
{
    client::NewJob wanted;
    wanted.kind = flags.kind;
    PH_ASSIGN_OR_RETURN(wanted.parameters, parametersOf(flags.parameters));
    wanted.priority = flags.priority;
    wanted.requestId = flags.requestId;
    wanted.validateOnly = flags.isDryRun;
    if (!flags.at.empty()) {
        PH_ASSIGN_OR_RETURN(wanted.earliestStart, parseTime(flags.at, absl::Now()));
    }
    const auto job =
        await<Job>([&](auto done) { return session.jobs().createJob(wanted, std::move(done)); });
    if (!job.ok() || flags.isDryRun) {
        return showOne(context, job);
    }
    if (flags.isDetached) {
        if (context.printer.isJson()) {
            return showOne(context, job);
        }
        context.printer.line(fmt::format("Job {} queued: {}.", job->id, job->title));
        return absl::OkStatus();
    }
    return watchJob(context.printer, session, job->id);
}

absl::Status showLog(Context& context, ServerSession& session, const std::string& id)
{
    PH_ASSIGN_OR_RETURN(const client::JobLog log, await<client::JobLog>([&](auto done) {
                            return session.jobs().listJobLogs(id, std::move(done));
                        }));
    if (context.printer.isJson()) {
        Json lines = Json::array();
        for (const auto& line : log.lines) {
            lines.push_back(logLineJson(line));
        }
        context.printer.print(
            Json{{"lines", std::move(lines)}, {"droppedLines", log.droppedLines}});
        return absl::OkStatus();
    }
    if (log.droppedLines > 0) {
        printNote(fmt::format("the oldest {} lines are gone", log.droppedLines));
    }
    for (const auto& line : log.lines) {
        context.printer.line(logLineText(line));
    }
    return absl::OkStatus();
}

absl::Status saveArtefact(Context& context, ServerSession& session, const ArtefactFlags& flags)
{
    PH_ASSIGN_OR_RETURN(
        const jobs::ArtefactContent artefact, await<jobs::ArtefactContent>([&](auto done) {
            return session.jobs().getArtefact(flags.id, flags.name, std::move(done));
        }));
    if (flags.file.empty() || flags.file == "-") {
        std::fwrite(artefact.content.data(), 1, artefact.content.size(), stdout);
        return absl::OkStatus();
    }
    std::ofstream out(flags.file, std::ios::binary);
    out << artefact.content;
    out.close();
    if (!out) {
        return absl::InternalError(fmt::format("{} cannot be written", flags.file));
    }
    context.printer.line(
        fmt::format("{} bytes written to {}.", artefact.content.size(), flags.file));
    return absl::OkStatus();
}

absl::Status listKinds(Context& context, ServerSession& session)
{
    PH_ASSIGN_OR_RETURN(
        const std::vector<jobs::Kind> kinds, await<std::vector<jobs::Kind>>([&](auto done) {
            return session.jobs().listKinds(std::move(done));
        }));
    if (context.printer.isJson()) {
        Json list = Json::array();
        for (const auto& kind : kinds) {
            list.push_back(kindJson(kind));
        }
        context.printer.print(Json{{"kinds", std::move(list)}});
        return absl::OkStatus();
    }
    for (const auto& kind : kinds) {
        context.printer.line(fmt::format("{}  {}", kind.name, kind.description));
        for (const auto& parameter : kind.parameters) {
            const std::string standard = parameter.defaultValue.empty()
                                             ? std::string()
                                             : fmt::format(" [{}]", parameter.defaultValue);
            context.printer.line(fmt::format(
                "    {}{}{}  {}",
                parameter.name,
                parameter.isRequired ? " (needed)" : "",
                standard,
                parameter.description));
        }
    }
    return absl::OkStatus();
}

using Verb = client::CallPtr (client::JobsClient::*)(const std::string&, client::OnDone<Job>);

void addVerb(CLI::App& parent, Context& context, const char* name, const char* help, Verb verb)
{
    CLI::App* command = parent.add_subcommand(name, help);
    const auto id = std::make_shared<std::string>();
    command->add_option("ID", *id, "from 'jobs list'")->required();
    runsWithSession(command, context, [&context, id, verb](ServerSession& session) {
        return showOne(context, await<Job>([&](auto done) {
                           return (session.jobs().*verb)(*id, std::move(done));
                       }));
    });
}

void addList(CLI::App& parent, Context& context)
{
    CLI::App* list = parent.add_subcommand("list", "Jobs, newest first");
    const auto flags = std::make_shared<ListFlags>();
    list->add_option("--state", flags->states, "only these states")
        ->check(CLI::IsMember(
            {"queued", "running", "paused", "cancelling", "succeeded", "failed", "cancelled"}))
        ->delimiter(',')
        ->allow_extra_args(false);
    list->add_option("--kind", flags->kinds, "only these kinds")
        ->delimiter(',')
        ->allow_extra_args(false);
    list->add_option("--target", flags->target, "this target, or what lies under it");
    list->add_option("--by", flags->createdBy, "only those of this operator");
    list->add_option("--schedule", flags->schedule, "only those of this schedule");
    list->add_option("--limit", flags->limit, "at most this many (default 50)")
        ->check(CLI::Range(1, 100000));
    list->footer("\nExample:\n  pilothousectl jobs list --state running,queued\n"
                 "  pilothousectl jobs list --state failed   # the dead letters");
    runsWithSession(list, context, [&context, flags](ServerSession& session) {
        return listJobs(context, session, *flags);
    });
}

void addRun(CLI::App& parent, Context& context)
{
    CLI::App* run = parent.add_subcommand("run", "Start a job and follow it");
    const auto flags = std::make_shared<RunFlags>();
    run->add_option("KIND", flags->kind, "from 'jobs kinds'")->required();
    run->add_option("PARAMETER", flags->parameters, "name=value; name=@FILE reads a file");
    run->add_option("--priority", flags->priority, "-100 to 100, higher goes first")
        ->check(CLI::Range(-100, 100));
    run->add_option("--at", flags->at, "not before this time")->type_name("TIME");
    run->add_option(
        "--request-id", flags->requestId, "the same id starts one job, however often it is given");
    run->add_flag("--dry-run", flags->isDryRun, "check and show what would be done");
    run->add_flag("--detach", flags->isDetached, "do not follow the job");
    run->footer("\nExample:\n  pilothousectl jobs run metrics.baseline name=before span=1h\n"
                "Exit code 1 when the job does not succeed.");
    runsWithSession(run, context, [&context, flags](ServerSession& session) {
        return runJob(context, session, *flags);
    });
}

void addCancel(CLI::App& parent, Context& context)
{
    CLI::App* cancel = parent.add_subcommand("cancel", "Stop a job");
    const auto id = std::make_shared<std::string>();
    const auto reason = std::make_shared<std::string>();
    cancel->add_option("ID", *id, "from 'jobs list'")->required();
    cancel->add_option("--reason", *reason, "kept with the job and in the audit");
    runsWithSession(cancel, context, [&context, id, reason](ServerSession& session) {
        return showOne(context, await<Job>([&](auto done) {
                           return session.jobs().cancelJob(*id, *reason, std::move(done));
                       }));
    });
}

void addReaders(CLI::App& parent, Context& context)
{
    CLI::App* watch = parent.add_subcommand("watch", "Follow a job to its end");
    const auto watched = std::make_shared<std::string>();
    watch->add_option("ID", *watched, "from 'jobs list'")->required();
    watch->footer("\nExit code 1 when the job does not succeed.");
    runsWithSession(watch, context, [&context, watched](ServerSession& session) {
        return watchJob(context.printer, session, *watched);
    });

    CLI::App* logs = parent.add_subcommand("logs", "The log of a job");
    const auto logged = std::make_shared<std::string>();
    logs->add_option("ID", *logged, "from 'jobs list'")->required();
    runsWithSession(logs, context, [&context, logged](ServerSession& session) {
        return showLog(context, session, *logged);
    });

    CLI::App* artefact = parent.add_subcommand("artefact", "What a job left behind");
    const auto flags = std::make_shared<ArtefactFlags>();
    artefact->add_option("ID", flags->id, "from 'jobs list'")->required();
    artefact->add_option("NAME", flags->name, "from 'jobs show'")->required();
    artefact->add_option("--file", flags->file, "write it there (default: standard output)");
    runsWithSession(artefact, context, [&context, flags](ServerSession& session) {
        return saveArtefact(context, session, *flags);
    });

    runsWithSession(
        parent.add_subcommand("kinds", "What can be run, with its parameters"),
        context,
        [&context](ServerSession& session) { return listKinds(context, session); });
}

} // namespace

void addJobCommands(CLI::App& jobs, Context& context)
{
    using client::JobsClient;
    addList(jobs, context);
    addVerb(jobs, context, "show", "One job with its tasks", &JobsClient::getJob);
    addRun(jobs, context);
    addReaders(jobs, context);
    addCancel(jobs, context);
    addVerb(jobs, context, "pause", "Start no further task", &JobsClient::pauseJob);
    addVerb(jobs, context, "resume", "Go on after a pause", &JobsClient::resumeJob);
    addVerb(
        jobs,
        context,
        "retry",
        "Run a failed or cancelled job on from where it stopped",
        &JobsClient::retryJob);
}

} // namespace pilothouse::cli
