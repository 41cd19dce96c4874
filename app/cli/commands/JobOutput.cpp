// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/JobOutput.h"

#include "app/cli/input/TimeText.h"
#include "app/cli/output/Bytes.h"
#include "app/cli/output/TextWidth.h"

#include <absl/strings/str_join.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace pilothouse::cli {

namespace {

std::string text(std::string_view view)
{
    return std::string(view);
}

Json parametersJson(const jobs::Parameters& parameters)
{
    Json result = Json::object();
    for (const auto& [name, value] : parameters) {
        result[name] = value;
    }
    return result;
}

Json taskJson(const jobs::Task& task)
{
    return {
        {"name", task.name},
        {"title", task.title},
        {"state", text(jobs::taskStateName(task.state))},
        {"dependsOn", task.dependsOn},
        {"attempts", task.attempts},
        {"maxAttempts", task.maxAttempts},
        {"startTime", jsonTime(task.startTime)},
        {"endTime", jsonTime(task.endTime)},
        {"nextAttemptTime", jsonTime(task.nextAttemptTime)},
        {"message", task.message},
        {"unitsDone", task.unitsDone},
        {"unitsTotal", task.unitsTotal},
        {"unit", task.unit},
        {"worker", task.worker}};
}

Json artefactJson(const jobs::Artefact& artefact)
{
    return {
        {"name", artefact.name},
        {"mediaType", artefact.mediaType},
        {"bytes", artefact.sizeBytes},
        {"createTime", jsonTime(artefact.createTime)}};
}

std::string tookText(absl::Time start, absl::Time end, absl::Time now)
{
    if (start == absl::InfinitePast()) {
        return "-";
    }
    return shortDuration((end == absl::InfinitePast() ? now : end) - start);
}

} // namespace

Json jobJson(const jobs::Job& job)
{
    const jobs::Progress& progress = job.progress;
    Json tasks = Json::array();
    for (const auto& task : job.tasks) {
        tasks.push_back(taskJson(task));
    }
    Json artefacts = Json::array();
    for (const auto& artefact : job.artefacts) {
        artefacts.push_back(artefactJson(artefact));
    }
    return {
        {"id", job.id},
        {"kind", job.kind},
        {"title", job.title},
        {"target", job.target},
        {"parameters", parametersJson(job.parameters)},
        {"state", text(jobs::jobStateName(job.state))},
        {"priority", job.priority},
        {"concurrencyKey", job.concurrencyKey},
        {"createdBy", job.createdBy},
        {"schedule", job.schedule},
        {"createTime", jsonTime(job.createTime)},
        {"startTime", jsonTime(job.startTime)},
        {"endTime", jsonTime(job.endTime)},
        {"message", job.message},
        {"progress",
         {{"fraction", progress.fraction < 0 ? Json() : Json(progress.fraction)},
          {"unitsDone", progress.unitsDone},
          {"unitsTotal", progress.unitsTotal},
          {"unit", progress.unit},
          {"unitsPerSecond", jsonValue(progress.unitsPerSecond)},
          {"estimatedEndTime", jsonTime(progress.estimatedEnd)},
          {"tasksDone", progress.tasksDone},
          {"tasksTotal", progress.tasksTotal},
          {"stage", progress.stage}}},
        {"tasks", std::move(tasks)},
        {"artefacts", std::move(artefacts)}};
}

Json logLineJson(const jobs::LogLine& line)
{
    return {
        {"sequence", line.sequence},
        {"time", jsonTime(line.time)},
        {"level", text(jobs::logLevelName(line.level))},
        {"task", line.task},
        {"attempt", line.attempt},
        {"text", line.text}};
}

Json kindJson(const jobs::Kind& kind)
{
    constexpr std::array<const char*, 6> kTypes = {
        "text", "integer", "number", "boolean", "duration", "list"};
    Json parameters = Json::array();
    for (const auto& parameter : kind.parameters) {
        parameters.push_back(
            {{"name", parameter.name},
             {"type", kTypes.at(static_cast<std::size_t>(parameter.type))},
             {"required", parameter.isRequired},
             {"default", parameter.defaultValue},
             {"description", parameter.description}});
    }
    return {
        {"name", kind.name},
        {"title", kind.title},
        {"description", kind.description},
        {"parameters", std::move(parameters)},
        {"permission", kind.permission},
        {"creatable", kind.isCreatable},
        {"concurrency", kind.concurrency},
        {"cancelConsequence", kind.cancelConsequence}};
}

Json scheduleRunJson(const jobs::ScheduleRun& run)
{
    return {
        {"plannedTime", jsonTime(run.plannedTime)},
        {"decideTime", jsonTime(run.decideTime)},
        {"outcome", text(jobs::runOutcomeName(run.outcome))},
        {"job", run.jobId.empty() ? Json() : Json(run.jobId)},
        {"jobState", run.jobState ? Json(text(jobs::jobStateName(*run.jobState))) : Json()},
        {"message", run.message}};
}

