// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::audit {

/// Who did something, and from where.
struct Actor
{
    /// Operator's name, or "server" for what the server does by itself.
    std::string name;
    std::vector<std::string> roles;
    /// "unix socket", "127.0.0.1", "server": where the call came from.
    std::string source;
    std::string requestId;
    std::string traceId;
};

enum class Outcome {
    Ok,
    /// Refused: permission, lease, approval, plan.
    Denied,
    /// Allowed and tried, without success.
    Failed,
};

/// "ok", "denied", "failed".
std::string_view outcomeText(Outcome outcome);

/// One thing that was done or refused.
struct Entry
{
    Actor actor;
    /// "<capability>.<verb>": "access.operators.create", "jobs.cancel".
    std::string action;
    /// What it was done to, "<kind>/<name>": "operators/dana", "jobs/4711".
    std::string target;
    /// JSON of the target before and after; "" when there is none. Never a secret.
    std::string before;
    std::string after;
    /// Of the plan that was confirmed, or "".
    std::string planDigest;
    /// The operator's own words, or "".
    std::string reason;
    Outcome outcome = Outcome::Ok;
    /// Why it was denied or failed, or "".
    std::string message;
};

} // namespace pilothouse::audit
