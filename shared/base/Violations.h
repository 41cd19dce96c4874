// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/status.h>

#include <string>
#include <vector>

namespace pilothouse {

/// One thing that stands in the way, for programs: FAILED_PRECONDITION may carry a list of them.
struct Violation
{
    /// Upper snake case: "PLAN_CHANGED".
    std::string type;
    /// What it is about: the fact, the field.
    std::string subject;
    std::string description;

    friend bool operator==(const Violation&, const Violation&) = default;
};

absl::Status withViolations(absl::Status status, const std::vector<Violation>& violations);
std::vector<Violation> violationsOf(const absl::Status& status);

} // namespace pilothouse
