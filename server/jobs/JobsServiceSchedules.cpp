// SPDX-License-Identifier: Apache-2.0
// The part of JobsService about schedules.
#include "server/jobs/JobsService.h"
#include "shared/base/StatusHelpers.h"
#include "shared/jobs/proto/JobsProto.h"

#include <absl/strings/numbers.h>

namespace pilothouse::jobs {

namespace {

constexpr const char* kSchedulePages = "schedules";
constexpr const char* kRunPages = "schedule-runs";

} // namespace

void JobsService::registerSchedules()
{
    platform::Executor& db = m_parts.db;
    unaryOn(db, "CreateSchedule", &JobsService::createSchedule);
    unaryOn(db, "GetSchedule", &JobsService::getSchedule);
    unaryOn(db, "ListSchedules", &JobsService::listSchedules);
    unaryOn(db, "UpdateSchedule", &JobsService::updateSchedule);
    unaryOn(db, "DeleteSchedule", &JobsService::deleteSchedule);
    unaryOn(db, "ListScheduleRuns", &JobsService::listScheduleRuns);
    unaryOn(db, "PreviewSchedule", &JobsService::previewSchedule);
}

absl::Status JobsService::createSchedule(
    const Call& call,
    const v1::CreateScheduleRequest& request,
    v1::CreateScheduleResponse& response)
{
    Schedule schedule = fromProto(request.schedule());
    // A schedule starts jobs in its maker's name: whoever may not start them may not schedule them.
    PH_RETURN_IF_ERROR(mayStart(call, schedule.kind));
    const audit::Actor actor = audit::actorOf(call);
    if (request.validate_only()) {
        PH_ASSIGN_OR_RETURN(schedule, m_parts.schedules.validate(std::move(schedule)));
    } else {
        PH_ASSIGN_OR_RETURN(
            schedule, m_parts.schedules.create(std::move(schedule), actor, call.deadline()));
    }
    *response.mutable_schedule() = toProto(schedule);
    return absl::OkStatus();
}

absl::Status JobsService::getSchedule(
    const Call& call, const v1::GetScheduleRequest& request, v1::GetScheduleResponse& response)
{
    PH_ASSIGN_OR_RETURN(
        const Schedule schedule, m_parts.schedules.get(request.name(), call.deadline()));
    *response.mutable_schedule() = toProto(schedule);
    return absl::OkStatus();
}

absl::Status JobsService::listSchedules(
    const Call& call, const v1::ListSchedulesRequest& request, v1::ListSchedulesResponse& response)
{
    PH_ASSIGN_OR_RETURN(const int size, pageSizeOf(request.page_size()));
    std::string after;
    if (!request.page_token().empty()) {
        PH_ASSIGN_OR_RETURN(
            const auto place, m_parts.pages.open(kSchedulePages, request.page_token()));
        if (place.size() != 1) {
            return rpc::PageTokens::invalid();
        }
        after = place.front();
    }
    PH_ASSIGN_OR_RETURN(auto schedules, m_parts.schedules.list(after, size + 1, call.deadline()));
    if (schedules.size() > static_cast<std::size_t>(size)) {
        schedules.pop_back();
        response.set_next_page_token(m_parts.pages.make(kSchedulePages, {schedules.back().name}));
    }
    for (const Schedule& schedule : schedules) {
        *response.add_schedules() = toProto(schedule);
    }
    return absl::OkStatus();
}

absl::Status JobsService::updateSchedule(
    const Call& call,
    const v1::UpdateScheduleRequest& request,
    v1::UpdateScheduleResponse& response)
{
    const Schedule wanted = fromProto(request.schedule());
    const std::vector<std::string> fields(
        request.update_mask().paths().begin(), request.update_mask().paths().end());
    PH_ASSIGN_OR_RETURN(
        const Schedule current, m_parts.schedules.get(wanted.name, call.deadline()));
    PH_RETURN_IF_ERROR(mayStart(call, current.kind));
    PH_RETURN_IF_ERROR(mayStart(call, wanted.kind));
    PH_ASSIGN_OR_RETURN(
        const Schedule schedule,
        m_parts.schedules.update(
            wanted, fields, request.validate_only(), audit::actorOf(call), call.deadline()));
    *response.mutable_schedule() = toProto(schedule);
    return absl::OkStatus();
}

absl::Status JobsService::deleteSchedule(
    const Call& call, const v1::DeleteScheduleRequest& request, v1::DeleteScheduleResponse&)
{
    return m_parts.schedules.remove(
        request.name(), request.etag(), audit::actorOf(call), call.deadline());
}

absl::Status JobsService::listScheduleRuns(
    const Call& call,
    const v1::ListScheduleRunsRequest& request,
    v1::ListScheduleRunsResponse& response)
{
    PH_ASSIGN_OR_RETURN(const int size, pageSizeOf(request.page_size()));
    absl::Time before = absl::InfiniteFuture();
    if (!request.page_token().empty()) {
        PH_ASSIGN_OR_RETURN(const auto place, m_parts.pages.open(kRunPages, request.page_token()));
        std::int64_t micros = 0;
        if (place.size() != 1 || !absl::SimpleAtoi(place.front(), &micros)) {
            return rpc::PageTokens::invalid();
        }
        before = absl::FromUnixMicros(micros);
    }
    PH_ASSIGN_OR_RETURN(
        auto runs, m_parts.schedules.runs(request.name(), before, size + 1, call.deadline()));
    if (runs.size() > static_cast<std::size_t>(size)) {
        runs.pop_back();
        response.set_next_page_token(m_parts.pages.make(
            kRunPages, {std::to_string(absl::ToUnixMicros(runs.back().plannedTime))}));
    }
    for (const ScheduleRun& run : runs) {
        *response.add_runs() = toProto(run);
    }
    return absl::OkStatus();
}

absl::Status JobsService::previewSchedule(
    const Call&, const v1::PreviewScheduleRequest& request, v1::PreviewScheduleResponse& response)
{
    PH_ASSIGN_OR_RETURN(
        const SchedulePreview preview,
        m_parts.schedules.preview(request.cron(), request.time_zone(), request.count()));
    response = toProto(preview);
    return absl::OkStatus();
}

} // namespace pilothouse::jobs
