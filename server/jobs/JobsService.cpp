// SPDX-License-Identifier: Apache-2.0
// The part of JobsService about jobs.
#include "server/jobs/JobsService.h"

#include "shared/base/StatusHelpers.h"
#include "shared/base/proto/TimeProto.h"
#include "shared/jobs/proto/JobsProto.h"

#include <absl/strings/numbers.h>
#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::jobs {

namespace {

constexpr int kDefaultPage = 50;
constexpr int kLargestPage = 1000;
constexpr const char* kJobPages = "jobs";
constexpr const char* kLogPages = "job-log";

absl::StatusOr<std::int64_t> idOf(const std::string& text)
{
    std::int64_t id = 0;
    if (!absl::SimpleAtoi(text, &id) || id <= 0) {
        return withHint(
            absl::InvalidArgumentError(fmt::format("'{}' is not a job's id", text.substr(0, 40))),
            "Take one from 'pilothousectl jobs list'.");
    }
    return id;
}

/// The place in a list that a token names; 0 without one.
absl::StatusOr<std::int64_t> placeOf(
    const rpc::PageTokens& pages, const char* list, const std::string& token)
{
    std::int64_t place = 0;
    if (token.empty()) {
        return place;
    }
    PH_ASSIGN_OR_RETURN(const auto parts, pages.open(list, token));
    if (parts.size() != 1 || !absl::SimpleAtoi(parts.front(), &place)) {
        return rpc::PageTokens::invalid();
    }
    return place;
}

} // namespace

absl::StatusOr<int> pageSizeOf(int asked)
{
    if (asked < 0) {
        return absl::InvalidArgumentError("page_size is negative");
    }
    return asked == 0 ? kDefaultPage : std::min(asked, kLargestPage);
}

JobsService::JobsService(rpc::Guard& guard, const Parts& parts)
    : rpc::Service(guard, v1::CreateJobRequest::descriptor()->file()->service(0)), m_parts(parts)
{
    unary("ListKinds", &JobsService::listKinds);
    unaryOn(parts.db, "CreateJob", &JobsService::createJob);
    unaryOn(parts.db, "GetJob", &JobsService::getJob);
    unaryOn(parts.db, "ListJobs", &JobsService::listJobs);
    unaryOn(parts.db, "CancelJob", &JobsService::cancelJob);
    unaryOn(parts.db, "PauseJob", &JobsService::pauseJob);
    unaryOn(parts.db, "ResumeJob", &JobsService::resumeJob);
    unaryOn(parts.db, "RetryJob", &JobsService::retryJob);
    watch("WatchJob", &JobsService::watchJob);
    watch("WatchJobs", &JobsService::watchJobs);
    unaryOn(parts.db, "ListJobLogs", &JobsService::listJobLogs);
    unaryOn(parts.db, "GetArtefact", &JobsService::getArtefact);
    registerSchedules();
}

absl::Status JobsService::mayStart(const Call& call, const std::string& kind) const
{
    const auto handler = m_parts.kinds.find(kind);
    if (handler == nullptr) {
        return absl::OkStatus(); // said better by whoever looks for it
    }
    if (!handler->kind().isCreatable) {
        return absl::FailedPreconditionError(
            fmt::format("jobs of kind {} are started by the server only", kind));
    }
    const std::string& needed = handler->kind().permission;
    const auto& permissions = call.caller().identity.permissions;
    if (!needed.empty() && std::ranges::find(permissions, needed) == permissions.end()) {
        return withHint(
            absl::PermissionDeniedError(fmt::format("jobs of kind {} need {}", kind, needed)),
            "Ask an administrator for a role that grants it.");
    }
    return absl::OkStatus();
}

absl::Status JobsService::listKinds(
    const Call&, const v1::ListKindsRequest&, v1::ListKindsResponse& response)
{
    for (const Kind& kind : m_parts.kinds.all()) {
        *response.add_kinds() = toProto(kind);
    }
    return absl::OkStatus();
}

absl::Status JobsService::createJob(
    const Call& call, const v1::CreateJobRequest& request, v1::CreateJobResponse& response)
{
    PH_RETURN_IF_ERROR(mayStart(call, request.kind()));
    JobOrder order;
    order.kind = request.kind();
    order.parameters = fromProto(request.parameters());
    order.priority = request.priority();
    order.requestId = request.request_id();
    if (request.has_earliest_start_time()) {
        order.earliestStart = pilothouse::fromProto(request.earliest_start_time());
    }
    const audit::Actor actor = audit::actorOf(call);
    if (request.validate_only()) {
        PH_ASSIGN_OR_RETURN(const Job job, m_parts.jobs.validate(order, actor.name));
        *response.mutable_job() = toProto(job);
        return absl::OkStatus();
    }
    PH_ASSIGN_OR_RETURN(const std::int64_t id, m_parts.jobs.create(order, actor, call.deadline()));
    return changed(call, id, absl::OkStatus(), response);
}

