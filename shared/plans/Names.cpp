// SPDX-License-Identifier: Apache-2.0
#include "shared/plans/Plan.h"
#include "shared/plans/Safety.h"

namespace pilothouse::plans {

std::string_view frictionName(Friction friction)
{
    switch (friction) {
    case Friction::F0:
        return "F0";
    case Friction::F1:
        return "F1";
    case Friction::F2:
        return "F2";
    case Friction::F3:
        return "F3";
    case Friction::F4:
        break;
    }
    return "F4";
}

std::string_view approvalStateName(ApprovalState state)
{
    switch (state) {
    case ApprovalState::Pending:
        return "pending";
    case ApprovalState::Approved:
        return "approved";
    case ApprovalState::Rejected:
        return "rejected";
    case ApprovalState::Withdrawn:
        return "withdrawn";
    case ApprovalState::Expired:
        return "expired";
    case ApprovalState::Used:
        break;
    }
    return "used";
}

} // namespace pilothouse::plans
