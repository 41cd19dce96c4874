// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/JobsClient.h"
#include "shared/client/grpc/Link.h"

#include <memory>

namespace pilothouse::client {

class GrpcJobsClient final : public JobsClient
{
public:
    explicit GrpcJobsClient(std::shared_ptr<Link> link) : m_link(std::move(link)) {}

    CallPtr listKinds(OnDone<std::vector<jobs::Kind>> onDone) override;
    CallPtr createJob(const NewJob& job, OnDone<jobs::Job> onDone) override;
    CallPtr getJob(const std::string& id, OnDone<jobs::Job> onDone) override;
    CallPtr listJobs(
        const jobs::JobFilter& filter,
        int pageSize,
        const std::string& pageToken,
        OnDone<JobsPage> onDone) override;
    CallPtr cancelJob(
        const std::string& id, const std::string& reason, OnDone<jobs::Job> onDone) override;
    CallPtr pauseJob(const std::string& id, OnDone<jobs::Job> onDone) override;
    CallPtr resumeJob(const std::string& id, OnDone<jobs::Job> onDone) override;
    CallPtr retryJob(const std::string& id, OnDone<jobs::Job> onDone) override;
    CallPtr watchJob(
        const std::string& id, int logLines, OnMessage<JobUpdate> onMessage, OnEnd onEnd) override;
    CallPtr watchJobs(
        const jobs::JobFilter& filter,
        int limit,
        OnMessage<JobsUpdate> onMessage,
        OnEnd onEnd) override;
    CallPtr listJobLogs(const std::string& id, OnDone<JobLog> onDone) override;
    CallPtr getArtefact(
        const std::string& jobId,
        const std::string& name,
        OnDone<jobs::ArtefactContent> onDone) override;

    CallPtr createSchedule(
        const jobs::Schedule& schedule, bool validateOnly, OnDone<jobs::Schedule> onDone) override;
    CallPtr getSchedule(const std::string& name, OnDone<jobs::Schedule> onDone) override;
    CallPtr listSchedules(OnDone<std::vector<jobs::Schedule>> onDone) override;
    CallPtr updateSchedule(
        const jobs::Schedule& schedule,
        const std::vector<std::string>& fields,
        bool validateOnly,
        OnDone<jobs::Schedule> onDone) override;
    CallPtr deleteSchedule(
        const std::string& name, const std::string& etag, OnDone<Nothing> onDone) override;
    CallPtr listScheduleRuns(
        const std::string& name, int limit, OnDone<std::vector<jobs::ScheduleRun>> onDone) override;
    CallPtr previewSchedule(
        const std::string& cron,
        const std::string& timeZone,
        int count,
        OnDone<jobs::SchedulePreview> onDone) override;

private:
    std::shared_ptr<Link> m_link;
};

} // namespace pilothouse::client
