// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/AuditLog.h"
#include "server/plans/ApprovalStore.h"
#include "server/plans/Draft.h"
#include "server/plans/PlanSettings.h"
#include "server/plans/PlanStore.h"
#include "server/plans/Requester.h"
#include "server/platform/postgres/Database.h"
#include "shared/base/Clock.h"
#include "shared/plans/Plan.h"

#include <absl/status/statusor.h>

#include <functional>
#include <optional>
#include <string>

namespace pilothouse::plans {

/// The one gate before every action on the platform. A capability says what it would do and what it
/// looked at; the gate decides what that needs, and lets it run only when the operator confirmed
/// exactly that. Every run and every refusal is in the audit. Blocks on the database; thread-safe.
///
///     return m_gate.run(requester, request,
///         [&](Transaction& transaction) { return lookAt(transaction, name); },
///         [&](Transaction& transaction) { return m_store.disable(transaction, name); });
class PlanGate
{
public:
    using Transaction = postgres::Transaction;
    /// Looks at the world and locks what it looked at (SELECT … FOR UPDATE), so that it is still
    /// so when `Act` runs.
    using Look = std::function<absl::StatusOr<Draft>(Transaction&)>;
    using Act = std::function<absl::Status(Transaction&)>;

    /// Everything outlives this.
    PlanGate(
        postgres::Database& database,
        const audit::AuditLog& audit,
        const Clock& clock,
        PlanSettings settings);

    /// The whole of a planned action in one transaction. With `validateOnly` it answers the plan
    /// and changes nothing; else it looks, checks the confirmation, acts, records, and commits
    /// when the lease still holds. FAILED_PRECONDITION with a reason and what stands in the way.
    absl::StatusOr<Plan> run(
        const Requester& requester, const Request& request, const Look& look, const Act& act);

    /// The parts of `run`, for an action that needs a transaction of its own making.
    ///
    /// The plan of a draft, remembered so that this operator may confirm it.
    absl::StatusOr<Plan> plan(
        Transaction& transaction, const Requester& requester, const Draft& draft) const;

    struct Authorized
    {
        Plan plan;
        /// The transaction must be over by then: the lease ends.
        absl::Time validUntil = absl::InfiniteFuture();
        /// Of the second person, for the audit; "" without one.
        std::string approvedBy;
    };
    /// Whether the draft may run now, in the transaction that runs it; uses up the approval.
    absl::StatusOr<Authorized> authorize(
        Transaction& transaction,
        const Requester& requester,
        const Draft& draft,
        const Confirmation& confirmation) const;
    /// What was done, in the transaction that did it. FAILED_PRECONDITION when the lease ended.
    absl::Status record(
        Transaction& transaction,
        const Requester& requester,
        const Draft& draft,
        const Confirmation& confirmation,
        const Authorized& authorized) const;

    /// An operator may act no more: the lease ends, requests are withdrawn and approvals given lose
    /// their force.
    absl::Status forget(Transaction& transaction, const std::string& operatorName) const;

private:
    Plan planOf(const Requester& requester, const Draft& draft) const;
    absl::StatusOr<absl::Time> checkLease(
        Transaction& transaction, const Requester& requester, const Plan& plan) const;
    absl::Status checkDigest(
        Transaction& transaction,
        const Requester& requester,
        const Plan& plan,
        const Confirmation& confirmation) const;
    absl::StatusOr<std::string> checkApproval(
        Transaction& transaction,
        const Requester& requester,
        const Plan& plan,
        const Confirmation& confirmation) const;
    void recordRefusal(
        const Requester& requester,
        const Draft& draft,
        const Confirmation& confirmation,
        audit::Outcome outcome,
        const absl::Status& why) const;

    postgres::Database& m_database;
    const audit::AuditLog& m_audit;
    const Clock& m_clock;
    const PlanSettings m_settings;
    const PlanStore m_plans{};
    const ApprovalStore m_approvals{};
};

} // namespace pilothouse::plans
