// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/plans/Plan.h"
#include "shared/plans/Safety.h"

#include <absl/status/status.h>

#include <string>

// Why a plan may not run: FAILED_PRECONDITION with a reason for programs and what to do.
namespace pilothouse::plans {

absl::Status leaseNeeded(const Plan& plan);
/// The lease ended while the action was under way.
absl::Status leaseEnded(const Plan& plan);

/// The confirmation carries no plan.
absl::Status planNeeded(const Plan& plan);
/// The operator was never shown that plan, or too long ago.
absl::Status planUnknown(const Plan& plan);
/// The world is not what it was; the differences are in the message and as violations.
absl::Status planChanged(const Plan& shown, const Plan& now);

absl::Status reasonNeeded();
absl::Status nameDiffers(const Plan& plan, const std::string& typed);

absl::Status approvalNeeded(const Plan& plan);
/// The approval is there but does not let this plan run.
absl::Status approvalUseless(const Approval& approval);
absl::Status approvalForeign(const Approval& approval);
absl::Status approvalOfOtherPlan(const Approval& approval, const Plan& plan);

} // namespace pilothouse::plans
