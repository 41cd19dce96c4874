// SPDX-License-Identifier: Apache-2.0
// The part of GrpcJobsClient about jobs.
#include "shared/client/grpc/GrpcJobsClient.h"

#include "shared/base/proto/TimeProto.h"
#include "shared/client/grpc/ClientCall.h"
#include "shared/client/grpc/PagedCall.h"
#include "shared/client/grpc/StreamCall.h"
#include "shared/jobs/proto/JobsProto.h"

namespace pilothouse::client {

namespace {

using Async = v1::JobsService::StubInterface::async_interface;

// A job keeps far fewer; the bound is for a server gone wrong.
constexpr int kMostLogLines = 100000;

template <typename Response>
jobs::Job jobIn(const Response& response)
{
    return jobs::fromProto(response.job());
}

template <typename Request>
Request about(const std::string& id)
{
    Request request;
    request.set_id(id);
    return request;
}

std::vector<jobs::Job> jobsIn(const google::protobuf::RepeatedPtrField<v1::Job>& list)
{
    std::vector<jobs::Job> result;
    result.reserve(static_cast<std::size_t>(list.size()));
    for (const v1::Job& job : list) {
        result.push_back(jobs::fromProto(job));
    }
    return result;
}

JobsUpdate updateIn(const v1::WatchJobsResponse& response)
{
    JobsUpdate update;
    update.snapshot = response.snapshot();
    update.jobs = jobsIn(response.jobs());
    update.removedIds.assign(response.removed_ids().begin(), response.removed_ids().end());
    update.serverTime = fromProto(response.server_time());
    return update;
}

} // namespace

CallPtr GrpcJobsClient::listKinds(OnDone<std::vector<jobs::Kind>> onDone)
{
    return callUnary<v1::ListKindsRequest, v1::ListKindsResponse>(
        m_link,
        read(*m_link),
        {},
        invoking(&Link::Stubs::jobs, &Async::ListKinds),
        std::move(onDone),
        [](const v1::ListKindsResponse& response) {
            std::vector<jobs::Kind> kinds;
            for (const v1::JobKind& kind : response.kinds()) {
                kinds.push_back(jobs::fromProto(kind));
            }
            return kinds;
        });
}

CallPtr GrpcJobsClient::createJob(const NewJob& job, OnDone<jobs::Job> onDone)
{
    v1::CreateJobRequest request;
    request.set_kind(job.kind);
    *request.mutable_parameters() = jobs::toProto(job.parameters);
    request.set_priority(job.priority);
    setTime(request, &v1::CreateJobRequest::mutable_earliest_start_time, job.earliestStart);
    request.set_request_id(job.requestId);
    request.set_validate_only(job.validateOnly);
    // With a request id the server makes one job, however often it is asked.
    const bool isRepeatable = job.validateOnly || !job.requestId.empty();
    return callUnary<v1::CreateJobRequest, v1::CreateJobResponse>(
        m_link,
        isRepeatable ? read(*m_link) : change(*m_link),
        std::move(request),
        invoking(&Link::Stubs::jobs, &Async::CreateJob),
        std::move(onDone),
        jobIn<v1::CreateJobResponse>);
}

CallPtr GrpcJobsClient::getJob(const std::string& id, OnDone<jobs::Job> onDone)
{
    return callUnary<v1::GetJobRequest, v1::GetJobResponse>(
        m_link,
        read(*m_link),
        about<v1::GetJobRequest>(id),
        invoking(&Link::Stubs::jobs, &Async::GetJob),
        std::move(onDone),
        jobIn<v1::GetJobResponse>);
}

CallPtr GrpcJobsClient::listJobs(
    const jobs::JobFilter& filter,
    int pageSize,
    const std::string& pageToken,
    OnDone<JobsPage> onDone)
{
    v1::ListJobsRequest request;
    *request.mutable_filter() = jobs::toProto(filter);
    request.set_page_size(pageSize);
    request.set_page_token(pageToken);
    return callUnary<v1::ListJobsRequest, v1::ListJobsResponse>(
        m_link,
        read(*m_link),
        std::move(request),
        invoking(&Link::Stubs::jobs, &Async::ListJobs),
        std::move(onDone),
        [](const v1::ListJobsResponse& response) {
            return JobsPage{jobsIn(response.jobs()), response.next_page_token()};
        });
}

CallPtr GrpcJobsClient::cancelJob(
    const std::string& id, const std::string& reason, OnDone<jobs::Job> onDone)
{
    auto request = about<v1::CancelJobRequest>(id);
    request.set_reason(reason);
    return callUnary<v1::CancelJobRequest, v1::CancelJobResponse>(
        m_link,
        change(*m_link),
        std::move(request),
        invoking(&Link::Stubs::jobs, &Async::CancelJob),
        std::move(onDone),
        jobIn<v1::CancelJobResponse>);
}

CallPtr GrpcJobsClient::pauseJob(const std::string& id, OnDone<jobs::Job> onDone)
{
    return callUnary<v1::PauseJobRequest, v1::PauseJobResponse>(
        m_link,
        change(*m_link),
        about<v1::PauseJobRequest>(id),
        invoking(&Link::Stubs::jobs, &Async::PauseJob),
        std::move(onDone),
        jobIn<v1::PauseJobResponse>);
}

CallPtr GrpcJobsClient::resumeJob(const std::string& id, OnDone<jobs::Job> onDone)
{
    return callUnary<v1::ResumeJobRequest, v1::ResumeJobResponse>(
        m_link,
        change(*m_link),
        about<v1::ResumeJobRequest>(id),
        invoking(&Link::Stubs::jobs, &Async::ResumeJob),
        std::move(onDone),
        jobIn<v1::ResumeJobResponse>);
}

CallPtr GrpcJobsClient::retryJob(const std::string& id, OnDone<jobs::Job> onDone)
{
    return callUnary<v1::RetryJobRequest, v1::RetryJobResponse>(
        m_link,
        change(*m_link),
        about<v1::RetryJobRequest>(id),
        invoking(&Link::Stubs::jobs, &Async::RetryJob),
        std::move(onDone),
        jobIn<v1::RetryJobResponse>);
}

CallPtr GrpcJobsClient::watchJob(
    const std::string& id, int logLines, OnMessage<JobUpdate> onMessage, OnEnd onEnd)
{
    auto request = about<v1::WatchJobRequest>(id);
    request.set_log_lines(logLines);
    return StreamCall<v1::WatchJobRequest, v1::WatchJobResponse>::start(
        m_link,
        std::move(request),
        opening(&Link::Stubs::jobs, &Async::WatchJob),
        [receive =
             std::move(onMessage)](v1::WatchJobResponse& response, v1::WatchJobRequest& next) {
            next.set_resume_token(response.resume_token());
            JobUpdate update;
            update.job = jobs::fromProto(response.job());
            for (const v1::JobLogLine& line : response.log()) {
                update.log.push_back(jobs::fromProto(line));
            }
            receive(std::move(update));
        },
        std::move(onEnd),
        StreamEnd::WithOk);
}

CallPtr GrpcJobsClient::watchJobs(
    const jobs::JobFilter& filter, int limit, OnMessage<JobsUpdate> onMessage, OnEnd onEnd)
{
    v1::WatchJobsRequest request;
    *request.mutable_filter() = jobs::toProto(filter);
    request.set_limit(limit);
    return StreamCall<v1::WatchJobsRequest, v1::WatchJobsResponse>::start(
        m_link,
        std::move(request),
        opening(&Link::Stubs::jobs, &Async::WatchJobs),
        [receive =
             std::move(onMessage)](v1::WatchJobsResponse& response, v1::WatchJobsRequest& next) {
            next.set_resume_token(response.resume_token());
            receive(updateIn(response));
        },
        std::move(onEnd));
}

CallPtr GrpcJobsClient::listJobLogs(const std::string& id, OnDone<JobLog> onDone)
{
    auto dropped = std::make_shared<std::int64_t>(0);
    return PagedCall<v1::ListJobLogsRequest, v1::ListJobLogsResponse, jobs::LogLine>::start(
        m_link,
        about<v1::ListJobLogsRequest>(id),
        kMostLogLines,
        invoking(&Link::Stubs::jobs, &Async::ListJobLogs),
        [dropped](const v1::ListJobLogsResponse& page, std::vector<jobs::LogLine>& lines) {
            *dropped = page.dropped_lines();
            for (const v1::JobLogLine& line : page.lines()) {
                lines.push_back(jobs::fromProto(line));
            }
        },
        [done = std::move(onDone), dropped](absl::StatusOr<std::vector<jobs::LogLine>> lines) {
            if (lines.ok()) {
                done(JobLog{*std::move(lines), *dropped});
            } else {
                done(lines.status());
            }
        });
}

CallPtr GrpcJobsClient::getArtefact(
    const std::string& jobId, const std::string& name, OnDone<jobs::ArtefactContent> onDone)
{
    v1::GetArtefactRequest request;
    request.set_job_id(jobId);
    request.set_name(name);
    return callUnary<v1::GetArtefactRequest, v1::GetArtefactResponse>(
        m_link,
        read(*m_link),
        std::move(request),
        invoking(&Link::Stubs::jobs, &Async::GetArtefact),
        std::move(onDone),
        [](const v1::GetArtefactResponse& response) {
            return jobs::ArtefactContent{jobs::fromProto(response.artefact()), response.content()};
        });
}

} // namespace pilothouse::client
