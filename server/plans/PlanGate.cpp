// SPDX-License-Identifier: Apache-2.0
#include "server/plans/PlanGate.h"

#include "server/plans/Refusals.h"
#include "server/platform/postgres/Revisions.h"
#include "shared/base/StatusHelpers.h"
#include "shared/base/Utf8.h"
#include "shared/plans/FrictionRules.h"
#include "shared/plans/PlanDigest.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace pilothouse::plans {

namespace {

absl::Status checkReason(const Plan& plan, const std::string& reason)
{
    if (reason.size() > kLongestReason) {
        return absl::InvalidArgumentError(
            fmt::format("the reason is longer than {} bytes", kLongestReason));
    }
    const bool isBlank = reason.find_first_not_of(" \t\n") == std::string::npos;
    return plan.friction >= Friction::F3 && isBlank ? reasonNeeded() : absl::OkStatus();
}

audit::Entry entryOf(
    const Requester& requester, const Draft& draft, const Confirmation& confirmation)
{
    audit::Entry entry;
    entry.actor = requester.actor;
    entry.action = draft.action;
    entry.target = draft.target;
    entry.before = draft.before;
    entry.planDigest = std::string(cutUtf8(confirmation.planDigest, kLongestReason));
    entry.reason = std::string(cutUtf8(confirmation.reason, kLongestReason));
    return entry;
}

/// How it was confirmed, as far as that is worth knowing later.
std::string noteOf(const Plan& plan, const Confirmation& confirmation, std::string approvedBy)
{
    if (plan.friction < Friction::F3 || !confirmation.isNamePasted) {
        return approvedBy;
    }
    // First: what follows ends with words of the approver's own.
    const std::string note = "the name was pasted";
    return approvedBy.empty() ? note : note + "; " + approvedBy;
}

} // namespace

PlanGate::PlanGate(
    postgres::Database& database,
    const audit::AuditLog& audit,
    const Clock& clock,
    PlanSettings settings)
    : m_database(database), m_audit(audit), m_clock(clock), m_settings(std::move(settings))
{}

absl::StatusOr<Plan> PlanGate::run(
    const Requester& requester, const Request& request, const Look& look, const Act& act)
{
    if (request.validateOnly) {
        return m_database.transact(
            [&](Transaction& transaction) -> absl::StatusOr<Plan> {
                PH_ASSIGN_OR_RETURN(const Draft draft, look(transaction));
                return plan(transaction, requester, draft);
            },
            requester.deadline);
    }
    // A refusal is recorded after its transaction was rolled back, so what it was about is kept.
    std::optional<Draft> looked;
    bool isAuthorized = false;
    auto result = m_database.transact(
        [&](Transaction& transaction) -> absl::StatusOr<Plan> {
            PH_ASSIGN_OR_RETURN(looked, look(transaction));
            PH_ASSIGN_OR_RETURN(
                Authorized authorized,
                authorize(transaction, requester, *looked, request.confirmation));
            isAuthorized = true;
            PH_RETURN_IF_ERROR(act(transaction));
            PH_RETURN_IF_ERROR(
                record(transaction, requester, *looked, request.confirmation, authorized));
            return std::move(authorized.plan);
        },
        requester.deadline);
    if (!result.ok() && looked) {
        recordRefusal(
            requester,
            *looked,
            request.confirmation,
            isAuthorized ? audit::Outcome::Failed : audit::Outcome::Denied,
            result.status());
    }
    return result;
}

Plan PlanGate::planOf(const Requester& requester, const Draft& draft) const
{
    Plan plan;
    plan.action = draft.action;
    plan.target = draft.target;
    plan.title = draft.title;
    plan.environment = m_settings.environment;
    plan.environmentName = m_settings.environmentName;
    plan.impact = draft.impact;
    plan.facts = draft.facts;
    plan.permission = requester.permission;
    plan.friction =
        frictionOf(m_settings.environment, draft.impact.reversibility, draft.impact.reach);
    plan.needsLease = plan.friction > Friction::F0 && needsLease(m_settings.environment);
    plan.digest = digestOf(plan);
    plan.createTime = m_clock.now();
    plan.expireTime = plan.createTime + m_settings.planLifetime;
    return plan;
}

absl::StatusOr<Plan> PlanGate::plan(
    Transaction& transaction, const Requester& requester, const Draft& draft) const
{
    Plan plan = planOf(requester, draft);
    PH_RETURN_IF_ERROR(m_plans.keepPlan(transaction, requester.name(), plan));
    return plan;
}

absl::StatusOr<PlanGate::Authorized> PlanGate::authorize(
    Transaction& transaction,
    const Requester& requester,
    const Draft& draft,
    const Confirmation& confirmation) const
{
    Authorized authorized;
    authorized.plan = planOf(requester, draft);
    const Plan& plan = authorized.plan;
    PH_ASSIGN_OR_RETURN(authorized.validUntil, checkLease(transaction, requester, plan));
    // The approval holds a plan of its own, which may be older than what the operator was shown.
    if (plan.friction == Friction::F4) {
        PH_ASSIGN_OR_RETURN(
            authorized.approvedBy, checkApproval(transaction, requester, plan, confirmation));
    } else {
        PH_RETURN_IF_ERROR(checkDigest(transaction, requester, plan, confirmation));
    }
    PH_RETURN_IF_ERROR(checkReason(plan, confirmation.reason));
    if (plan.friction >= Friction::F3 && confirmation.typedName != plan.environmentName) {
        return nameDiffers(plan, confirmation.typedName);
    }
    return authorized;
}

