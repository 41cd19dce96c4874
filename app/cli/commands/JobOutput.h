// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/output/Json.h"
#include "app/cli/output/Printer.h"
#include "shared/jobs/Job.h"
#include "shared/jobs/Kind.h"
#include "shared/jobs/Schedule.h"

#include <string>
#include <vector>

namespace pilothouse::cli {

Json jobJson(const jobs::Job& job);
Json logLineJson(const jobs::LogLine& line);
Json kindJson(const jobs::Kind& kind);
Json scheduleJson(const jobs::Schedule& schedule);
Json scheduleRunJson(const jobs::ScheduleRun& run);

/// "62 %", "3/5 tasks", or "" when nothing is known.
std::string progressText(const jobs::Progress& progress);
/// "62 %, 412 of 900 series, 35/s, done in 14 s"
std::string progressDetail(const jobs::Progress& progress, absl::Time now);
/// "12:00:01 warning measure: text"
std::string logLineText(const jobs::LogLine& line);

void printJobs(Printer& printer, const std::vector<jobs::Job>& jobs, absl::Time now);
/// One job with its tasks and artefacts.
void printJob(Printer& printer, const jobs::Job& job, absl::Time now);

} // namespace pilothouse::cli
