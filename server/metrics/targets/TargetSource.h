// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Config.h"
#include "server/metrics/targets/FileDiscovery.h"
#include "server/metrics/targets/ScrapeTarget.h"

#include <string>
#include <vector>

namespace pilothouse::metrics {

/// Targets that another part of the server found.
struct DiscoveredTargets
{
    config::ScrapeJob job;
    TargetGroup group;
};

/// All targets of all jobs: those of the configuration, those that files list, and those that were
/// found. Blocks on the file system. Not thread-safe.
class TargetSource
{
public:
    explicit TargetSource(std::vector<config::ScrapeJob> jobs);

    /// From the next refresh on; replaces what was found before.
    void setDiscovered(std::vector<DiscoveredTargets> discovered);
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
    std::vector<DiscoveredTargets> m_discovered;
    std::vector<ScrapeTarget> m_targets;
    std::vector<std::string> m_problems;
    bool m_hasNews = true;
};

} // namespace pilothouse::metrics
