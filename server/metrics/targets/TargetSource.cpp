// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/targets/TargetSource.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <set>

namespace pilothouse::metrics {

TargetSource::TargetSource(std::vector<config::ScrapeJob> jobs)
{
    for (config::ScrapeJob& job : jobs) {
        FileDiscovery files(job.files);
        m_jobs.push_back({.config = std::move(job), .files = std::move(files)});
    }
}

void TargetSource::setDiscovered(std::vector<DiscoveredTargets> discovered)
{
    m_discovered = std::move(discovered);
    m_hasNews = true;
}

bool TargetSource::refresh()
{
    bool isChanged = std::exchange(m_hasNews, false);
    for (Job& job : m_jobs) {
        isChanged = job.files.refresh() || isChanged;
    }
    if (isChanged) {
        rebuild();
    }
    return isChanged;
}

void TargetSource::rebuild()
{
    m_targets.clear();
    m_problems.clear();
    for (const Job& job : m_jobs) {
        add(job.config, {.targets = job.config.targets, .labels = {}});
        for (const TargetGroup& group : job.files.groups()) {
            add(job.config, group);
        }
        for (const std::string& problem : job.files.problems()) {
            m_problems.push_back(problem);
        }
    }
    for (const DiscoveredTargets& found : m_discovered) {
        add(found.job, found.group);
    }
    std::set<std::string> keys;
    std::erase_if(
        m_targets, [&](const ScrapeTarget& target) { return !keys.insert(target.key()).second; });
}

void TargetSource::add(const config::ScrapeJob& job, const TargetGroup& group)
{
    for (const std::string& address : group.targets) {
        auto target = resolveTarget(job, address, group.labels);
        if (target.ok()) {
            m_targets.push_back(*std::move(target));
        } else {
            m_problems.push_back(fmt::format("job \"{}\": {}", job.job, describe(target.status())));
        }
    }
}

} // namespace pilothouse::metrics
