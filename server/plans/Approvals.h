// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/AuditLog.h"
#include "server/plans/ApprovalStore.h"
#include "server/plans/PlanSettings.h"
#include "server/plans/PlanStore.h"
#include "server/plans/Requester.h"
#include "server/platform/postgres/Database.h"
#include "shared/base/Clock.h"

#include <absl/status/statusor.h>

#include <functional>
#include <string>
#include <vector>

namespace pilothouse::plans {

/// The second person: asks, looks, says yes or no. Blocks on the database; thread-safe.
class Approvals
{
public:
    /// Everything outlives this.
    Approvals(
        postgres::Database& database,
        const audit::AuditLog& audit,
        const Clock& clock,
        PlanSettings settings);

    /// For a plan that the requester was shown and that is F4. Asked again while the first one is
    /// open, it answers that one.
    absl::StatusOr<Approval> request(
        const Requester& requester, const std::string& planDigest, const std::string& reason);
    /// NOT_FOUND.
    absl::StatusOr<Approval> get(const Requester& requester, const std::string& id) const;
    /// PERMISSION_DENIED for the requester, for who is not a person, and for who may not do the
    /// action; FAILED_PRECONDITION when it does not wait any more or the digest is of another plan.
    absl::StatusOr<Approval> approve(
        const Requester& approver,
        const std::string& id,
        const std::string& planDigest,
        const std::string& comment);
    absl::StatusOr<Approval> reject(
        const Requester& approver, const std::string& id, const std::string& comment);
    absl::StatusOr<Approval> withdraw(const Requester& requester, const std::string& id);

    struct Page
    {
        std::vector<Approval> approvals;
        /// Where the next page begins; past the end both are empty.
        absl::Time before = absl::InfiniteFuture();
        std::string beforeId;
    };
    absl::StatusOr<Page> list(
        const Requester& requester,
        bool pendingOnly,
        absl::Time before,
        const std::string& beforeId,
        int size) const;

private:
    using Transaction = postgres::Transaction;
    /// Looks at the locked approval and changes it.
    using Decide = std::function<absl::Status(Approval&)>;

    absl::StatusOr<Approval> decide(
        const Requester& who, const std::string& id, const char* action, const Decide& decision);

    postgres::Database& m_database;
    const audit::AuditLog& m_audit;
    const Clock& m_clock;
    const PlanSettings m_settings;
    const ApprovalStore m_store{};
    const PlanStore m_plans{};
};

} // namespace pilothouse::plans
