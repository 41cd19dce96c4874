// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/audit/Entry.h"

#include <vector>

namespace pilothouse::audit {

/// How many entries an hour had of one kind.
struct ActivityHour
{
    absl::Time start;
    std::string actor;
    std::string action;
    Outcome outcome = Outcome::Ok;
    std::int64_t entries = 0;
};

struct Activity
{
    /// By time, oldest first.
    std::vector<ActivityHour> hours;
    /// There are more than an answer has room for.
    bool isTruncated = false;
};

} // namespace pilothouse::audit
