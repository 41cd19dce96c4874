// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/Catalogue.h"

#include <prometheus/gauge.h>
#include <prometheus/registry.h>

namespace pilothouse::metrics {

/// The store's size as instruments. Thread-safe.
class StoreGauges
{
public:
    explicit StoreGauges(prometheus::Registry& registry);
    void show(const StoreStatus& status);

private:
    prometheus::Gauge& m_series;
    prometheus::Gauge& m_seriesLimit;
    prometheus::Gauge& m_samples;
    prometheus::Gauge& m_memoryBytes;
    prometheus::Gauge& m_diskBytes;
    prometheus::Gauge& m_rejected;
};

} // namespace pilothouse::metrics
