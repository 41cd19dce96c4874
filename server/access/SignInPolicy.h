// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/access/AccessStore.h"
#include "server/config/Config.h"

#include <absl/status/status.h>
#include <absl/time/time.h>

namespace pilothouse::access {

/// How guessing is made slow. Pure: the same for names that exist and names that do not.
class SignInPolicy
{
public:
    explicit SignInPolicy(const config::Access& config) : m_config(config) {}

    /// RESOURCE_EXHAUSTED with the delay while the name has to wait.
    absl::Status mayTry(const SignInFailures& failures, absl::Time now) const;
    /// The state after one more failure: from the third one on a pause that doubles, from
    /// `lock_after` on the full lock. Failures long past count no more.
    SignInFailures afterFailure(const SignInFailures& before, absl::Time now) const;
    /// How long a failure counts.
    absl::Duration memory() const;

private:
    const config::Access m_config;
};

} // namespace pilothouse::access
