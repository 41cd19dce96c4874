// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/Call.h"
#include "shared/jobs/Job.h"
#include "shared/jobs/Kind.h"
#include "shared/jobs/Schedule.h"

#include <absl/time/time.h>

#include <string>
#include <vector>

namespace pilothouse::client {

struct NewJob
{
    std::string kind;
    jobs::Parameters parameters;
    int priority = 0;
    /// InfinitePast: now.
    absl::Time earliestStart = absl::InfinitePast();
    /// Makes the call idempotent, for as long as the job is kept.
    std::string requestId;
    /// Checks everything and answers what would be made, without an id.
    bool validateOnly = false;
};

/// One message of watchJob: the job with its tasks, and the log lines since the message before.
struct JobUpdate
{
    jobs::Job job;
    std::vector<jobs::LogLine> log;
};

/// One message of watchJobs. After a snapshot `jobs` is everything, newest first; otherwise those
/// that are new or changed, and the ids that match no longer.
struct JobsUpdate
{
    bool snapshot = false;
    std::vector<jobs::Job> jobs;
    std::vector<std::string> removedIds;
    absl::Time serverTime = absl::InfinitePast();
};

struct JobLog
{
    std::vector<jobs::LogLine> lines;
    /// Oldest lines that are gone, because a job keeps only so many.
    std::int64_t droppedLines = 0;
};

/// A page of jobs, newest first.
struct JobsPage
{
    std::vector<jobs::Job> jobs;
    /// Where the next page begins; empty: this was the last.
    std::string nextPageToken;
};

/// pilothouse.v1.JobsService. Thread-safe.
class JobsClient
{
public:
    virtual ~JobsClient() = default;
    virtual CallPtr listKinds(OnDone<std::vector<jobs::Kind>> onDone) = 0;
    virtual CallPtr createJob(const NewJob& job, OnDone<jobs::Job> onDone) = 0;
    /// With tasks and artefacts.
    virtual CallPtr getJob(const std::string& id, OnDone<jobs::Job> onDone) = 0;
    virtual CallPtr listJobs(
        const jobs::JobFilter& filter,
        int pageSize,
        const std::string& pageToken,
        OnDone<JobsPage> onDone) = 0;
    virtual CallPtr cancelJob(
        const std::string& id, const std::string& reason, OnDone<jobs::Job> onDone) = 0;
    virtual CallPtr pauseJob(const std::string& id, OnDone<jobs::Job> onDone) = 0;
    virtual CallPtr resumeJob(const std::string& id, OnDone<jobs::Job> onDone) = 0;
    virtual CallPtr retryJob(const std::string& id, OnDone<jobs::Job> onDone) = 0;
    /// Ends (OnEnd with OK) after the message in which the job has ended.
    virtual CallPtr watchJob(
        const std::string& id, int logLines, OnMessage<JobUpdate> onMessage, OnEnd onEnd) = 0;
    virtual CallPtr watchJobs(
        const jobs::JobFilter& filter, int limit, OnMessage<JobsUpdate> onMessage, OnEnd onEnd) = 0;
    /// The whole log, oldest line first.
    virtual CallPtr listJobLogs(const std::string& id, OnDone<JobLog> onDone) = 0;
    virtual CallPtr getArtefact(
        const std::string& jobId,
        const std::string& name,
        OnDone<jobs::ArtefactContent> onDone) = 0;

    virtual CallPtr createSchedule(
        const jobs::Schedule& schedule, bool validateOnly, OnDone<jobs::Schedule> onDone) = 0;
    virtual CallPtr getSchedule(const std::string& name, OnDone<jobs::Schedule> onDone) = 0;
    /// By name.
    virtual CallPtr listSchedules(OnDone<std::vector<jobs::Schedule>> onDone) = 0;
    /// `fields` as in the contract ("cron", "paused"); none: all that an operator may set. ABORTED
    /// when the schedule's etag is not empty and not the current one.
    virtual CallPtr updateSchedule(
        const jobs::Schedule& schedule,
        const std::vector<std::string>& fields,
        bool validateOnly,
        OnDone<jobs::Schedule> onDone) = 0;
    virtual CallPtr deleteSchedule(
        const std::string& name, const std::string& etag, OnDone<Nothing> onDone) = 0;
    /// Newest first, at most `limit`.
    virtual CallPtr listScheduleRuns(
        const std::string& name, int limit, OnDone<std::vector<jobs::ScheduleRun>> onDone) = 0;
    virtual CallPtr previewSchedule(
        const std::string& cron,
        const std::string& timeZone,
        int count,
        OnDone<jobs::SchedulePreview> onDone) = 0;
};

} // namespace pilothouse::client
