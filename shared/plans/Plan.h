// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/system/Health.h"

#include <absl/time/time.h>

#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::plans {

/// What the operator does before a plan runs (F0 to F4).
enum class Friction {
    /// Nothing.
    F0,
    /// Runs at once; no plan needs to be confirmed.
    F1,
    /// The plan, and a yes: the confirmation carries its digest.
    F2,
    /// F2, a reason, and the environment's name typed.
    F3,
    /// F3, and a second person's approval of this plan.
    F4,
};

/// "F0" … "F4".
std::string_view frictionName(Friction friction);

enum class Reversibility {
    /// Undone within seconds, nothing remains.
    Instant,
    /// Undone by an action of the same kind.
    Easy,
    /// Undone with work, or from a backup.
    Hard,
    /// Data is lost.
    Never,
};

enum class Reach {
    /// One object, few notice.
    Narrow,
    /// All users of one tenant, or a good part of the traffic.
    Wide,
    /// The environment.
    Whole,
};

/// "3 sessions", "20 percent of traffic".
struct ImpactNumber
{
    std::string name;
    double value = 0;
    /// "", "bytes", "percent", "per-second", "seconds".
    std::string unit;
};

struct Impact
{
    /// One sentence: "lee can no longer sign in; 3 sessions end."
    std::string summary;
    std::vector<ImpactNumber> numbers;
    Reversibility reversibility = Reversibility::Never;
    Reach reach = Reach::Whole;
    /// How to undo it; empty when it cannot be undone.
    std::string undo;
    absl::Time reversibleUntil = absl::InfiniteFuture();
};

/// Something that was looked at to make a plan, or that the action will set.
struct Fact
{
    std::string name;
    std::string value;

    friend bool operator==(const Fact&, const Fact&) = default;
};

struct Plan
{
    /// "access.operators.disable"
    std::string action;
    /// "operators/lee"
    std::string target;
    /// "Disable operator lee"
    std::string title;
    system::Environment environment = system::Environment::Local;
    /// What to type at F3 and F4.
    std::string environmentName;
    Impact impact;
    std::vector<Fact> facts;
    /// The permission of the action; who approves it needs it too.
    std::string permission;
    Friction friction = Friction::F4;
    /// See digestOf: what a confirmation and an approval are bound to.
    std::string digest;
    /// Writes are locked unless the operator has a lease.
    bool needsLease = true;
    absl::Time createTime = absl::InfinitePast();
    /// Until when the plan can be confirmed.
    absl::Time expireTime = absl::InfiniteFuture();
};

/// What the operator did to confirm a plan.
struct Confirmation
{
    /// From F2.
    std::string planDigest;
    /// From F3.
    std::string reason;
    std::string typedName;
    /// At F4.
    std::string approvalId;
    /// The name came in one piece; the audit says so.
    bool isNamePasted = false;
};

/// How a planned action is asked for: to see its plan, or to do it.
struct Request
{
    bool validateOnly = true;
    Confirmation confirmation;
};

/// The plan, and nothing changes.
inline Request planOnly()
{
    return {};
}
/// The action. With an empty confirmation it runs only when its plan is F0 or F1.
inline Request confirmed(Confirmation confirmation = {})
{
    return {false, std::move(confirmation)};
}

} // namespace pilothouse::plans
