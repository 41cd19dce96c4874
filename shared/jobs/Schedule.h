// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/jobs/Job.h"

#include <absl/time/time.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::jobs {

/// What happens to times that passed while no server ran.
enum class MissedRunPolicy {
    /// They are left out.
    Skip,
    /// However many there were, one run makes up for them.
    RunOnce,
};

enum class RunOutcome {
    /// Made a job.
    Started,
    /// The job of the time before was still open.
    Overlapped,
    /// Nobody was there at that time.
    Missed,
    /// The job could not be made; the message says why.
    Failed,
};

/// "skip", "run-once"; "started", "overlapped", "missed", "failed".
std::string_view missedRunPolicyName(MissedRunPolicy policy);
std::optional<MissedRunPolicy> missedRunPolicyOf(std::string_view name);
std::string_view runOutcomeName(RunOutcome outcome);
RunOutcome runOutcomeOf(std::string_view name);

struct ScheduleRun
{
    absl::Time plannedTime = absl::InfinitePast();
    absl::Time decideTime = absl::InfinitePast();
    RunOutcome outcome = RunOutcome::Started;
    std::string jobId;
    /// Of that job; nothing when it is gone.
    std::optional<JobState> jobState;
    std::string message;

    bool operator==(const ScheduleRun&) const = default;
};

struct Schedule
{
    /// Lower-case letters, digits and . _ -; its identity.
    std::string name;
    std::string kind;
    Parameters parameters;
    /// Five fields: minute, hour, day of month, month, day of week.
    std::string cron;
    /// "Europe/Berlin"; empty: UTC.
    std::string timeZone;
    MissedRunPolicy missedRunPolicy = MissedRunPolicy::Skip;
    /// Each run starts up to this much later, so that not everything starts at once.
    absl::Duration jitter;
    bool isPaused = false;
    int priority = 0;
    std::string description;
    /// Changes with every change.
    std::string etag;
    // From here on set by the server.
    std::string createdBy;
    absl::Time createTime = absl::InfinitePast();
    absl::Time updateTime = absl::InfinitePast();
    /// Without jitter; InfiniteFuture while paused or when the expression never comes true.
    absl::Time nextRunTime = absl::InfiniteFuture();
    std::optional<ScheduleRun> lastRun;

    bool operator==(const Schedule&) const = default;
};

/// The next times of a cron expression, and what it says in words.
struct SchedulePreview
{
    std::vector<absl::Time> times;
    std::string description;
};

} // namespace pilothouse::jobs
