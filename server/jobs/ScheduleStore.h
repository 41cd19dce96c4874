// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Transaction.h"
#include "shared/jobs/Schedule.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <optional>
#include <string>
#include <vector>

namespace pilothouse::jobs {

/// A schedule as it is stored; `schedule.nextRunTime` is not part of that.
struct StoredSchedule
{
    Schedule schedule;
    /// Everything up to here has been decided.
    absl::Time decidedUntil;
};

/// The tables of schedules and of what became of their times.
class ScheduleStore
{
public:
    using Transaction = postgres::Transaction;

    /// ALREADY_EXISTS when the name is taken.
    absl::Status add(Transaction& transaction, const Schedule& schedule) const;
    /// With a new etag; `restart`: times that passed until now do not count.
    absl::Status update(Transaction& transaction, const Schedule& schedule, bool restart) const;
    absl::StatusOr<bool> remove(Transaction& transaction, const std::string& name) const;

    absl::StatusOr<std::optional<StoredSchedule>> find(
        Transaction& transaction, const std::string& name) const;
    /// The same, locked until the transaction ends.
    absl::StatusOr<std::optional<StoredSchedule>> lock(
        Transaction& transaction, const std::string& name) const;
    /// By name, after `after`, at most `limit`.
    absl::StatusOr<std::vector<StoredSchedule>> list(
        Transaction& transaction, const std::string& after, int limit) const;
    /// Those that are not paused.
    absl::StatusOr<std::vector<StoredSchedule>> active(Transaction& transaction) const;

    absl::StatusOr<absl::Time> now(Transaction& transaction) const;
    absl::StatusOr<bool> hasOpenJob(Transaction& transaction, const std::string& name) const;
    absl::Status addRun(
        Transaction& transaction, const std::string& name, const ScheduleRun& run) const;
    absl::Status decide(Transaction& transaction, const std::string& name, absl::Time until) const;
    /// Newest first, planned before `before`, at most `limit`.
    absl::StatusOr<std::vector<ScheduleRun>> runs(
        Transaction& transaction, const std::string& name, absl::Time before, int limit) const;
};

} // namespace pilothouse::jobs
