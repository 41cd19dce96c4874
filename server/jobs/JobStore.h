// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/jobs/TaskQueue.h"
#include "server/platform/postgres/Transaction.h"
#include "shared/audit/Entry.h"
#include "shared/jobs/JobPlan.h"
#include "shared/jobs/Kind.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>

namespace pilothouse::jobs {

/// What a job's row needs besides its plan.
struct JobDraft
{
    Kind kind;
    Parameters parameters;
    JobPlan plan;
    int priority = 0;
    std::string createdBy;
    std::string schedule;
    std::string requestId;
    /// InfinitePast: now.
    absl::Time earliestStart = absl::InfinitePast();

    /// Only so many of them run at once.
    bool isLimited() const { return kind.concurrency > 0 || !plan.concurrencyKey.empty(); }
    /// Of tasks that wait for no other.
    std::vector<int> firstPositions() const;
};

/// The positions that a worker claims by making the job; none with worker 0.
struct ClaimAtOnce
{
    std::int64_t worker = 0;
    std::vector<int> positions;
};

/// Writes to jobs as operators and schedules make them. A job's row is always locked before its
/// tasks; see TaskQueue.
class JobStore
{
public:
    using Transaction = postgres::Transaction;

    /// The channel on which workers hear of work (empty payload) and of stops ("cancel").
    static constexpr const char* kChannel = "pilothouse_jobs";

    struct Added
    {
        std::int64_t id = 0;
        /// Of what was claimed at once; 0 when the worker had no lease any more.
        std::int64_t claim = 0;
    };
    /// Workers hear of what is left to claim when the transaction commits. One statement, with the
    /// audit's entry, whose target is the job.
    absl::StatusOr<Added> add(
        Transaction& transaction,
        const JobDraft& draft,
        const audit::Entry& entry,
        const ClaimAtOnce& atOnce = {}) const;
    /// What add() claimed.
    static std::vector<ClaimedTask> claimed(
        const JobDraft& draft, const ClaimAtOnce& atOnce, const Added& added);
    /// The job that this request made before.
    absl::StatusOr<std::optional<std::int64_t>> findRequest(
        Transaction& transaction, const std::string& createdBy, const std::string& requestId) const;

    struct Locked
    {
        JobState state = JobState::Queued;
        std::string kind;
        std::string title;
        std::string target;
        int tasksOpen = 0;
    };
    /// NOT_FOUND without such a job.
    absl::StatusOr<Locked> lock(Transaction& transaction, std::int64_t id) const;

    // Each on a job that is locked, in a state that allows it.
    absl::Status cancel(
        Transaction& transaction, std::int64_t id, const std::string& message) const;
    absl::Status pause(Transaction& transaction, std::int64_t id) const;
    absl::Status resume(Transaction& transaction, std::int64_t id) const;
    absl::Status retry(Transaction& transaction, std::int64_t id) const;

    /// Deletes ended jobs: all but failed ones from before `ended`, failed ones from before
    /// `failed`. At most `limit`; answers how many.
    absl::StatusOr<std::int64_t> forget(
        Transaction& transaction, absl::Duration ended, absl::Duration failed, int limit) const;
    absl::StatusOr<std::int64_t> forgetRuns(
        Transaction& transaction, absl::Duration age, int limit) const;
};

} // namespace pilothouse::jobs
