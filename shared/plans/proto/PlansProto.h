// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/plans/Plan.h"
#include "shared/plans/Safety.h"

#include <pilothouse/v1/plans.pb.h>

// Wire messages and domain types of plans, leases and approvals, both ways. What the peer does not
// know is read as the most careful value.
namespace pilothouse::plans {

v1::Plan toProto(const Plan& plan);
Plan fromProto(const v1::Plan& plan);

v1::Confirmation toProto(const Confirmation& confirmation);
Confirmation fromProto(const v1::Confirmation& confirmation);

v1::Lease toProto(const Lease& lease);
Lease fromProto(const v1::Lease& lease);

v1::Approval toProto(const Approval& approval);
Approval fromProto(const v1::Approval& approval);

v1::Safety toProto(const Safety& safety);
Safety fromProto(const v1::Safety& safety);

/// Of a request of a planned action.
template <typename Message>
Request requestOf(const Message& message)
{
    return {message.validate_only(), fromProto(message.confirmation())};
}
template <typename Message>
void setRequest(Message& message, const Request& request)
{
    message.set_validate_only(request.validateOnly);
    *message.mutable_confirmation() = toProto(request.confirmation);
}

} // namespace pilothouse::plans
