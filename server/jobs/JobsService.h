// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/jobs/JobFeed.h"
#include "server/jobs/JobKinds.h"
#include "server/jobs/JobQueries.h"
#include "server/jobs/JobRecords.h"
#include "server/jobs/Jobs.h"
#include "server/jobs/Schedules.h"
#include "server/platform/executor/Executor.h"
#include "server/platform/rpc/PageTokens.h"
#include "server/platform/rpc/Service.h"

#include <pilothouse/v1/jobs.pb.h>

namespace pilothouse::jobs {

/// Jobs and their schedules over gRPC.
class JobsService final : public rpc::Service
{
public:
    struct Parts
    {
        const JobKinds& kinds;
        Jobs& jobs;
        JobQueries& queries;
        JobRecords& records;
        Schedules& schedules;
        JobFeed& feed;
        const rpc::PageTokens& pages;
        platform::Executor& db;
    };

    /// All of it outlives the service.
    JobsService(rpc::Guard& guard, const Parts& parts);

private:
    using Call = rpc::Call;

    void registerSchedules();

    absl::Status listKinds(const Call&, const v1::ListKindsRequest&, v1::ListKindsResponse&);
    absl::Status createJob(const Call&, const v1::CreateJobRequest&, v1::CreateJobResponse&);
    absl::Status getJob(const Call&, const v1::GetJobRequest&, v1::GetJobResponse&);
    absl::Status listJobs(const Call&, const v1::ListJobsRequest&, v1::ListJobsResponse&);
    absl::Status cancelJob(const Call&, const v1::CancelJobRequest&, v1::CancelJobResponse&);
    absl::Status pauseJob(const Call&, const v1::PauseJobRequest&, v1::PauseJobResponse&);
    absl::Status resumeJob(const Call&, const v1::ResumeJobRequest&, v1::ResumeJobResponse&);
    absl::Status retryJob(const Call&, const v1::RetryJobRequest&, v1::RetryJobResponse&);
    absl::StatusOr<std::unique_ptr<rpc::Source<v1::WatchJobResponse>>> watchJob(
        const Call&, const v1::WatchJobRequest&, rpc::Waker);
    absl::StatusOr<std::unique_ptr<rpc::Source<v1::WatchJobsResponse>>> watchJobs(
        const Call&, const v1::WatchJobsRequest&, rpc::Waker);
    absl::Status listJobLogs(const Call&, const v1::ListJobLogsRequest&, v1::ListJobLogsResponse&);
    absl::Status getArtefact(const Call&, const v1::GetArtefactRequest&, v1::GetArtefactResponse&);

    absl::Status createSchedule(
        const Call&, const v1::CreateScheduleRequest&, v1::CreateScheduleResponse&);
    absl::Status getSchedule(const Call&, const v1::GetScheduleRequest&, v1::GetScheduleResponse&);
    absl::Status listSchedules(
        const Call&, const v1::ListSchedulesRequest&, v1::ListSchedulesResponse&);
    absl::Status updateSchedule(
        const Call&, const v1::UpdateScheduleRequest&, v1::UpdateScheduleResponse&);
    absl::Status deleteSchedule(
        const Call&, const v1::DeleteScheduleRequest&, v1::DeleteScheduleResponse&);
    absl::Status listScheduleRuns(
        const Call&, const v1::ListScheduleRunsRequest&, v1::ListScheduleRunsResponse&);
    absl::Status previewSchedule(
        const Call&, const v1::PreviewScheduleRequest&, v1::PreviewScheduleResponse&);

    /// The permission of the kind itself, besides that of the method.
    absl::Status mayStart(const Call& call, const std::string& kind) const;
    /// Changes a job and answers it as it is then.
    template <typename Response>
    absl::Status changed(
        const Call& call, std::int64_t id, const absl::Status& status, Response& response) const;

    const Parts m_parts;
};

/// 0 = the default; INVALID_ARGUMENT when negative.
absl::StatusOr<int> pageSizeOf(int asked);

} // namespace pilothouse::jobs
