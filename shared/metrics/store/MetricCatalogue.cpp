// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/store/MetricCatalogue.h"

#include <algorithm>

namespace pilothouse::metrics {

bool MetricCatalogue::describe(const Metric& metric)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_metrics.find(metric.name);
    if (found == m_metrics.end()) {
        if (metric.name.empty() || m_metrics.size() >= kMaxMetrics) {
            return false;
        }
        m_metrics.emplace(metric.name, metric);
        return true;
    }
    Metric& known = found->second;
    const Metric before = known;
    known.type = metric.type != MetricType::Unknown ? metric.type : known.type;
    known.unit = !metric.unit.empty() ? metric.unit : known.unit;
    known.help = !metric.help.empty() ? metric.help : known.help;
    return known.type != before.type || known.unit != before.unit || known.help != before.help;
}

std::vector<Metric> MetricCatalogue::all() const
{
    std::vector<Metric> result;
    {
        const std::lock_guard lock(m_mutex);
        result.reserve(m_metrics.size());
        for (const auto& entry : m_metrics) {
            result.push_back(entry.second);
        }
    }
    std::sort(result.begin(), result.end(), [](const Metric& left, const Metric& right) {
        return left.name < right.name;
    });
    return result;
}

std::optional<Metric> MetricCatalogue::find(std::string_view name) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_metrics.find(std::string(name));
    return found == m_metrics.end() ? std::nullopt : std::optional(found->second);
}

} // namespace pilothouse::metrics
