// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/collectors/Collector.h"

#include <filesystem>

namespace pilothouse::metrics {

/// The host as Linux's /proc tells it, under node_exporter's names, so that dashboards made for
/// that fit: CPU by mode, load, memory, disks, file systems, network, file descriptors, pressure.
class HostCollector final : public Collector
{
public:
    /// `proc` is "/proc"; a test points it at captured files.
    explicit HostCollector(std::filesystem::path proc = "/proc");

    std::string job() const override { return "node"; }
    absl::Status collect(ExpositionWriter& out) override;

private:
    absl::Status collectStat(ExpositionWriter& out) const;
    absl::Status collectLoad(ExpositionWriter& out) const;
    absl::Status collectMemory(ExpositionWriter& out) const;
    absl::Status collectDisks(ExpositionWriter& out) const;
    absl::Status collectNetwork(ExpositionWriter& out) const;
    absl::Status collectSockets(ExpositionWriter& out) const;
    absl::Status collectDescriptors(ExpositionWriter& out) const;
    absl::Status collectVirtualMemory(ExpositionWriter& out) const;
    void collectPressure(ExpositionWriter& out) const;
    void collectIdentity(ExpositionWriter& out) const;

    std::filesystem::path m_proc;
};

} // namespace pilothouse::metrics
