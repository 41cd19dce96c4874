// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/Clock.h"
#include "shared/system/Health.h"

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <functional>
#include <memory>
#include <string>

namespace pilothouse::system {

/// Knows how every component is. Components report; nobody asks them, so reading it never blocks.
/// Thread-safe.
class HealthRegistry
{
public:
    explicit HealthRegistry(const Clock& clock);
    ~HealthRegistry();

    /// Records the outcome of one check of `component`. A new name makes a new row; `since` changes
    /// only when the state does.
    void report(
        const std::string& component,
        HealthState state,
        absl::Duration responseTime,
        const std::string& message = {});

    Health health() const;

    /// Called after every report, on the reporter's thread; return fast. The listener lives as long
    /// as the returned handle.
    std::shared_ptr<void> listen(std::function<void()> listener);

private:
    struct State;
    std::shared_ptr<State> m_state;
};

} // namespace pilothouse::system
