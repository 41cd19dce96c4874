// SPDX-License-Identifier: Apache-2.0
#include "server/plans/Refusals.h"

#include "shared/base/StatusHelpers.h"
#include "shared/base/Violations.h"
#include "shared/plans/PlanDigest.h"

#include <fmt/format.h>

namespace pilothouse::plans {

namespace {

constexpr std::size_t kToldInMessage = 3;

absl::Status refusal(const char* reason, const std::string& message, const std::string& hint)
{
    return withHint(withReason(absl::FailedPreconditionError(message), reason), hint);
}

std::string shown(const std::string& value)
{
    return value.empty() ? "nothing" : value;
}

} // namespace

absl::Status leaseNeeded(const Plan& plan)
{
    return refusal(
        "LEASE_NEEDED",
        fmt::format("{} is read-only for you", plan.environmentName),
        "Unlock writes first: take a lease with a reason.");
}

absl::Status leaseEnded(const Plan& plan)
{
    return refusal(
        "LEASE_ENDED",
        fmt::format(
            "the write lease on {} ended before the action was done; nothing was changed",
            plan.environmentName),
        "Take a lease again, look at the plan again, then repeat the action.");
}

absl::Status planNeeded(const Plan& plan)
{
    return refusal(
        "PLAN_NEEDED",
        fmt::format(
            "'{}' is {}: it runs only with the digest of its plan",
            plan.title,
            std::string(frictionName(plan.friction))),
        "Ask for the plan with validate_only, then confirm it.");
}

absl::Status planUnknown(const Plan& plan)
{
    return refusal(
        "PLAN_UNKNOWN",
        fmt::format("the confirmed plan of '{}' was not shown to you, or too long ago", plan.title),
        "Look at the plan again.");
}

absl::Status planChanged(const Plan& before, const Plan& now)
{
    std::vector<Violation> violations;
    std::string told;
    for (const Difference& difference : differencesOf(before, now)) {
        const std::string text =
            fmt::format("{} → {}", shown(difference.before), shown(difference.after));
        if (violations.size() < kToldInMessage) {
            told += fmt::format("{}{}: {}", told.empty() ? "" : "; ", difference.name, text);
        }
        violations.push_back({"PLAN_CHANGED", difference.name, text});
    }
    if (violations.empty()) {
        // The same facts of another action or target.
        told = fmt::format("the plan was '{}'", before.title);
        violations.push_back({"PLAN_CHANGED", "action", before.title + " → " + now.title});
    }
    return withViolations(
        refusal(
            "PLAN_CHANGED",
            fmt::format("'{}' is not as it was planned: {}", now.title, told),
            "Look at the plan again."),
        violations);
}

absl::Status reasonNeeded()
{
    return refusal("REASON_NEEDED", "this action needs a reason", "Say why, for the audit.");
}

absl::Status nameDiffers(const Plan& plan, const std::string& typed)
{
    return refusal(
        "NAME_DIFFERS",
        typed.empty() ? std::string("this action needs the environment's name typed")
                      : fmt::format("'{}' is not the name of this environment", typed),
        fmt::format("Type '{}', if that is where it shall happen.", plan.environmentName));
}

absl::Status approvalNeeded(const Plan& plan)
{
    return refusal(
        "APPROVAL_NEEDED",
        fmt::format("'{}' needs a second person's approval", plan.title),
        "Request one, let another operator approve it, then confirm with its id.");
}

absl::Status approvalUseless(const Approval& approval)
{
    switch (approval.state) {
    case ApprovalState::Pending:
        return refusal(
            "APPROVAL_PENDING",
            fmt::format("approval {} still waits for a second person", approval.id),
            "Ask another operator to look at it.");
    case ApprovalState::Rejected:
        return refusal(
            "APPROVAL_REJECTED",
            fmt::format("{} rejected it: {}", approval.decidedBy, approval.comment),
            "Talk to each other, then request a new one.");
    case ApprovalState::Expired:
        return refusal(
            "APPROVAL_EXPIRED",
            fmt::format("approval {} has expired", approval.id),
            "Request a new one.");
    case ApprovalState::Used:
        return refusal(
            "APPROVAL_USED",
            fmt::format("approval {} was used already", approval.id),
            "Request a new one.");
    default:
        break;
    }
    return refusal(
        "APPROVAL_WITHDRAWN",
        fmt::format("approval {} was withdrawn", approval.id),
        "Request a new one.");
}

absl::Status approvalForeign(const Approval& approval)
{
    return refusal(
        "APPROVAL_FOREIGN",
        fmt::format("approval {} was given to {}", approval.id, approval.requester),
        "Request one of your own.");
}

absl::Status approvalOfOtherPlan(const Approval& approval, const Plan& plan)
{
    absl::Status why = planChanged(approval.plan, plan);
    return withReason(
        withHint(
            withContext(why, fmt::format("approval {} is of another plan", approval.id)),
            "Request an approval of the plan as it is now."),
        "APPROVAL_OTHER_PLAN");
}

} // namespace pilothouse::plans
