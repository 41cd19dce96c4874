// SPDX-License-Identifier: Apache-2.0
#include "server/platform/kubernetes/AutoscalerWatch.h"

#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::kubernetes {

namespace {

constexpr absl::Duration kAge = absl::Minutes(1);

absl::StatusOr<std::vector<Autoscaler>> autoscalersOf(const Namespace& cluster)
{
    const auto list = cluster.get(cluster.pathOf("autoscaling/v2", "horizontalpodautoscalers"));
    return list.ok() ? parseAutoscalers(*list) : list.status();
}

} // namespace

std::string AutoscalerWatch::obstacle(const Namespace& cluster, absl::Duration now) const
{
    const std::lock_guard lock(m_mutex);
    if (now < m_asked + kAge) {
        return m_found;
    }
    m_asked = now;
    const auto autoscalers = autoscalersOf(cluster);
    if (!autoscalers.ok()) {
        return m_found;
    }
    const auto other = std::ranges::find_if(*autoscalers, [&](const Autoscaler& one) {
        return one.targetKind == m_kind && std::ranges::count(m_names, one.targetName) > 0;
    });
    m_found = other == autoscalers->end()
                  ? std::string()
                  : fmt::format(
                        "the HorizontalPodAutoscaler {} scales the same {}: delete it, or set mode "
                        "= \"recommend\"",
                        other->name,
                        m_kind);
    return m_found;
}

} // namespace pilothouse::kubernetes
