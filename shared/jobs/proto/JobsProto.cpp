// SPDX-License-Identifier: Apache-2.0
// The part of JobsProto.h about kinds, jobs and their logs.
#include "shared/jobs/proto/JobsProto.h"

#include "shared/base/proto/TimeProto.h"

namespace pilothouse::jobs {

using pilothouse::fromProto;

namespace {

// The enumerations of the contract are ours, one further on: 0 is UNSPECIFIED.
template <typename Wire, typename Value>
Wire wireOf(Value value)
{
    return static_cast<Wire>(static_cast<int>(value) + 1);
}

template <typename Value, typename Wire>
Value valueOf(Wire wire, int largest)
{
    const int number = static_cast<int>(wire);
    return static_cast<Value>(number < 1 || number > largest ? 0 : number - 1);
}

template <typename Message>
absl::Time timeOf(
    const Message& message,
    bool (Message::*has)() const,
    const google::protobuf::Timestamp& (Message::*get)() const,
    absl::Time otherwise)
{
    return (message.*has)() ? fromProto((message.*get)()) : otherwise;
}

v1::JobProgress progressToProto(const Progress& progress)
{
    v1::JobProgress result;
    result.set_fraction(progress.fraction);
    result.set_units_done(progress.unitsDone);
    result.set_units_total(progress.unitsTotal);
    result.set_unit(progress.unit);
    result.set_units_per_second(progress.unitsPerSecond);
    setTime(result, &v1::JobProgress::mutable_estimated_end_time, progress.estimatedEnd);
    result.set_tasks_done(progress.tasksDone);
    result.set_tasks_total(progress.tasksTotal);
    result.set_stage(progress.stage);
    return result;
}

Progress progressFromProto(const v1::JobProgress& progress)
{
    Progress result;
    result.fraction = progress.fraction();
    result.unitsDone = progress.units_done();
    result.unitsTotal = progress.units_total();
    result.unit = progress.unit();
    result.unitsPerSecond = progress.units_per_second();
    result.estimatedEnd = timeOf(
        progress,
        &v1::JobProgress::has_estimated_end_time,
        &v1::JobProgress::estimated_end_time,
        absl::InfiniteFuture());
    result.tasksDone = progress.tasks_done();
    result.tasksTotal = progress.tasks_total();
    result.stage = progress.stage();
    return result;
}

v1::JobTask taskToProto(const Task& task)
{
    v1::JobTask result;
    result.set_name(task.name);
    result.set_title(task.title);
    result.set_state(wireOf<v1::TaskState>(task.state));
    for (const std::string& name : task.dependsOn) {
        result.add_depends_on(name);
    }
    result.set_attempts(task.attempts);
    result.set_max_attempts(task.maxAttempts);
    setTime(result, &v1::JobTask::mutable_start_time, task.startTime);
    setTime(result, &v1::JobTask::mutable_end_time, task.endTime);
    setTime(result, &v1::JobTask::mutable_next_attempt_time, task.nextAttemptTime);
    result.set_message(task.message);
    result.set_units_done(task.unitsDone);
    result.set_units_total(task.unitsTotal);
    result.set_unit(task.unit);
    result.set_worker(task.worker);
    return result;
}

Task taskFromProto(const v1::JobTask& task)
{
    Task result;
    result.name = task.name();
    result.title = task.title();
    result.state = valueOf<TaskState>(task.state(), v1::TaskState_MAX);
    result.dependsOn.assign(task.depends_on().begin(), task.depends_on().end());
    result.attempts = task.attempts();
    result.maxAttempts = task.max_attempts();
    const auto past = absl::InfinitePast();
    using Wire = v1::JobTask;
    result.startTime = timeOf(task, &Wire::has_start_time, &Wire::start_time, past);
    result.endTime = timeOf(task, &Wire::has_end_time, &Wire::end_time, past);
    result.nextAttemptTime =
        timeOf(task, &Wire::has_next_attempt_time, &Wire::next_attempt_time, past);
    result.message = task.message();
    result.unitsDone = task.units_done();
    result.unitsTotal = task.units_total();
    result.unit = task.unit();
    result.worker = task.worker();
    return result;
}

} // namespace

ProtoParameters toProto(const Parameters& parameters)
{
    ProtoParameters result;
    for (const auto& [name, value] : parameters) {
        result[name] = value;
    }
    return result;
}

Parameters fromProto(const ProtoParameters& parameters)
{
    return {parameters.begin(), parameters.end()};
}

v1::JobState toProto(JobState state)
{
    return wireOf<v1::JobState>(state);
}

JobState fromProto(v1::JobState state)
{
    return valueOf<JobState>(state, v1::JobState_MAX);
}

v1::JobKind toProto(const Kind& kind)
{
    v1::JobKind result;
    result.set_name(kind.name);
    result.set_title(kind.title);
    result.set_description(kind.description);
    for (const Parameter& parameter : kind.parameters) {
        v1::JobParameter& one = *result.add_parameters();
        one.set_name(parameter.name);
        one.set_type(wireOf<v1::JobParameter::Type>(parameter.type));
        one.set_required(parameter.isRequired);
        one.set_default_value(parameter.defaultValue);
        one.set_description(parameter.description);
    }
    result.set_permission(kind.permission);
    result.set_creatable(kind.isCreatable);
    result.set_concurrency(kind.concurrency);
    result.set_cancel_consequence(kind.cancelConsequence);
    return result;
}

Kind fromProto(const v1::JobKind& kind)
{
    Kind result;
    result.name = kind.name();
    result.title = kind.title();
    result.description = kind.description();
    for (const v1::JobParameter& parameter : kind.parameters()) {
        result.parameters.push_back(
            {parameter.name(),
             valueOf<ParameterType>(parameter.type(), v1::JobParameter::Type_MAX),
             parameter.required(),
             parameter.default_value(),
             parameter.description()});
    }
    result.permission = kind.permission();
    result.isCreatable = kind.creatable();
    result.concurrency = kind.concurrency();
    result.cancelConsequence = kind.cancel_consequence();
    return result;
}

v1::Job toProto(const Job& job)
{
    v1::Job result;
    result.set_id(job.id);
    result.set_kind(job.kind);
    result.set_title(job.title);
    result.set_target(job.target);
    *result.mutable_parameters() = toProto(job.parameters);
    result.set_state(toProto(job.state));
    result.set_priority(job.priority);
    result.set_created_by(job.createdBy);
    result.set_schedule(job.schedule);
    result.set_concurrency_key(job.concurrencyKey);
    setTime(result, &v1::Job::mutable_create_time, job.createTime);
    setTime(result, &v1::Job::mutable_start_time, job.startTime);
    setTime(result, &v1::Job::mutable_end_time, job.endTime);
    *result.mutable_progress() = progressToProto(job.progress);
    result.set_message(job.message);
    for (const Task& task : job.tasks) {
        *result.add_tasks() = taskToProto(task);
    }
    for (const Artefact& artefact : job.artefacts) {
        *result.add_artefacts() = toProto(artefact);
    }
    return result;
}

Job fromProto(const v1::Job& job)
{
    using Wire = v1::Job;
    Job result;
    result.id = job.id();
    result.kind = job.kind();
    result.title = job.title();
    result.target = job.target();
    result.parameters = fromProto(job.parameters());
    result.state = fromProto(job.state());
    result.priority = job.priority();
    result.createdBy = job.created_by();
    result.schedule = job.schedule();
    result.concurrencyKey = job.concurrency_key();
    const auto past = absl::InfinitePast();
    result.createTime = timeOf(job, &Wire::has_create_time, &Wire::create_time, past);
    result.startTime = timeOf(job, &Wire::has_start_time, &Wire::start_time, past);
    result.endTime = timeOf(job, &Wire::has_end_time, &Wire::end_time, past);
    result.progress = progressFromProto(job.progress());
    result.message = job.message();
    for (const v1::JobTask& task : job.tasks()) {
        result.tasks.push_back(taskFromProto(task));
    }
    for (const v1::JobArtefact& artefact : job.artefacts()) {
        result.artefacts.push_back(fromProto(artefact));
    }
    return result;
}

v1::JobArtefact toProto(const Artefact& artefact)
{
    v1::JobArtefact result;
    result.set_name(artefact.name);
    result.set_media_type(artefact.mediaType);
    result.set_size_bytes(artefact.sizeBytes);
    setTime(result, &v1::JobArtefact::mutable_create_time, artefact.createTime);
    return result;
}

Artefact fromProto(const v1::JobArtefact& artefact)
{
    return {
        artefact.name(),
        artefact.media_type(),
        artefact.size_bytes(),
        timeOf(
            artefact,
            &v1::JobArtefact::has_create_time,
            &v1::JobArtefact::create_time,
            absl::InfinitePast())};
}

v1::JobLogLine toProto(const LogLine& line)
{
    v1::JobLogLine result;
    result.set_sequence(line.sequence);
    setTime(result, &v1::JobLogLine::mutable_write_time, line.time);
    result.set_level(wireOf<v1::JobLogLine::Level>(line.level));
    result.set_task(line.task);
    result.set_attempt(line.attempt);
    result.set_text(line.text);
    return result;
}

LogLine fromProto(const v1::JobLogLine& line)
{
    return {
        line.sequence(),
        timeOf(
            line,
            &v1::JobLogLine::has_write_time,
            &v1::JobLogLine::write_time,
            absl::InfinitePast()),
        valueOf<LogLevel>(line.level(), v1::JobLogLine::Level_MAX),
        line.task(),
        line.attempt(),
        line.text()};
}

v1::JobFilter toProto(const JobFilter& filter)
{
    v1::JobFilter result;
    for (const JobState state : filter.states) {
        result.add_states(toProto(state));
    }
    for (const std::string& kind : filter.kinds) {
        result.add_kinds(kind);
    }
    result.set_target(filter.target);
    result.set_created_by(filter.createdBy);
    result.set_schedule(filter.schedule);
    return result;
}

JobFilter fromProto(const v1::JobFilter& filter)
{
    JobFilter result;
    for (const int state : filter.states()) {
        result.states.push_back(fromProto(static_cast<v1::JobState>(state)));
    }
    result.kinds.assign(filter.kinds().begin(), filter.kinds().end());
    result.target = filter.target();
    result.createdBy = filter.created_by();
    result.schedule = filter.schedule();
    return result;
}

} // namespace pilothouse::jobs