absl::StatusOr<absl::Time> PlanGate::checkLease(
    Transaction& transaction, const Requester& requester, const Plan& plan) const
{
    if (!plan.needsLease) {
        return absl::InfiniteFuture();
    }
    PH_ASSIGN_OR_RETURN(
        const auto lease, m_plans.holdLease(transaction, requester.name(), m_clock.now()));
    if (!lease) {
        return leaseNeeded(plan);
    }
    return lease->expireTime;
}

absl::Status PlanGate::checkDigest(
    Transaction& transaction,
    const Requester& requester,
    const Plan& plan,
    const Confirmation& confirmation) const
{
    if (confirmation.planDigest.empty()) {
        return plan.friction >= Friction::F2 ? planNeeded(plan) : absl::OkStatus();
    }
    PH_ASSIGN_OR_RETURN(
        const auto shown,
        m_plans.shownPlan(transaction, requester.name(), confirmation.planDigest, m_clock.now()));
    if (!shown) {
        return planUnknown(plan);
    }
    return confirmation.planDigest == plan.digest ? absl::OkStatus() : planChanged(*shown, plan);
}

absl::StatusOr<std::string> PlanGate::checkApproval(
    Transaction& transaction,
    const Requester& requester,
    const Plan& plan,
    const Confirmation& confirmation) const
{
    if (confirmation.approvalId.empty()) {
        PH_RETURN_IF_ERROR(checkDigest(transaction, requester, plan, confirmation));
        return approvalNeeded(plan);
    }
    const absl::Time now = m_clock.now();
    PH_ASSIGN_OR_RETURN(auto approval, m_approvals.lock(transaction, confirmation.approvalId, now));
    if (!approval) {
        return absl::NotFoundError(
            fmt::format("there is no approval '{}'", confirmation.approvalId.substr(0, 64)));
    }
    if (approval->requester != requester.name()) {
        return approvalForeign(*approval);
    }
    if (approval->state != ApprovalState::Approved) {
        return approvalUseless(*approval);
    }
    if (approval->plan.digest != plan.digest) {
        return approvalOfOtherPlan(*approval, plan);
    }
    if (confirmation.planDigest != plan.digest) {
        return confirmation.planDigest.empty() ? planNeeded(plan) : planUnknown(plan);
    }
    approval->state = ApprovalState::Used;
    approval->useTime = now;
    PH_RETURN_IF_ERROR(m_approvals.update(transaction, *approval));
    PH_RETURN_IF_ERROR(postgres::bumpRevision(transaction, "safety").status());
    return fmt::format(
        "approved by {} (approval {}){}",
        approval->decidedBy,
        approval->id,
        approval->comment.empty() ? "" : ": " + approval->comment);
}

absl::Status PlanGate::record(
    Transaction& transaction,
    const Requester& requester,
    const Draft& draft,
    const Confirmation& confirmation,
    const Authorized& authorized) const
{
    audit::Entry entry = entryOf(requester, draft, confirmation);
    entry.after = draft.after;
    entry.planDigest = authorized.plan.digest;
    entry.message = noteOf(authorized.plan, confirmation, authorized.approvedBy);
    PH_RETURN_IF_ERROR(m_audit.record(transaction, entry));
    // Last, so that as little as possible comes between this look at the clock and the commit.
    return m_clock.now() < authorized.validUntil ? absl::OkStatus() : leaseEnded(authorized.plan);
}

absl::Status PlanGate::forget(Transaction& transaction, const std::string& operatorName) const
{
    PH_RETURN_IF_ERROR(m_plans.endLease(transaction, operatorName).status());
    PH_RETURN_IF_ERROR(m_approvals.forget(transaction, operatorName));
    return postgres::bumpRevision(transaction, "safety").status();
}

void PlanGate::recordRefusal(
    const Requester& requester,
    const Draft& draft,
    const Confirmation& confirmation,
    audit::Outcome outcome,
    const absl::Status& why) const
{
    audit::Entry entry = entryOf(requester, draft, confirmation);
    entry.outcome = outcome;
    entry.message = std::string(why.message());
    // The caller may have gone or its deadline have passed; that must not keep it out of the audit.
    constexpr absl::Duration kRecordLimit = absl::Seconds(5);
    const absl::Status status = m_audit.record(entry, m_clock.now() + kRecordLimit);
    if (!status.ok()) {
        spdlog::error(
            "{} by {} was refused, but not recorded: {}",
            draft.action,
            requester.name(),
            std::string(status.message()));
    }
}

} // namespace pilothouse::plans
