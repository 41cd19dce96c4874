// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/services/Balancing.h"
#include "shared/services/Instance.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>

namespace pilothouse::services {

/// The registry's own instruments. Thread-safe.
struct RegistryMetrics
{
    explicit RegistryMetrics(prometheus::Registry& registry);

    /// By InstanceState.
    std::array<prometheus::Gauge*, 3> instances{};
    prometheus::Gauge& services;
    prometheus::Counter& heartbeats;
    prometheus::Counter& expirations;
    /// By Strategy.
    std::array<prometheus::Counter*, kStrategies.size()> resolved{};
    /// Nobody could take the call.
    prometheus::Counter& unresolved;
    prometheus::Counter& checksPassed;
    prometheus::Counter& checksFailed;
    prometheus::Gauge& checksUnderWay;
    prometheus::Histogram& checkSeconds;
};

} // namespace pilothouse::services
