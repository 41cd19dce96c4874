// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/plans/Plan.h"

#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::plans {

/// Writes of one operator are unlocked until it ends.
struct Lease
{
    std::string operatorName;
    std::string reason;
    absl::Time startTime = absl::InfinitePast();
    absl::Time expireTime = absl::InfinitePast();
};

enum class ApprovalState { Pending, Approved, Rejected, Withdrawn, Expired, Used };

/// "pending", "approved", …
std::string_view approvalStateName(ApprovalState state);

/// A second person's yes to one plan, or the wait for it.
struct Approval
{
    std::string id;
    ApprovalState state = ApprovalState::Pending;
    Plan plan;
    std::string requester;
    std::string reason;
    absl::Time requestTime = absl::InfinitePast();
    /// Until when it must be approved and used.
    absl::Time expireTime = absl::InfinitePast();
    /// Who approved or rejected, when and with which words; empty while pending.
    std::string decidedBy;
    absl::Time decideTime = absl::InfinitePast();
    std::string comment;
    absl::Time useTime = absl::InfinitePast();
};

/// What one operator has to know before acting.
struct Safety
{
    system::Environment environment = system::Environment::Local;
    std::string environmentName;
    /// Writes need a lease here.
    bool needsLease = true;
    /// The operator's own; none = writes are locked, where they need a lease.
    std::optional<Lease> lease;
    std::vector<Lease> otherLeases;
    /// Newest first, at most 100.
    std::vector<Approval> pendingApprovals;
    /// The operator's own approved ones that are not used yet.
    std::vector<Approval> readyApprovals;
    /// Grows when operators, roles, tokens or sessions changed.
    std::int64_t accessRevision = 0;
    absl::Time serverTime = absl::InfinitePast();
};

} // namespace pilothouse::plans
