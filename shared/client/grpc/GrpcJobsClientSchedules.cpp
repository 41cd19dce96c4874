// SPDX-License-Identifier: Apache-2.0
// The part of GrpcJobsClient about schedules.
#include "shared/client/grpc/ClientCall.h"
#include "shared/client/grpc/GrpcJobsClient.h"
#include "shared/client/grpc/PagedCall.h"
#include "shared/jobs/proto/JobsProto.h"

namespace pilothouse::client {

namespace {

using Async = v1::JobsService::StubInterface::async_interface;

// A platform has dozens; the bound is for a server gone wrong.
constexpr int kMostSchedules = 10000;

template <typename Response>
jobs::Schedule scheduleIn(const Response& response)
{
    return jobs::fromProto(response.schedule());
}

} // namespace

CallPtr GrpcJobsClient::createSchedule(
    const jobs::Schedule& schedule, bool validateOnly, OnDone<jobs::Schedule> onDone)
{
    v1::CreateScheduleRequest request;
    *request.mutable_schedule() = jobs::toProto(schedule);
    request.set_validate_only(validateOnly);
    return callUnary<v1::CreateScheduleRequest, v1::CreateScheduleResponse>(
        m_link,
        change(*m_link),
        std::move(request),
        invoking(&Link::Stubs::jobs, &Async::CreateSchedule),
        std::move(onDone),
        scheduleIn<v1::CreateScheduleResponse>);
}

CallPtr GrpcJobsClient::getSchedule(const std::string& name, OnDone<jobs::Schedule> onDone)
{
    v1::GetScheduleRequest request;
    request.set_name(name);
    return callUnary<v1::GetScheduleRequest, v1::GetScheduleResponse>(
        m_link,
        read(*m_link),
        std::move(request),
        invoking(&Link::Stubs::jobs, &Async::GetSchedule),
        std::move(onDone),
        scheduleIn<v1::GetScheduleResponse>);
}

CallPtr GrpcJobsClient::listSchedules(OnDone<std::vector<jobs::Schedule>> onDone)
{
    return PagedCall<v1::ListSchedulesRequest, v1::ListSchedulesResponse, jobs::Schedule>::start(
        m_link,
        {},
        kMostSchedules,
        invoking(&Link::Stubs::jobs, &Async::ListSchedules),
        [](const v1::ListSchedulesResponse& page, std::vector<jobs::Schedule>& schedules) {
            for (const v1::Schedule& schedule : page.schedules()) {
                schedules.push_back(jobs::fromProto(schedule));
            }
        },
        std::move(onDone));
}

CallPtr GrpcJobsClient::updateSchedule(
    const jobs::Schedule& schedule,
    const std::vector<std::string>& fields,
    bool validateOnly,
    OnDone<jobs::Schedule> onDone)
{
    v1::UpdateScheduleRequest request;
    *request.mutable_schedule() = jobs::toProto(schedule);
    for (const std::string& field : fields) {
        request.mutable_update_mask()->add_paths(field);
    }
    request.set_validate_only(validateOnly);
    return callUnary<v1::UpdateScheduleRequest, v1::UpdateScheduleResponse>(
        m_link,
        change(*m_link),
        std::move(request),
        invoking(&Link::Stubs::jobs, &Async::UpdateSchedule),
        std::move(onDone),
        scheduleIn<v1::UpdateScheduleResponse>);
}

CallPtr GrpcJobsClient::deleteSchedule(
    const std::string& name, const std::string& etag, OnDone<Nothing> onDone)
{
    v1::DeleteScheduleRequest request;
    request.set_name(name);
    request.set_etag(etag);
    return callUnary<v1::DeleteScheduleRequest, v1::DeleteScheduleResponse>(
        m_link,
        change(*m_link),
        std::move(request),
        invoking(&Link::Stubs::jobs, &Async::DeleteSchedule),
        std::move(onDone),
        [](const v1::DeleteScheduleResponse& /*response*/) { return Nothing{}; });
}

CallPtr GrpcJobsClient::listScheduleRuns(
    const std::string& name, int limit, OnDone<std::vector<jobs::ScheduleRun>> onDone)
{
    v1::ListScheduleRunsRequest request;
    request.set_name(name);
    return PagedCall<v1::ListScheduleRunsRequest, v1::ListScheduleRunsResponse, jobs::ScheduleRun>::
        start(
            m_link,
            std::move(request),
            limit,
            invoking(&Link::Stubs::jobs, &Async::ListScheduleRuns),
            [](const v1::ListScheduleRunsResponse& page, std::vector<jobs::ScheduleRun>& runs) {
                for (const v1::ScheduleRun& run : page.runs()) {
                    runs.push_back(jobs::fromProto(run));
                }
            },
            std::move(onDone));
}

CallPtr GrpcJobsClient::previewSchedule(
    const std::string& cron,
    const std::string& timeZone,
    int count,
    OnDone<jobs::SchedulePreview> onDone)
{
    v1::PreviewScheduleRequest request;
    request.set_cron(cron);
    request.set_time_zone(timeZone);
    request.set_count(count);
    return callUnary<v1::PreviewScheduleRequest, v1::PreviewScheduleResponse>(
        m_link,
        read(*m_link),
        std::move(request),
        invoking(&Link::Stubs::jobs, &Async::PreviewSchedule),
        std::move(onDone),
        [](const v1::PreviewScheduleResponse& response) { return jobs::fromProto(response); });
}

} // namespace pilothouse::client
