// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/Clock.h"

namespace pilothouse::test {

/// A clock that a test sets.
class ManualClock : public Clock
{
public:
    absl::Time now() const override { return time; }
    absl::Duration monotonic() const override { return time - absl::UnixEpoch(); }

    absl::Time time = absl::FromUnixSeconds(1800000000);
};

} // namespace pilothouse::test
