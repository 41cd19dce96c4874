// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/audit/Entry.h"

#include <absl/status/status.h>

#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::audit {

/// Which entries are wanted; every condition that is set must hold.
struct Filter
{
    /// Recorded at or after start, and before end.
    absl::Time start = absl::InfinitePast();
    absl::Time end = absl::InfiniteFuture();
    std::string actor;
    /// Exact, or a beginning with a star: "access.*".
    std::string action;
    std::string target;
    /// None = any.
    std::vector<Outcome> outcomes;
    /// Part of actor, action, target, reason, message or request id, whatever the case.
    std::string text;

    bool operator==(const Filter&) const = default;
};

/// INVALID_ARGUMENT for what no entry could match or what would cost too much.
absl::Status checkFilter(const Filter& filter);

/// "access.*" → begins with "access."; anything else → is exactly that.
struct Pattern
{
    std::string text;
    bool isPrefix = false;
};
Pattern patternOf(std::string_view text);

bool matches(const Filter& filter, const ChainedEntry& entry);

} // namespace pilothouse::audit
