// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Config.h"
#include "server/metrics/targets/FileDiscovery.h"
#include "server/metrics/targets/ScrapeTarget.h"

#include <string>
#include <vector>

namespace pilothouse::metrics {

/// All targets of all jobs: those of the configuration and those that files list. Blocks on the
/// file system. Not thread-safe.
class TargetSource
{
public:
    explicit TargetSource(std::vector<config::ScrapeJob> jobs);

    /// Looks again; true when something changed, and always at the first call.
    bool refresh();
    /// Each key once; of two equal targets the one of the earlier job.
    const std::vector<ScrapeTarget>& targets() const { return m_targets; }
    /// What could not be used, and why.
    const std::vector<std::string>& problems() const { return m_problems; }

private:
    struct Job
    {
        config::ScrapeJob config;
        FileDiscovery files;
    };

    void rebuild();
    void add(const config::ScrapeJob& job, const TargetGroup& group);

    std::vector<Job> m_jobs;
    std::vector<ScrapeTarget> m_targets;
    std::vector<std::string> m_problems;
    bool m_isFirst = true;
};

} // namespace pilothouse::metrics
