// SPDX-License-Identifier: Apache-2.0
// The part of JobsProto.h about schedules.
#include "shared/base/proto/TimeProto.h"
#include "shared/jobs/proto/JobsProto.h"

namespace pilothouse::jobs {

using pilothouse::fromProto;
using pilothouse::toProto;

namespace {

v1::ScheduleRun::Outcome outcomeToProto(RunOutcome outcome)
{
    switch (outcome) {
    case RunOutcome::Started:
        return v1::ScheduleRun::OUTCOME_STARTED;
    case RunOutcome::Overlapped:
        return v1::ScheduleRun::OUTCOME_OVERLAPPED;
    case RunOutcome::Missed:
        return v1::ScheduleRun::OUTCOME_MISSED;
    case RunOutcome::Failed:
        return v1::ScheduleRun::OUTCOME_FAILED;
    }
    return v1::ScheduleRun::OUTCOME_UNSPECIFIED;
}

RunOutcome outcomeFromProto(v1::ScheduleRun::Outcome outcome)
{
    switch (outcome) {
    case v1::ScheduleRun::OUTCOME_OVERLAPPED:
        return RunOutcome::Overlapped;
    case v1::ScheduleRun::OUTCOME_MISSED:
        return RunOutcome::Missed;
    case v1::ScheduleRun::OUTCOME_FAILED:
        return RunOutcome::Failed;
    default:
        return RunOutcome::Started;
    }
}

} // namespace

v1::ScheduleRun toProto(const ScheduleRun& run)
{
    v1::ScheduleRun result;
    setTime(result, &v1::ScheduleRun::mutable_planned_time, run.plannedTime);
    setTime(result, &v1::ScheduleRun::mutable_decide_time, run.decideTime);
    result.set_outcome(outcomeToProto(run.outcome));
    result.set_job_id(run.jobId);
    if (run.jobState) {
        result.set_job_state(toProto(*run.jobState));
    }
    result.set_message(run.message);
    return result;
}

ScheduleRun fromProto(const v1::ScheduleRun& run)
{
    ScheduleRun result;
    if (run.has_planned_time()) {
        result.plannedTime = fromProto(run.planned_time());
    }
    if (run.has_decide_time()) {
        result.decideTime = fromProto(run.decide_time());
    }
    result.outcome = outcomeFromProto(run.outcome());
    result.jobId = run.job_id();
    if (run.job_state() != v1::JOB_STATE_UNSPECIFIED) {
        result.jobState = fromProto(run.job_state());
    }
    result.message = run.message();
    return result;
}

v1::Schedule toProto(const Schedule& schedule)
{
    v1::Schedule result;
    result.set_name(schedule.name);
    result.set_kind(schedule.kind);
    *result.mutable_parameters() = toProto(schedule.parameters);
    result.set_cron(schedule.cron);
    result.set_time_zone(schedule.timeZone);
    result.set_missed_run_policy(
        schedule.missedRunPolicy == MissedRunPolicy::RunOnce ? v1::MISSED_RUN_POLICY_RUN_ONCE
                                                             : v1::MISSED_RUN_POLICY_SKIP);
    *result.mutable_jitter() = toProto(schedule.jitter);
    result.set_paused(schedule.isPaused);
    result.set_priority(schedule.priority);
    result.set_description(schedule.description);
    result.set_etag(schedule.etag);
    result.set_created_by(schedule.createdBy);
    setTime(result, &v1::Schedule::mutable_create_time, schedule.createTime);
    setTime(result, &v1::Schedule::mutable_update_time, schedule.updateTime);
    setTime(result, &v1::Schedule::mutable_next_run_time, schedule.nextRunTime);
    if (schedule.lastRun) {
        *result.mutable_last_run() = toProto(*schedule.lastRun);
    }
    return result;
}

Schedule fromProto(const v1::Schedule& schedule)
{
    Schedule result;
    result.name = schedule.name();
    result.kind = schedule.kind();
    result.parameters = fromProto(schedule.parameters());
    result.cron = schedule.cron();
    result.timeZone = schedule.time_zone();
    result.missedRunPolicy = schedule.missed_run_policy() == v1::MISSED_RUN_POLICY_RUN_ONCE
                                 ? MissedRunPolicy::RunOnce
                                 : MissedRunPolicy::Skip;
    result.jitter = fromProto(schedule.jitter());
    result.isPaused = schedule.paused();
    result.priority = schedule.priority();
    result.description = schedule.description();
    result.etag = schedule.etag();
    result.createdBy = schedule.created_by();
    if (schedule.has_create_time()) {
        result.createTime = fromProto(schedule.create_time());
    }
    if (schedule.has_update_time()) {
        result.updateTime = fromProto(schedule.update_time());
    }
    if (schedule.has_next_run_time()) {
        result.nextRunTime = fromProto(schedule.next_run_time());
    }
    if (schedule.has_last_run()) {
        result.lastRun = fromProto(schedule.last_run());
    }
    return result;
}

v1::PreviewScheduleResponse toProto(const SchedulePreview& preview)
{
    v1::PreviewScheduleResponse result;
    for (const absl::Time time : preview.times) {
        *result.add_run_times() = toProto(time);
    }
    result.set_description(preview.description);
    return result;
}

SchedulePreview fromProto(const v1::PreviewScheduleResponse& preview)
{
    SchedulePreview result;
    for (const auto& time : preview.run_times()) {
        result.times.push_back(fromProto(time));
    }
    result.description = preview.description();
    return result;
}

} // namespace pilothouse::jobs
