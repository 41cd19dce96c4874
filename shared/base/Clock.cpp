// SPDX-License-Identifier: Apache-2.0
#include "shared/base/Clock.h"

#include <absl/time/clock.h>

#include <chrono>

namespace pilothouse {

namespace {

class SystemClock final : public Clock
{
public:
    absl::Time now() const override { return absl::Now(); }
    absl::Duration monotonic() const override
    {
        return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
    }
};

} // namespace

const Clock& systemClock()
{
    static const SystemClock clock;
    return clock;
}

} // namespace pilothouse
