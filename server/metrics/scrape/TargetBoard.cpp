// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/scrape/TargetBoard.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace pilothouse::metrics {

TargetBoard::TargetBoard(Instruments& instruments) : m_instruments(instruments) {}

void TargetBoard::add(const std::string& key, Target target)
{
    const std::lock_guard lock(m_mutex);
    m_targets.insert_or_assign(key, std::move(target));
    count();
}

void TargetBoard::remove(const std::string& key)
{
    const std::lock_guard lock(m_mutex);
    m_targets.erase(key);
    count();
}

void TargetBoard::report(
    const std::string& key,
    absl::Time time,
    absl::Duration took,
    const TargetRecorder::Outcome& outcome)
{
    const bool isUp = outcome.status.ok();
    (isUp ? m_instruments.scrapesSucceeded : m_instruments.scrapesFailed).Increment();
    m_instruments.samplesAppended.Increment(outcome.samples);
    const std::lock_guard lock(m_mutex);
    const auto found = m_targets.find(key);
    if (found == m_targets.end()) {
        return;
    }
    Target& target = found->second;
    const TargetHealth before = target.health;
    target.health = isUp ? TargetHealth::Up : TargetHealth::Down;
    target.lastError = isUp ? std::string() : describe(outcome.status);
    if (isUp && outcome.rejected > 0) {
        target.lastError = fmt::format(
            "{} series were refused at the limit of series (metrics.max_series)", outcome.rejected);
    }
    target.lastScrape = time;
    target.lastScrapeDuration = took;
    target.lastSamples = outcome.samples;
    if (before != target.health) {
        count();
    }
}

void TargetBoard::skipped(const std::string& key, const std::string& why)
{
    m_instruments.scrapesSkipped.Increment();
    const std::lock_guard lock(m_mutex);
    if (const auto found = m_targets.find(key); found != m_targets.end()) {
        found->second.lastError = why;
    }
}

std::vector<Target> TargetBoard::targets() const
{
    std::vector<Target> targets;
    {
        const std::lock_guard lock(m_mutex);
        targets.reserve(m_targets.size());
        for (const auto& [key, target] : m_targets) {
            targets.push_back(target);
        }
    }
    std::sort(targets.begin(), targets.end(), [](const Target& left, const Target& right) {
        return std::tie(left.job, left.url) < std::tie(right.job, right.url);
    });
    return targets;
}

void TargetBoard::count()
{
    const auto up = std::count_if(m_targets.begin(), m_targets.end(), [](const auto& entry) {
        return entry.second.health == TargetHealth::Up;
    });
    m_instruments.targets.Set(static_cast<double>(m_targets.size()));
    m_instruments.targetsUp.Set(static_cast<double>(up));
}

} // namespace pilothouse::metrics
