// SPDX-License-Identifier: Apache-2.0
#include "server/plans/Approvals.h"

#include "server/plans/Refusals.h"
#include "server/platform/crypto/Random.h"
#include "server/platform/postgres/Revisions.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace pilothouse::plans {

namespace {

constexpr std::size_t kLongestId = 64;
/// An operator with more open requests than this has lost the thread, or is a script gone wrong.
constexpr int kOpenPerOperator = 20;
constexpr int kOpenAtAll = 1000;

absl::Status noApproval(const std::string& id)
{
    return absl::NotFoundError(fmt::format("there is no approval '{}'", id.substr(0, kLongestId)));
}

absl::Status denied(const char* reason, const std::string& message, const std::string& hint)
{
    return withHint(withReason(absl::PermissionDeniedError(message), reason), hint);
}

absl::Status checkText(const std::string& text, const char* what, bool isRequired)
{
    if (text.size() > kLongestReason) {
        return absl::InvalidArgumentError(
            fmt::format("the {} is longer than {} bytes", what, kLongestReason));
    }
    if (isRequired && text.find_first_not_of(" \t\n") == std::string::npos) {
        return withHint(
            withReason(
                absl::InvalidArgumentError(fmt::format("the {} is empty", what)), "REASON_NEEDED"),
            "Write what the other person has to know.");
    }
    return absl::OkStatus();
}

/// Who may be the second person of this plan.
absl::Status checkSecondPerson(const Requester& approver, const Approval& approval)
{
    if (approver.name() == approval.requester) {
        return denied(
            "APPROVAL_OWN",
            fmt::format("{} asked for this and cannot approve it", approver.name()),
            "Let another operator look at it.");
    }
    if (!approver.isPerson) {
        return denied(
            "APPROVAL_NEEDS_PERSON",
            "an approval is given by a person who signed in, not by a token or over the socket",
            "Sign in with your name and password.");
    }
    if (!approver.may(approval.plan.permission)) {
        return denied(
            "APPROVAL_NEEDS_PERMISSION",
            fmt::format(
                "{} may not approve this: it needs the permission {}",
                approver.name(),
                approval.plan.permission),
            "Let somebody look at it who could do it.");
    }
    return absl::OkStatus();
}

audit::Entry entryOf(const Requester& who, const char* action, const Approval& approval)
{
    audit::Entry entry;
    entry.actor = who.actor;
    entry.action = action;
    entry.target = "approvals/" + approval.id;
    entry.planDigest = approval.plan.digest;
    entry.reason = approval.state == ApprovalState::Pending ? approval.reason : approval.comment;
    entry.message = fmt::format("{} for {}", approval.plan.title, approval.requester);
    return entry;
}

} // namespace

Approvals::Approvals(
    postgres::Database& database,
    const audit::AuditLog& audit,
    const Clock& clock,
    PlanSettings settings)
    : m_database(database), m_audit(audit), m_clock(clock), m_settings(std::move(settings))
{}

absl::StatusOr<Approval> Approvals::request(
    const Requester& requester, const std::string& planDigest, const std::string& reason)
{
    PH_RETURN_IF_ERROR(checkText(reason, "reason", /*isRequired=*/true));
    const absl::Time now = m_clock.now();
    return m_database.transact(
        [&](Transaction& transaction) -> absl::StatusOr<Approval> {
            PH_RETURN_IF_ERROR(postgres::bumpRevision(transaction, "safety").status());
            PH_ASSIGN_OR_RETURN(
                const auto plan, m_plans.shownPlan(transaction, requester.name(), planDigest, now));
            if (!plan) {
                Plan unknown;
                unknown.title = "that action";
                return planUnknown(unknown);
            }
            if (plan->friction < Friction::F4) {
                return withReason(
                    absl::FailedPreconditionError(
                        fmt::format("'{}' needs no approval", plan->title)),
                    "APPROVAL_NOT_NEEDED");
            }
            PH_ASSIGN_OR_RETURN(const auto open, m_store.open(transaction, now, kOpenAtAll));
            int own = 0;
            for (const Approval& other : open) {
                if (other.requester != requester.name()) {
                    continue;
                }
                ++own;
                if (other.plan.digest == planDigest) {
                    return other;
                }
            }
            if (own >= kOpenPerOperator || open.size() >= std::size_t{kOpenAtAll}) {
                return withHint(
                    absl::ResourceExhaustedError("too many approvals are waiting"),
                    "Withdraw those that are not needed any more.");
            }
            Approval approval;
            approval.id = platform::newId();
            approval.plan = *plan;
            approval.requester = requester.name();
            approval.reason = reason;
            approval.requestTime = now;
            approval.expireTime = now + m_settings.approvalLifetime;
            PH_RETURN_IF_ERROR(m_store.add(transaction, approval));
            PH_RETURN_IF_ERROR(m_audit.record(
                transaction, entryOf(requester, "plans.approvals.request", approval)));
            return approval;
        },
        requester.deadline);
}

