// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/rpc/MethodTable.h"
#include "server/platform/rpc/TokenBucket.h"
#include "shared/access/Operator.h"

#include <absl/status/statusor.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace pilothouse::rpc {

/// Who calls, decided once when the session is loaded and shared by all calls of that session.
struct Caller
{
    access::Identity identity;
    /// Key of the operator's row; 0 for the unix socket and for anonymous callers.
    std::int64_t operatorId = 0;
    /// "" without a session.
    std::string sessionId;
    PermissionSet permissions;
    /// Shared by all sessions of one operator; null = no limit.
    std::shared_ptr<TokenBucket> rateLimit;
    /// Set when the session ends before its time: streams look at it before every message.
    std::atomic<bool> ended{false};
    /// Set when the session goes on with other permissions: its streams end and come back with
    /// them.
    std::atomic<bool> replaced{false};
    std::atomic<int> streams{0};
};

using CallerPtr = std::shared_ptr<Caller>;

/// Turns the token of a call into a caller. Thread-safe.
class Authenticator
{
public:
    virtual ~Authenticator() = default;

    /// From memory alone: the caller, UNAUTHENTICATED for a token that is known to be bad, or null
    /// when memory does not say.
    virtual absl::StatusOr<CallerPtr> find(std::string_view token) = 0;
    /// Where memory does not say. `done` is called exactly once, on any thread.
    virtual void look(std::string token, std::function<void(absl::StatusOr<CallerPtr>)> done) = 0;
};

} // namespace pilothouse::rpc
