// SPDX-License-Identifier: Apache-2.0
#include "tests/support/client/FakeJobsClient.h"

namespace pilothouse::test {

client::CallPtr FakeJobsClient::listKinds(client::OnDone<std::vector<jobs::Kind>> onDone)
{
    return kinds.start({}, std::move(onDone));
}

client::CallPtr FakeJobsClient::createJob(
    const client::NewJob& job, client::OnDone<jobs::Job> onDone)
{
    return creations.start(job, std::move(onDone));
}

client::CallPtr FakeJobsClient::getJob(const std::string& id, client::OnDone<jobs::Job> onDone)
{
    return gets.start(id, std::move(onDone));
}

client::CallPtr FakeJobsClient::listJobs(
    const jobs::JobFilter& filter,
    int pageSize,
    const std::string& pageToken,
    client::OnDone<client::JobsPage> onDone)
{
    return lists.start({filter, pageSize, pageToken}, std::move(onDone));
}

client::CallPtr FakeJobsClient::cancelJob(
    const std::string& id, const std::string& reason, client::OnDone<jobs::Job> onDone)
{
    return cancellations.start({id, reason}, std::move(onDone));
}

client::CallPtr FakeJobsClient::pauseJob(const std::string& id, client::OnDone<jobs::Job> onDone)
{
    return pauses.start(id, std::move(onDone));
}

client::CallPtr FakeJobsClient::resumeJob(const std::string& id, client::OnDone<jobs::Job> onDone)
{
    return resumptions.start(id, std::move(onDone));
}

client::CallPtr FakeJobsClient::retryJob(const std::string& id, client::OnDone<jobs::Job> onDone)
{
    return retries.start(id, std::move(onDone));
}

client::CallPtr FakeJobsClient::listJobLogs(
    const std::string& id, client::OnDone<client::JobLog> onDone)
{
    return logs.start(id, std::move(onDone));
}

client::CallPtr FakeJobsClient::getArtefact(
    const std::string& jobId, const std::string& name, client::OnDone<jobs::ArtefactContent> onDone)
{
    return artefacts.start({jobId, name}, std::move(onDone));
}

client::CallPtr FakeJobsClient::createSchedule(
    const jobs::Schedule& schedule, bool validateOnly, client::OnDone<jobs::Schedule> onDone)
{
    return scheduleCreations.start({schedule, validateOnly}, std::move(onDone));
}

client::CallPtr FakeJobsClient::getSchedule(
    const std::string& name, client::OnDone<jobs::Schedule> onDone)
{
    return scheduleGets.start(name, std::move(onDone));
}

client::CallPtr FakeJobsClient::listSchedules(client::OnDone<std::vector<jobs::Schedule>> onDone)
{
    return schedules.start({}, std::move(onDone));
}

client::CallPtr FakeJobsClient::updateSchedule(
    const jobs::Schedule& schedule,
    const std::vector<std::string>& fields,
    bool validateOnly,
    client::OnDone<jobs::Schedule> onDone)
{
    return scheduleUpdates.start({schedule, fields, validateOnly}, std::move(onDone));
}

client::CallPtr FakeJobsClient::deleteSchedule(
    const std::string& name, const std::string& etag, client::OnDone<client::Nothing> onDone)
{
    return scheduleDeletions.start({name, etag}, std::move(onDone));
}

client::CallPtr FakeJobsClient::listScheduleRuns(
    const std::string& name, int limit, client::OnDone<std::vector<jobs::ScheduleRun>> onDone)
{
    return scheduleRuns.start({name, limit}, std::move(onDone));
}

client::CallPtr FakeJobsClient::previewSchedule(
    const std::string& cron,
    const std::string& timeZone,
    int count,
    client::OnDone<jobs::SchedulePreview> onDone)
{
    return previews.start({cron, timeZone, count}, std::move(onDone));
}

client::CallPtr FakeJobsClient::watchJob(
    const std::string& id,
    int logLines,
    client::OnMessage<client::JobUpdate> onMessage,
    client::OnEnd onEnd)
{
    return jobStream.start({id, logLines}, std::move(onMessage), std::move(onEnd));
}

client::CallPtr FakeJobsClient::watchJobs(
    const jobs::JobFilter& filter,
    int limit,
    client::OnMessage<client::JobsUpdate> onMessage,
    client::OnEnd onEnd)
{
    return jobsStream.start({filter, limit}, std::move(onMessage), std::move(onEnd));
}

} // namespace pilothouse::test
