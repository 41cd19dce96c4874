// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/Catalogue.h"

#include <absl/container/flat_hash_map.h>

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::metrics {

/// What the targets say about their metrics (TYPE, HELP, UNIT): the last word wins. Bounded: beyond
/// kMaxMetrics new names are not taken. Thread-safe.
class MetricCatalogue
{
public:
    static constexpr std::size_t kMaxMetrics = 100000;

    /// Takes what is given over what is known: an Unknown type, an empty unit or help says nothing.
    /// True when something changed.
    bool describe(const Metric& metric);
    std::vector<Metric> all() const;
    std::optional<Metric> find(std::string_view name) const;

private:
    mutable std::mutex m_mutex;
    absl::flat_hash_map<std::string, Metric> m_metrics;
};

} // namespace pilothouse::metrics
