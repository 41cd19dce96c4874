// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/rpc/Call.h"
#include "shared/audit/Entry.h"

#include <absl/time/time.h>

#include <string>
#include <vector>

namespace pilothouse::plans {

/// Who asks for an action, apart from the call that brought the wish.
struct Requester
{
    audit::Actor actor;
    /// Of the method that was called.
    std::string permission;
    /// Everything that the requester may do.
    std::vector<std::string> permissions;
    /// Signed in with a name and a password: not a script with a token, not the socket's
    /// administrator, who could be anybody with root.
    bool isPerson = false;
    absl::Time deadline = absl::InfiniteFuture();

    const std::string& name() const { return actor.name; }
    bool may(const std::string& wanted) const;
};

Requester requesterOf(const rpc::Call& call);

} // namespace pilothouse::plans
