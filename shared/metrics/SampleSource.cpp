// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/SampleSource.h"

#include <absl/container/flat_hash_map.h>

#include <limits>
#include <set>
#include <string>
#include <utility>

namespace pilothouse::metrics {

namespace {

using Counts = absl::flat_hash_map<std::string, std::int64_t>;

std::vector<CountedName> largestOf(const Counts& counts, std::size_t limit)
{
    std::vector<CountedName> list;
    list.reserve(counts.size());
    for (const auto& [name, count] : counts) {
        list.push_back({name, count});
    }
    return largestCounts(std::move(list), limit);
}

} // namespace

absl::StatusOr<std::vector<std::string>> SampleSource::labelNames(
    std::span<const LabelMatcher> matchers, TimestampMs start, TimestampMs end) const
{
    const auto selected = select(matchers, start, end);
    if (!selected.ok()) {
        return selected.status();
    }
    std::set<std::string> names;
    for (const SelectedSeries& series : *selected) {
        for (const auto& [name, value] : series.labels->pairs()) {
            names.insert(name);
        }
    }
    return std::vector<std::string>(names.begin(), names.end());
}

absl::StatusOr<std::vector<std::string>> SampleSource::labelValues(
    std::string_view name,
    std::span<const LabelMatcher> matchers,
    TimestampMs start,
    TimestampMs end) const
{
    const auto selected = select(matchers, start, end);
    if (!selected.ok()) {
        return selected.status();
    }
    std::set<std::string> values;
    for (const SelectedSeries& series : *selected) {
        if (const std::string_view value = series.labels->get(name); !value.empty()) {
            values.emplace(value);
        }
    }
    return std::vector<std::string>(values.begin(), values.end());
}

absl::StatusOr<Cardinality> SampleSource::cardinality(std::size_t largest) const
{
    const auto selected = select(
        {}, std::numeric_limits<TimestampMs>::min(), std::numeric_limits<TimestampMs>::max());
    if (!selected.ok()) {
        return selected.status();
    }
    Counts byMetric;
    Counts byPair;
    Counts valuesOfLabel;
    for (const SelectedSeries& series : *selected) {
        ++byMetric[std::string(series.labels->get(kMetricName))];
        for (const auto& [name, value] : series.labels->pairs()) {
            std::string pair = name;
            pair.append(1, '=').append(value);
            if (++byPair[std::move(pair)] == 1) {
                ++valuesOfLabel[name];
            }
        }
    }
    return Cardinality{
        .series = static_cast<std::int64_t>(selected->size()),
        .labelPairs = static_cast<std::int64_t>(byPair.size()),
        .seriesByMetric = largestOf(byMetric, largest),
        .valuesByLabel = largestOf(valuesOfLabel, largest),
        .seriesByPair = largestOf(byPair, largest)};
}

} // namespace pilothouse::metrics
