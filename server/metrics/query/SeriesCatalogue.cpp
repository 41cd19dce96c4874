// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/query/SeriesCatalogue.h"

#include "shared/base/StatusHelpers.h"
#include "shared/metrics/promql/Parser.h"

#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace pilothouse::metrics {

namespace {

TimestampMs boundedMillis(absl::Time time)
{
    // absl's infinities saturate to the integer's limits.
    return absl::ToUnixMillis(time);
}

std::vector<std::string> sortedStrings(
    const absl::flat_hash_set<std::string>& set, std::size_t limit)
{
    std::vector<std::string> list(set.begin(), set.end());
    std::sort(list.begin(), list.end());
    if (limit > 0 && list.size() > limit) {
        list.resize(limit);
    }
    return list;
}

} // namespace

SeriesCatalogue::SeriesCatalogue(
    const SampleSource& source, const promql::EngineOptions& options, std::stop_token stop)
    : m_source(source), m_compat(options.compat), m_stop(std::move(stop))
{}

template <typename Visit>
absl::Status SeriesCatalogue::forEachSeries(const SeriesFilter& filter, Visit visit) const
{
    std::vector<std::vector<LabelMatcher>> selectors;
    for (const std::string& match : filter.matches) {
        PH_ASSIGN_OR_RETURN(auto matchers, promql::parseSelector(match, m_compat));
        selectors.push_back(std::move(matchers));
    }
    if (selectors.empty()) {
        selectors.emplace_back(); // no condition: everything
    }
    absl::flat_hash_set<SeriesId> seen;
    for (const auto& matchers : selectors) {
        PH_ASSIGN_OR_RETURN(
            const auto selected,
            m_source.select(matchers, boundedMillis(filter.start), boundedMillis(filter.end)));
        for (const SelectedSeries& series : selected) {
            if (selectors.size() > 1 && !seen.insert(series.id).second) {
                continue;
            }
            visit(*series.labels);
        }
        if (m_stop.stop_requested()) {
            return absl::CancelledError("query was canceled");
        }
    }
    return absl::OkStatus();
}

absl::StatusOr<std::vector<Labels>> SeriesCatalogue::series(const SeriesFilter& filter) const
{
    std::vector<Labels> found;
    PH_RETURN_IF_ERROR(
        forEachSeries(filter, [&](const Labels& labels) { found.push_back(labels); }));
    std::sort(found.begin(), found.end());
    if (filter.limit > 0 && found.size() > filter.limit) {
        found.resize(filter.limit);
    }
    return found;
}

absl::StatusOr<std::vector<std::string>> SeriesCatalogue::labelNames(
    const SeriesFilter& filter) const
{
    absl::flat_hash_set<std::string> names;
    PH_RETURN_IF_ERROR(forEachSeries(filter, [&](const Labels& labels) {
        for (const auto& [name, value] : labels.pairs()) {
            names.insert(name);
        }
    }));
    return sortedStrings(names, filter.limit);
}

absl::StatusOr<std::vector<std::string>> SeriesCatalogue::labelValues(
    const std::string& label, const SeriesFilter& filter) const
{
    absl::flat_hash_set<std::string> values;
    PH_RETURN_IF_ERROR(forEachSeries(filter, [&](const Labels& labels) {
        if (const std::string_view value = labels.get(label); !value.empty()) {
            values.emplace(std::string(value));
        }
    }));
    return sortedStrings(values, filter.limit);
}

} // namespace pilothouse::metrics
