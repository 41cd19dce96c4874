// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/Call.h"
#include "shared/plans/Plan.h"
#include "shared/plans/Safety.h"

#include <functional>
#include <string>
#include <vector>

namespace pilothouse::client {

/// A planned action with everything but how it is asked for: what a confirm sheet drives, first
/// with planOnly(), then with confirmed().
using PlannedAction =
    std::function<CallPtr(const plans::Request& request, OnDone<plans::Plan> onDone)>;

/// pilothouse.v1.PlanService: write lease and approvals. Thread-safe.
class PlansClient
{
public:
    virtual ~PlansClient() = default;

    virtual CallPtr getSafety(OnDone<plans::Safety> onDone) = 0;
    /// Everything at first, and again with every change.
    virtual CallPtr watchSafety(OnMessage<plans::Safety> onMessage, OnEnd onEnd) = 0;
    virtual CallPtr takeLease(const std::string& reason, OnDone<plans::Lease> onDone) = 0;
    virtual CallPtr endLease(OnDone<Nothing> onDone) = 0;

    /// `planDigest` of a plan that this operator was shown and that is F4.
    virtual CallPtr requestApproval(
        const std::string& planDigest,
        const std::string& reason,
        OnDone<plans::Approval> onDone) = 0;
    virtual CallPtr getApproval(const std::string& id, OnDone<plans::Approval> onDone) = 0;
    /// Newest first, up to `limit`.
    virtual CallPtr listApprovals(
        bool pendingOnly, int limit, OnDone<std::vector<plans::Approval>> onDone) = 0;
    /// `planDigest` of the plan that the approver was shown.
    virtual CallPtr approve(
        const std::string& id,
        const std::string& planDigest,
        const std::string& comment,
        OnDone<plans::Approval> onDone) = 0;
    virtual CallPtr reject(
        const std::string& id, const std::string& comment, OnDone<plans::Approval> onDone) = 0;
    virtual CallPtr withdrawApproval(const std::string& id, OnDone<plans::Approval> onDone) = 0;
};

} // namespace pilothouse::client
