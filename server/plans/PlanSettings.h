// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/system/Health.h"

#include <absl/time/time.h>

#include <cstddef>
#include <string>

namespace pilothouse::plans {

/// Of reasons and comments, in bytes: a sentence or two for the audit.
inline constexpr std::size_t kLongestReason = 500;

struct PlanSettings
{
    system::Environment environment = system::Environment::Production;
    /// The server's name, which operators type at F3 and F4.
    std::string environmentName;
    /// How long a plan that was shown can be confirmed.
    absl::Duration planLifetime = absl::Minutes(15);
    absl::Duration leaseLifetime = absl::Minutes(15);
    /// From the request of an approval until its use.
    absl::Duration approvalLifetime = absl::Hours(1);
};

} // namespace pilothouse::plans
