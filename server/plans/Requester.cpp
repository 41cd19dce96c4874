// SPDX-License-Identifier: Apache-2.0
#include "server/plans/Requester.h"

#include "server/audit/AuditLog.h"
#include "server/platform/rpc/Guard.h"

#include <algorithm>

namespace pilothouse::plans {

bool Requester::may(const std::string& wanted) const
{
    return std::ranges::find(permissions, wanted) != permissions.end();
}

Requester requesterOf(const rpc::Call& call)
{
    const access::Identity& identity = call.caller().identity;
    return {
        audit::actorOf(call),
        call.method().rule.permission,
        identity.permissions,
        identity.authentication == access::kBySession,
        call.deadline()};
}

} // namespace pilothouse::plans
