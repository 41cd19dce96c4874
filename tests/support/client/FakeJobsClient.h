// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/JobsClient.h"
#include "tests/support/client/FakeMethod.h"
#include "tests/support/client/FakeStream.h"

namespace pilothouse::test {

/// A JobsClient that a test answers through its public members.
class FakeJobsClient final : public client::JobsClient
{
public:
    struct ListRequest
    {
        jobs::JobFilter filter;
        int pageSize = 0;
        std::string pageToken;
    };
    struct CancelRequest
    {
        std::string id;
        std::string reason;
    };
    struct ArtefactRequest
    {
        std::string jobId;
        std::string name;
    };
    struct ScheduleRequest
    {
        jobs::Schedule schedule;
        bool validateOnly = false;
    };
    struct ScheduleUpdateRequest
    {
        jobs::Schedule schedule;
        std::vector<std::string> fields;
        bool validateOnly = false;
    };
    struct ScheduleDeleteRequest
    {
        std::string name;
        std::string etag;
    };
    struct RunsRequest
    {
        std::string name;
        int limit = 0;
    };
    struct PreviewRequest
    {
        std::string cron;
        std::string timeZone;
        int count = 0;
    };
    struct WatchRequest
    {
        std::string id;
        int logLines = 0;
    };
    struct WatchAllRequest
    {
        jobs::JobFilter filter;
        int limit = 0;
    };

    FakeMethod<client::Nothing, std::vector<jobs::Kind>> kinds;
    FakeMethod<client::NewJob, jobs::Job> creations;
    FakeMethod<std::string, jobs::Job> gets;
    FakeMethod<ListRequest, client::JobsPage> lists;
    FakeMethod<CancelRequest, jobs::Job> cancellations;
    FakeMethod<std::string, jobs::Job> pauses;
    FakeMethod<std::string, jobs::Job> resumptions;
    FakeMethod<std::string, jobs::Job> retries;
    FakeMethod<std::string, client::JobLog> logs;
    FakeMethod<ArtefactRequest, jobs::ArtefactContent> artefacts;
    FakeMethod<ScheduleRequest, jobs::Schedule> scheduleCreations;
    FakeMethod<std::string, jobs::Schedule> scheduleGets;
    FakeMethod<client::Nothing, std::vector<jobs::Schedule>> schedules;
    FakeMethod<ScheduleUpdateRequest, jobs::Schedule> scheduleUpdates;
    FakeMethod<ScheduleDeleteRequest, client::Nothing> scheduleDeletions;
    FakeMethod<RunsRequest, std::vector<jobs::ScheduleRun>> scheduleRuns;
    FakeMethod<PreviewRequest, jobs::SchedulePreview> previews;
    FakeStream<WatchRequest, client::JobUpdate> jobStream;
    FakeStream<WatchAllRequest, client::JobsUpdate> jobsStream;

    client::CallPtr listKinds(client::OnDone<std::vector<jobs::Kind>> onDone) override;
    client::CallPtr createJob(const client::NewJob& job, client::OnDone<jobs::Job> onDone) override;
    client::CallPtr getJob(const std::string& id, client::OnDone<jobs::Job> onDone) override;
    client::CallPtr listJobs(
        const jobs::JobFilter& filter,
        int pageSize,
        const std::string& pageToken,
        client::OnDone<client::JobsPage> onDone) override;
    client::CallPtr cancelJob(
        const std::string& id,
        const std::string& reason,
        client::OnDone<jobs::Job> onDone) override;
    client::CallPtr pauseJob(const std::string& id, client::OnDone<jobs::Job> onDone) override;
    client::CallPtr resumeJob(const std::string& id, client::OnDone<jobs::Job> onDone) override;
    client::CallPtr retryJob(const std::string& id, client::OnDone<jobs::Job> onDone) override;
    client::CallPtr listJobLogs(
        const std::string& id, client::OnDone<client::JobLog> onDone) override;
    client::CallPtr getArtefact(
        const std::string& jobId,
        const std::string& name,
        client::OnDone<jobs::ArtefactContent> onDone) override;
    client::CallPtr createSchedule(
        const jobs::Schedule& schedule,
        bool validateOnly,
        client::OnDone<jobs::Schedule> onDone) override;
    client::CallPtr getSchedule(
        const std::string& name, client::OnDone<jobs::Schedule> onDone) override;
    client::CallPtr listSchedules(client::OnDone<std::vector<jobs::Schedule>> onDone) override;
    client::CallPtr updateSchedule(
        const jobs::Schedule& schedule,
        const std::vector<std::string>& fields,
        bool validateOnly,
        client::OnDone<jobs::Schedule> onDone) override;
    client::CallPtr deleteSchedule(
        const std::string& name,
        const std::string& etag,
        client::OnDone<client::Nothing> onDone) override;
    client::CallPtr listScheduleRuns(
        const std::string& name,
        int limit,
        client::OnDone<std::vector<jobs::ScheduleRun>> onDone) override;
    client::CallPtr previewSchedule(
        const std::string& cron,
        const std::string& timeZone,
        int count,
        client::OnDone<jobs::SchedulePreview> onDone) override;
    client::CallPtr watchJob(
        const std::string& id,
        int logLines,
        client::OnMessage<client::JobUpdate> onMessage,
        client::OnEnd onEnd) override;
    client::CallPtr watchJobs(
        const jobs::JobFilter& filter,
        int limit,
        client::OnMessage<client::JobsUpdate> onMessage,
        client::OnEnd onEnd) override;
};

} // namespace pilothouse::test
