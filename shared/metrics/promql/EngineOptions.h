// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/promql/Compat.h"

#include <absl/time/time.h>

#include <cstdint>

namespace pilothouse::metrics::promql {

struct EngineOptions
{
    Compat compat = Compat::Prometheus3;
    /// How old the newest sample of an instant selector may be.
    absl::Duration lookback = absl::Minutes(5);
    /// Step of `expr[1h:]`.
    absl::Duration subqueryStep = absl::Minutes(1);
    absl::Duration timeout = absl::Seconds(30);
    /// Samples that one query may hold in memory at a time.
    std::int64_t maxSamples = 50'000'000;
    /// Points per series of a range query.
    std::int64_t maxPoints = 11'000;
};

} // namespace pilothouse::metrics::promql
