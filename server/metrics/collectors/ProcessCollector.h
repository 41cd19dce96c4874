// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/collectors/Collector.h"

#include <absl/status/statusor.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace pilothouse::metrics {

/// What one process uses, as /proc tells it; several can be added up.
struct ProcessUse
{
    std::string name;
    double cpuSeconds = 0;
    double residentBytes = 0;
    double virtualBytes = 0;
    double openFiles = 0;
    double threads = 0;
    double startTime = 0;
    int processes = 0;

    void add(const ProcessUse& other);
};

/// The server's child processes, under the usual process_* names with the label "process": each
/// direct child together with everything below it, so that "postgres" is the whole cluster. CPU
/// time of what ended stays in the sum as long as its parent lives.
class ProcessCollector final : public Collector
{
public:
    /// `proc` is "/proc"; `pid` the process whose children are meant.
    ProcessCollector(std::filesystem::path proc, int pid);

    std::string job() const override { return "process"; }
    absl::Status collect(ExpositionWriter& out) override;

    /// process_* of `pid` itself, without a label: what every Prometheus client exposes.
    absl::Status collectOwn(ExpositionWriter& out) const;

private:
    absl::StatusOr<ProcessUse> useOf(int pid, bool withReapedChildren) const;
    std::vector<int> childrenOf(int pid) const;
    void addTree(int pid, ProcessUse& sum, int depth) const;
    double bootTime() const;

    std::filesystem::path m_proc;
    int m_pid;
};

} // namespace pilothouse::metrics
