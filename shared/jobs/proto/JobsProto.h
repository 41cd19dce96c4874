// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/jobs/Job.h"
#include "shared/jobs/Kind.h"
#include "shared/jobs/Schedule.h"

#include <pilothouse/v1/jobs.pb.h>

// Wire messages and domain types of the jobs capability, both ways. A state that this build does
// not know reads as the first one.
namespace pilothouse::jobs {

using ProtoParameters = google::protobuf::Map<std::string, std::string>;

ProtoParameters toProto(const Parameters& parameters);
Parameters fromProto(const ProtoParameters& parameters);

v1::JobState toProto(JobState state);
JobState fromProto(v1::JobState state);

v1::JobKind toProto(const Kind& kind);
Kind fromProto(const v1::JobKind& kind);

v1::Job toProto(const Job& job);
Job fromProto(const v1::Job& job);

v1::JobArtefact toProto(const Artefact& artefact);
Artefact fromProto(const v1::JobArtefact& artefact);

v1::JobLogLine toProto(const LogLine& line);
LogLine fromProto(const v1::JobLogLine& line);

v1::JobFilter toProto(const JobFilter& filter);
JobFilter fromProto(const v1::JobFilter& filter);

v1::ScheduleRun toProto(const ScheduleRun& run);
ScheduleRun fromProto(const v1::ScheduleRun& run);

v1::Schedule toProto(const Schedule& schedule);
Schedule fromProto(const v1::Schedule& schedule);

v1::PreviewScheduleResponse toProto(const SchedulePreview& preview);
SchedulePreview fromProto(const v1::PreviewScheduleResponse& preview);

} // namespace pilothouse::jobs
