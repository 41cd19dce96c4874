// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Database.h"
#include "shared/jobs/Job.h"
#include "shared/jobs/RetryPolicy.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <string>
#include <vector>

namespace pilothouse::jobs {

/// Which task of which job.
struct TaskId
{
    std::int64_t job = 0;
    int position = 0;

    auto operator<=>(const TaskId&) const = default;
};

/// A try that this worker has the lease of.
struct ClaimedTask
{
    TaskId id;
    std::string kind;
    std::string name;
    Parameters parameters;
    /// The fence: every write names it. Later claims have higher numbers.
    std::int64_t claim = 0;
    /// Of how many tries this is which.
    int tries = 0;
    RetryPolicy retry;
    absl::Duration timeout;
    /// Other tasks wait for it.
    bool hasDependents = false;
};

/// What became of a try.
struct TaskEnd
{
    TaskId id;
    std::int64_t claim = 0;
    /// Succeeded, Failed, Cancelled, Delayed (again after `wait`) or Ready (given back, as if it
    /// had not been tried).
    TaskState state = TaskState::Succeeded;
    /// How long the try took.
    absl::Duration ran;
    absl::Duration wait;
    std::string message;
    std::string result;
    /// Only a hint, which saves work: that nothing waits for the task must be known.
    bool hasDependents = true;
};

/// The queue of tasks in the database: whoever claims is a registered worker, whatever is written
/// is checked against the claim. Rows are always locked jobs first and by id, and claiming never
/// waits for a lock, so that workers, operators and reaper do not deadlock. Thread-safe.
class TaskQueue
{
public:
    struct Limits
    {
        std::vector<std::string> kinds;
        /// Tasks at once over all servers, beside `kinds`; 0 = no limit.
        std::vector<int> concurrency;
    };

    TaskQueue(postgres::Database& database, Limits limits);

    struct Worker
    {
        std::int64_t id = 0;
        std::string host;
    };
    /// A new worker with its lease. Workers of the same data directory were earlier processes and
    /// are dead: their leases end now.
    absl::StatusOr<Worker> registerWorker(
        const std::string& serverId, const std::string& host, absl::Duration lease);
    /// Prolongs the lease; NOT_FOUND when it has run out and the worker counts as dead.
    absl::Status beat(const Worker& worker, absl::Duration lease);
    /// Ends the lease, for a worker that has nothing left.
    absl::Status signOff(const Worker& worker);
    /// Marks those of the jobs that something runs of as started; answers how many were not yet.
    absl::StatusOr<std::int64_t> markStarted(const std::vector<std::int64_t>& jobs);
    /// Of these jobs, those that were asked to stop.
    absl::StatusOr<std::vector<std::int64_t>> cancelling(const std::vector<std::int64_t>& jobs);

    struct Cycle
    {
        std::vector<ClaimedTask> claimed;
        /// Ends that counted; the others came from tries that were not current any more.
        int accepted = 0;
        /// Tasks that became ready by it: there is more to claim.
        int freed = 0;
        /// Tasks wait whose kind or key is limited: claimLimited may find something.
        bool hasLimited = false;
    };
    /// Writes how tries ended and claims up to `want` new ones, kMostAtOnce at the most, in one
    /// round trip. `finished` are the claims of which this worker runs nothing more after that.
    absl::StatusOr<Cycle> cycle(
        const Worker& worker,
        const std::vector<TaskEnd>& ends,
        const std::vector<std::int64_t>& finished,
        int want);
    static constexpr int kMostAtOnce = 50;
    /// Claims tasks of limited kinds and keys; of several servers one at a time looks.
    absl::StatusOr<std::vector<ClaimedTask>> claimLimited(const Worker& worker, int want);

    struct Held
    {
        TaskId id;
        std::int64_t claim = 0;
        bool operator==(const Held&) const = default;
    };
    /// What the database says that this worker runs.
    absl::StatusOr<std::vector<Held>> heldBy(const Worker& worker);

    /// Delayed tasks whose time has come become ready; answers how many, and how long until the
    /// next one.
    struct Promoted
    {
        int count = 0;
        absl::Duration untilNext = absl::InfiniteDuration();
    };
    absl::StatusOr<Promoted> promote();

private:
    postgres::Database& m_database;
    const Limits m_limits;
};

} // namespace pilothouse::jobs