template <typename Response>
absl::Status JobsService::changed(
    const Call& call, std::int64_t id, const absl::Status& status, Response& response) const
{
    PH_RETURN_IF_ERROR(status);
    PH_ASSIGN_OR_RETURN(const Job job, m_parts.queries.get(id, call.deadline()));
    *response.mutable_job() = toProto(job);
    return absl::OkStatus();
}

absl::Status JobsService::getJob(
    const Call& call, const v1::GetJobRequest& request, v1::GetJobResponse& response)
{
    PH_ASSIGN_OR_RETURN(const std::int64_t id, idOf(request.id()));
    return changed(call, id, absl::OkStatus(), response);
}

absl::Status JobsService::listJobs(
    const Call& call, const v1::ListJobsRequest& request, v1::ListJobsResponse& response)
{
    PH_ASSIGN_OR_RETURN(const int size, pageSizeOf(request.page_size()));
    PH_ASSIGN_OR_RETURN(
        const std::int64_t before, placeOf(m_parts.pages, kJobPages, request.page_token()));
    PH_ASSIGN_OR_RETURN(
        auto jobs,
        m_parts.queries.list(fromProto(request.filter()), before, size + 1, call.deadline()));
    if (jobs.size() > static_cast<std::size_t>(size)) {
        jobs.pop_back();
        response.set_next_page_token(m_parts.pages.make(kJobPages, {jobs.back().id}));
    }
    for (const Job& job : jobs) {
        *response.add_jobs() = toProto(job);
    }
    return absl::OkStatus();
}

absl::Status JobsService::cancelJob(
    const Call& call, const v1::CancelJobRequest& request, v1::CancelJobResponse& response)
{
    PH_ASSIGN_OR_RETURN(const std::int64_t id, idOf(request.id()));
    return changed(
        call,
        id,
        m_parts.jobs.cancel(id, request.reason(), audit::actorOf(call), call.deadline()),
        response);
}

absl::Status JobsService::pauseJob(
    const Call& call, const v1::PauseJobRequest& request, v1::PauseJobResponse& response)
{
    PH_ASSIGN_OR_RETURN(const std::int64_t id, idOf(request.id()));
    return changed(
        call, id, m_parts.jobs.pause(id, audit::actorOf(call), call.deadline()), response);
}

absl::Status JobsService::resumeJob(
    const Call& call, const v1::ResumeJobRequest& request, v1::ResumeJobResponse& response)
{
    PH_ASSIGN_OR_RETURN(const std::int64_t id, idOf(request.id()));
    return changed(
        call, id, m_parts.jobs.resume(id, audit::actorOf(call), call.deadline()), response);
}

absl::Status JobsService::retryJob(
    const Call& call, const v1::RetryJobRequest& request, v1::RetryJobResponse& response)
{
    PH_ASSIGN_OR_RETURN(const std::int64_t id, idOf(request.id()));
    return changed(
        call, id, m_parts.jobs.retry(id, audit::actorOf(call), call.deadline()), response);
}

absl::StatusOr<std::unique_ptr<rpc::Source<v1::WatchJobResponse>>> JobsService::watchJob(
    const Call&, const v1::WatchJobRequest& request, rpc::Waker waker)
{
    PH_ASSIGN_OR_RETURN(const std::int64_t id, idOf(request.id()));
    return m_parts.feed.watchOne(id, request, std::move(waker));
}

absl::StatusOr<std::unique_ptr<rpc::Source<v1::WatchJobsResponse>>> JobsService::watchJobs(
    const Call&, const v1::WatchJobsRequest& request, rpc::Waker waker)
{
    return m_parts.feed.watchAll(request, std::move(waker));
}

absl::Status JobsService::listJobLogs(
    const Call& call, const v1::ListJobLogsRequest& request, v1::ListJobLogsResponse& response)
{
    PH_ASSIGN_OR_RETURN(const std::int64_t id, idOf(request.id()));
    PH_ASSIGN_OR_RETURN(const int size, pageSizeOf(request.page_size()));
    PH_ASSIGN_OR_RETURN(
        const std::int64_t after, placeOf(m_parts.pages, kLogPages, request.page_token()));
    PH_ASSIGN_OR_RETURN(auto page, m_parts.records.log(id, after, size + 1, call.deadline()));
    if (page.lines.size() > static_cast<std::size_t>(size)) {
        page.lines.pop_back();
        response.set_next_page_token(
            m_parts.pages.make(kLogPages, {std::to_string(page.lines.back().sequence)}));
    }
    for (const LogLine& line : page.lines) {
        *response.add_lines() = toProto(line);
    }
    response.set_dropped_lines(page.dropped);
    return absl::OkStatus();
}

absl::Status JobsService::getArtefact(
    const Call& call, const v1::GetArtefactRequest& request, v1::GetArtefactResponse& response)
{
    PH_ASSIGN_OR_RETURN(const std::int64_t id, idOf(request.job_id()));
    PH_ASSIGN_OR_RETURN(
        auto artefact, m_parts.records.artefact(id, request.name(), call.deadline()));
    *response.mutable_artefact() = toProto(artefact.artefact);
    response.set_content(std::move(artefact.content));
    return absl::OkStatus();
}

} // namespace pilothouse::jobs
