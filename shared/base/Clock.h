// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/time/time.h>

namespace pilothouse {

/// The time, as a parameter: logic never asks the system for it, so that a test of an hour takes no
/// time. Thread-safe.
class Clock
{
public:
    virtual ~Clock() = default;
    /// Wall-clock time, for what is shown and stored.
    virtual absl::Time now() const = 0;
    /// Time since an arbitrary start that never goes back, for timeouts and durations.
    virtual absl::Duration monotonic() const = 0;
};

/// The system's clock.
const Clock& systemClock();

} // namespace pilothouse
