// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/query/SeriesCatalogue.h"

#include "shared/base/StatusHelpers.h"
#include "shared/metrics/promql/Parser.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace pilothouse::metrics {

namespace {

TimestampMs boundedMillis(absl::Time time)
{
    // absl's infinities saturate to the integer's limits.
    return absl::ToUnixMillis(time);
}

template <typename T>
void sortUnique(std::vector<T>& list, std::size_t limit)
{
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    if (limit > 0 && list.size() > limit) {
        list.resize(limit);
    }
}

} // namespace

SeriesCatalogue::SeriesCatalogue(
    const SampleSource& source, const promql::EngineOptions& options, std::stop_token stop)
    : m_source(source), m_compat(options.compat), m_stop(std::move(stop))
{}

absl::StatusOr<std::vector<std::vector<LabelMatcher>>> SeriesCatalogue::selectorsOf(
    const SeriesFilter& filter) const
{
    std::vector<std::vector<LabelMatcher>> selectors;
    for (const std::string& match : filter.matches) {
        PH_ASSIGN_OR_RETURN(auto matchers, promql::parseSelector(match, m_compat));
        selectors.push_back(std::move(matchers));
    }
    if (selectors.empty()) {
        selectors.emplace_back(); // no condition: everything
    }
    return selectors;
}

absl::Status SeriesCatalogue::goOn() const
{
    return m_stop.stop_requested() ? absl::CancelledError("query was canceled") : absl::OkStatus();
}

absl::StatusOr<std::vector<Labels>> SeriesCatalogue::series(const SeriesFilter& filter) const
{
    PH_ASSIGN_OR_RETURN(const auto selectors, selectorsOf(filter));
    std::vector<Labels> found;
    for (const auto& matchers : selectors) {
        PH_ASSIGN_OR_RETURN(
            const auto selected,
            m_source.select(matchers, boundedMillis(filter.start), boundedMillis(filter.end)));
        for (const SelectedSeries& series : selected) {
            found.push_back(*series.labels);
        }
        PH_RETURN_IF_ERROR(goOn());
    }
    sortUnique(found, filter.limit);
    return found;
}

template <typename Ask>
absl::StatusOr<std::vector<std::string>> SeriesCatalogue::unite(
    const SeriesFilter& filter, Ask ask) const
{
    PH_ASSIGN_OR_RETURN(const auto selectors, selectorsOf(filter));
    std::vector<std::string> texts;
    for (const auto& matchers : selectors) {
        PH_ASSIGN_OR_RETURN(auto some, ask(matchers));
        texts.insert(
            texts.end(),
            std::make_move_iterator(some.begin()),
            std::make_move_iterator(some.end()));
        PH_RETURN_IF_ERROR(goOn());
    }
    sortUnique(texts, filter.limit);
    return texts;
}

absl::StatusOr<std::vector<std::string>> SeriesCatalogue::labelNames(
    const SeriesFilter& filter) const
{
    return unite(filter, [&](std::span<const LabelMatcher> matchers) {
        return m_source.labelNames(
            matchers, boundedMillis(filter.start), boundedMillis(filter.end));
    });
}

absl::StatusOr<std::vector<std::string>> SeriesCatalogue::labelValues(
    const std::string& label, const SeriesFilter& filter) const
{
    return unite(filter, [&](std::span<const LabelMatcher> matchers) {
        return m_source.labelValues(
            label, matchers, boundedMillis(filter.start), boundedMillis(filter.end));
    });
}

} // namespace pilothouse::metrics
