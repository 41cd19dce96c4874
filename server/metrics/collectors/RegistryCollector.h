// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/collectors/Collector.h"
#include "server/metrics/collectors/ProcessCollector.h"

#include <prometheus/collectable.h>

namespace pilothouse::metrics {

/// The server's own instruments and its own process: what its /metrics page shows too.
class RegistryCollector final : public Collector
{
public:
    /// Both must outlive the collector.
    RegistryCollector(const prometheus::Collectable& registry, const ProcessCollector& process);

    std::string job() const override { return "pilothouse"; }
    absl::Status collect(ExpositionWriter& out) override;

private:
    const prometheus::Collectable& m_registry;
    const ProcessCollector& m_process;
};

} // namespace pilothouse::metrics
