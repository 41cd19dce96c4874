// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::audit {

/// What was recorded of one call already, so that whoever looks after forgotten records neither
/// doubles one nor leaves one out.
struct Receipt
{
    std::atomic<bool> success{false};
    /// Denied or failed.
    std::atomic<bool> refusal{false};
};

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
    /// Shared with the call that it acts in; null outside of one.
    std::shared_ptr<Receipt> receipt = nullptr;
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
std::optional<Outcome> parseOutcome(std::string_view text);

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

/// An entry in its place in the chain.
struct ChainedEntry
{
    /// Counts up by one over all days, without gaps.
    std::int64_t sequence = 0;
    /// Day of the chain (UTC): never before that of the entry ahead.
    absl::CivilDay day;
    /// By the database's clock, whole microseconds.
    absl::Time recordTime;
    Entry entry;
    /// 32 bytes; see Chain.h.
    std::string hash;
};

/// The entry as it can be kept: text that is valid UTF-8 without NUL, each field within its bound.
Entry bounded(Entry entry);

} // namespace pilothouse::audit
