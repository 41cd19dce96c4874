// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/AuditLog.h"
#include "server/jobs/JobKinds.h"
#include "server/jobs/JobQueries.h"
#include "server/jobs/JobStore.h"
#include "server/jobs/LocalWorker.h"
#include "server/platform/postgres/Database.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <string>

namespace pilothouse::jobs {

/// What an operator, a schedule or another capability asks for.
struct JobOrder
{
    std::string kind;
    Parameters parameters;
    int priority = 0;
    absl::Time earliestStart = absl::InfinitePast();
    std::string requestId;
    std::string schedule;
};

/// The use cases of jobs: each one transaction with its audit entry. Thread-safe; blocks on the
/// database.
class Jobs
{
public:
    /// Called after a change that watchers on this server need not wait for.
    using Changed = std::function<void()>;

    /// All of them outlive this.
    Jobs(
        postgres::Database& database,
        const JobKinds& kinds,
        const audit::AuditLog& audit,
        LocalWorker& worker,
        Changed changed);

    /// The job as it would be, without an id.
    absl::StatusOr<Job> validate(const JobOrder& order, const std::string& createdBy) const;
    /// The id; that of the earlier job when the request was made before.
    absl::StatusOr<std::int64_t> create(
        const JobOrder& order, const audit::Actor& actor, absl::Time deadline);
    /// In a transaction of the caller's, for what belongs together with the job; the caller calls
    /// changed() afterwards.
    absl::StatusOr<std::int64_t> create(
        postgres::Transaction& transaction, const JobOrder& order, const audit::Actor& actor) const;
    void changed() const;

    absl::Status cancel(
        std::int64_t id, const std::string& reason, const audit::Actor& actor, absl::Time deadline);
    absl::Status pause(std::int64_t id, const audit::Actor& actor, absl::Time deadline);
    absl::Status resume(std::int64_t id, const audit::Actor& actor, absl::Time deadline);
    absl::Status retry(std::int64_t id, const audit::Actor& actor, absl::Time deadline);

private:
    absl::StatusOr<JobDraft> draft(const JobOrder& order, const std::string& createdBy) const;
    /// One statement.
    absl::StatusOr<JobStore::Added> add(
        postgres::Transaction& transaction,
        const JobOrder& order,
        const JobDraft& draft,
        const audit::Actor& actor,
        const ClaimAtOnce& atOnce) const;

    using Change = std::function<absl::Status(postgres::Transaction&)>;
    /// Locks the job, refuses with FAILED_PRECONDITION when its state does not allow the verb,
    /// changes it and records that.
    absl::Status change(
        std::int64_t id,
        const char* verb,
        bool (*isAllowed)(JobState),
        const std::string& reason,
        const audit::Actor& actor,
        absl::Time deadline,
        const Change& change);

    postgres::Database& m_database;
    const JobKinds& m_kinds;
    const audit::AuditLog& m_audit;
    LocalWorker& m_worker;
    const Changed m_changed;
    const JobStore m_store{};
};

} // namespace pilothouse::jobs