Json scheduleJson(const jobs::Schedule& schedule)
{
    return {
        {"name", schedule.name},
        {"kind", schedule.kind},
        {"parameters", parametersJson(schedule.parameters)},
        {"cron", schedule.cron},
        {"timeZone", schedule.timeZone.empty() ? "UTC" : schedule.timeZone},
        {"missedRuns", text(jobs::missedRunPolicyName(schedule.missedRunPolicy))},
        {"jitterSeconds", jsonSeconds(schedule.jitter)},
        {"paused", schedule.isPaused},
        {"priority", schedule.priority},
        {"description", schedule.description},
        {"etag", schedule.etag},
        {"createdBy", schedule.createdBy},
        {"createTime", jsonTime(schedule.createTime)},
        {"updateTime", jsonTime(schedule.updateTime)},
        {"nextRunTime", jsonTime(schedule.nextRunTime)},
        {"lastRun", schedule.lastRun ? scheduleRunJson(*schedule.lastRun) : Json()}};
}

std::string progressText(const jobs::Progress& progress)
{
    if (progress.fraction >= 0) {
        return fmt::format("{:.0f} %", progress.fraction * 100);
    }
    return progress.tasksTotal > 1
               ? fmt::format("{}/{} tasks", progress.tasksDone, progress.tasksTotal)
               : "";
}

std::string progressDetail(const jobs::Progress& progress, absl::Time now)
{
    std::vector<std::string> parts;
    if (std::string share = progressText(progress); !share.empty()) {
        parts.push_back(std::move(share));
    }
    if (progress.unitsTotal > 0) {
        parts.push_back(
            fmt::format("{} of {} {}", progress.unitsDone, progress.unitsTotal, progress.unit));
    } else if (progress.unitsDone > 0) {
        parts.push_back(fmt::format("{} {}", progress.unitsDone, progress.unit));
    }
    if (progress.unitsPerSecond > 0) {
        parts.push_back(fmt::format("{:.3g}/s", progress.unitsPerSecond));
    }
    if (progress.estimatedEnd != absl::InfiniteFuture()) {
        parts.push_back(fmt::format(
            "done in {}",
            shortDuration(std::max(progress.estimatedEnd - now, absl::ZeroDuration()))));
    }
    return absl::StrJoin(parts, ", ");
}

std::string logLineText(const jobs::LogLine& line)
{
    return fmt::format(
        "{} {:7} {}: {}",
        absl::FormatTime("%H:%M:%S", line.time, absl::UTCTimeZone()),
        jobs::logLevelName(line.level),
        printable(line.task),
        printable(line.text));
}

void printJobs(Printer& printer, const std::vector<jobs::Job>& jobs, absl::Time now)
{
    Table table(
        {{"ID", Align::Right},
         {"STATE"},
         {"PROGRESS", Align::Right},
         {"TITLE", Align::Left, true},
         {"TARGET", Align::Left, true},
         {"BY"},
         {"CREATED"},
         {"TOOK", Align::Right}});
    for (const auto& job : jobs) {
        table.add(
            {job.id,
             text(jobs::jobStateName(job.state)),
             progressText(job.progress),
             job.title,
             job.target,
             job.schedule.empty() ? job.createdBy : job.schedule,
             sinceText(job.createTime, now),
             tookText(job.startTime, job.endTime, now)});
    }
    printer.print(table);
}

void printJob(Printer& printer, const jobs::Job& job, absl::Time now)
{
    const auto line = [&](const char* name, const std::string& value) {
        if (!value.empty()) {
            printer.line(fmt::format("{:10} {}", name, printable(value)));
        }
    };
    line("job", job.id.empty() ? "(not made: dry run)" : job.id);
    line("title", job.title);
    line("kind", job.kind);
    line("target", job.target);
    line("state", text(jobs::jobStateName(job.state)));
    line("message", job.message);
    line("progress", progressDetail(job.progress, now));
    line("by", job.createdBy);
    line("schedule", job.schedule);
    for (const auto& [name, value] : job.parameters) {
        line("parameter", fmt::format("{}={}", name, value));
    }
    if (!job.id.empty()) {
        line("created", shortTime(job.createTime));
        line("started", shortTime(job.startTime));
        line("took", tookText(job.startTime, job.endTime, now));
    }
    printer.line("");
    Table tasks(
        {{"TASK"},
         {"STATE"},
         {"TRY", Align::Right},
         {"AFTER", Align::Left, true},
         {"TOOK", Align::Right},
         {"ON"},
         {"MESSAGE", Align::Left, true}});
    for (const auto& task : job.tasks) {
        tasks.add(
            {task.name,
             text(jobs::taskStateName(task.state)),
             fmt::format("{}/{}", task.attempts, task.maxAttempts),
             absl::StrJoin(task.dependsOn, ", "),
             tookText(task.startTime, task.endTime, now),
             task.worker,
             task.message});
    }
    printer.print(tasks);
    if (job.artefacts.empty()) {
        return;
    }
    printer.line("");
    Table artefacts({{"ARTEFACT"}, {"TYPE"}, {"SIZE", Align::Right}});
    for (const auto& artefact : job.artefacts) {
        artefacts.add({artefact.name, artefact.mediaType, bytesText(artefact.sizeBytes)});
    }
    printer.print(artefacts);
}

} // namespace pilothouse::cli
