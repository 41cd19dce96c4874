// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/services/Instance.h"

#include <absl/time/time.h>

#include <string>

namespace pilothouse::services {

/// Whether one instance is well: what its checks found, when it last sent a heartbeat, and what it
/// says of itself. Times are of a monotonic clock. The worst of the three counts.
class Health
{
public:
    /// Registered, or first seen by this server, at `now`: a time to live begins.
    Health(const InstanceSpec& spec, absl::Duration now);

    /// A heartbeat at `when`, which may lie in the past when another server took it.
    void beat(absl::Duration when, std::string problem);
    void checked(bool hasPassed, std::string message);
    /// Looks at the clock; true when the state or the problem is another one than before.
    bool update(absl::Duration now);
    /// When the time to live runs out; infinite when it does not, or has.
    absl::Duration expiry() const;

    InstanceState state() const { return m_state; }
    /// Why it is not healthy.
    const std::string& problem() const { return m_problem; }

private:
    InstanceState ofChecks() const;

    const Check m_check;
    const absl::Duration m_ttl;
    absl::Duration m_beat;
    bool m_hasBeat = false;
    bool m_isExpired = false;
    std::string m_said;

    /// Of checks alone.
    InstanceState m_checked = InstanceState::Unknown;
    int m_passedInARow = 0;
    int m_failedInARow = 0;
    std::string m_failure;

    InstanceState m_state = InstanceState::Unknown;
    std::string m_problem;
};

} // namespace pilothouse::services