absl::StatusOr<Approval> Approvals::get(const Requester& requester, const std::string& id) const
{
    PH_ASSIGN_OR_RETURN(
        auto found,
        m_database.transact(
            [&](Transaction& transaction) { return m_store.find(transaction, id, m_clock.now()); },
            requester.deadline,
            postgres::Database::Mode::ReadOnly));
    if (!found) {
        return noApproval(id);
    }
    return std::move(*found);
}

absl::StatusOr<Approval> Approvals::approve(
    const Requester& approver,
    const std::string& id,
    const std::string& planDigest,
    const std::string& comment)
{
    PH_RETURN_IF_ERROR(checkText(comment, "comment", /*isRequired=*/false));
    return decide(approver, id, "plans.approvals.approve", [&](Approval& approval) -> absl::Status {
        PH_RETURN_IF_ERROR(checkSecondPerson(approver, approval));
        if (approval.state != ApprovalState::Pending) {
            return withReason(
                absl::FailedPreconditionError(fmt::format(
                    "approval {} does not wait any more: it is {}",
                    approval.id,
                    std::string(approvalStateName(approval.state)))),
                "APPROVAL_NOT_PENDING");
        }
        if (planDigest != approval.plan.digest) {
            return withHint(
                withReason(
                    absl::FailedPreconditionError(
                        "the digest is not of the plan that waits for approval"),
                    "APPROVAL_OTHER_PLAN"),
                "Look at the plan, then approve it with its digest.");
        }
        approval.state = ApprovalState::Approved;
        approval.comment = comment;
        return absl::OkStatus();
    });
}

absl::StatusOr<Approval> Approvals::reject(
    const Requester& approver, const std::string& id, const std::string& comment)
{
    PH_RETURN_IF_ERROR(checkText(comment, "comment", /*isRequired=*/true));
    return decide(approver, id, "plans.approvals.reject", [&](Approval& approval) -> absl::Status {
        if (approval.state != ApprovalState::Pending && approval.state != ApprovalState::Approved) {
            return approvalUseless(approval);
        }
        approval.state = ApprovalState::Rejected;
        approval.comment = comment;
        return absl::OkStatus();
    });
}

absl::StatusOr<Approval> Approvals::withdraw(const Requester& requester, const std::string& id)
{
    return decide(
        requester, id, "plans.approvals.withdraw", [&](Approval& approval) -> absl::Status {
            if (approval.requester != requester.name()) {
                return denied(
                    "APPROVAL_FOREIGN",
                    fmt::format("{} asked for this, not {}", approval.requester, requester.name()),
                    "Reject it instead, if you may approve.");
            }
            if (approval.state != ApprovalState::Pending &&
                approval.state != ApprovalState::Approved) {
                return approvalUseless(approval);
            }
            approval.state = ApprovalState::Withdrawn;
            return absl::OkStatus();
        });
}

absl::StatusOr<Approval> Approvals::decide(
    const Requester& who, const std::string& id, const char* action, const Decide& decision)
{
    std::optional<Approval> looked;
    auto result = m_database.transact(
        [&](Transaction& transaction) -> absl::StatusOr<Approval> {
            const absl::Time now = m_clock.now();
            PH_ASSIGN_OR_RETURN(looked, m_store.lock(transaction, id, now));
            if (!looked) {
                return noApproval(id);
            }
            Approval approval = *looked;
            PH_RETURN_IF_ERROR(decision(approval));
            if (approval.state != ApprovalState::Withdrawn) {
                approval.decidedBy = who.name();
                approval.decideTime = now;
            }
            PH_RETURN_IF_ERROR(m_store.update(transaction, approval));
            PH_RETURN_IF_ERROR(postgres::bumpRevision(transaction, "safety").status());
            PH_RETURN_IF_ERROR(m_audit.record(transaction, entryOf(who, action, approval)));
            return approval;
        },
        who.deadline);
    if (!result.ok() && looked) {
        audit::Entry entry = entryOf(who, action, *looked);
        entry.outcome = audit::Outcome::Denied;
        entry.message = std::string(result.status().message());
        if (const absl::Status status = m_audit.record(entry, who.deadline); !status.ok()) {
            spdlog::error(
                "{} by {} was refused, but not recorded: {}",
                action,
                who.name(),
                std::string(status.message()));
        }
    }
    return result;
}

absl::StatusOr<Approvals::Page> Approvals::list(
    const Requester& requester,
    bool pendingOnly,
    absl::Time before,
    const std::string& beforeId,
    int size) const
{
    Page page;
    PH_ASSIGN_OR_RETURN(
        page.approvals,
        m_database.transact(
            [&](Transaction& transaction) {
                return m_store.list(
                    transaction, pendingOnly, before, beforeId, size + 1, m_clock.now());
            },
            requester.deadline,
            postgres::Database::Mode::ReadOnly));
    if (page.approvals.size() > static_cast<std::size_t>(size)) {
        page.approvals.pop_back();
        page.before = page.approvals.back().requestTime;
        page.beforeId = page.approvals.back().id;
    }
    return page;
}

} // namespace pilothouse::plans
