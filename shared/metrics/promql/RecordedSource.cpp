// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/promql/RecordedSource.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

namespace pilothouse::metrics::promql {

namespace {

/// A matcher with its regular expression compiled.
struct Condition
{
    const LabelMatcher* matcher;
    std::unique_ptr<RE2> regex;

    bool holds(const Labels& labels) const
    {
        const std::string_view value = labels.get(matcher->name);
        switch (matcher->type) {
        case MatchType::Equal:
            return value == matcher->value;
        case MatchType::NotEqual:
            return value != matcher->value;
        case MatchType::Regex:
            return RE2::FullMatch(re2::StringPiece(value.data(), value.size()), *regex);
        case MatchType::NotRegex:
            return !RE2::FullMatch(re2::StringPiece(value.data(), value.size()), *regex);
        }
        return false;
    }
};

} // namespace

RecordedSource::Series& RecordedSource::seriesFor(const Labels& labels)
{
    const auto [found, isNew] = m_ids.try_emplace(labels, static_cast<SeriesId>(m_series.size()));
    if (isNew) {
        m_series.push_back({std::make_shared<const Labels>(labels), {}});
    }
    return m_series[found->second];
}

void RecordedSource::append(const Labels& labels, const SampleColumns& samples)
{
    SampleColumns& kept = seriesFor(labels).samples;
    kept.times.insert(kept.times.end(), samples.times.begin(), samples.times.end());
    kept.values.insert(kept.values.end(), samples.values.begin(), samples.values.end());
}

void RecordedSource::append(const Labels& labels, Sample sample)
{
    SampleColumns& kept = seriesFor(labels).samples;
    kept.times.push_back(sample.time);
    kept.values.push_back(sample.value);
}

absl::StatusOr<std::vector<SelectedSeries>> RecordedSource::select(
    std::span<const LabelMatcher> matchers, TimestampMs start, TimestampMs end) const
{
    std::vector<Condition> conditions;
    for (const LabelMatcher& matcher : matchers) {
        Condition condition{&matcher, nullptr};
        if (matcher.type == MatchType::Regex || matcher.type == MatchType::NotRegex) {
            RE2::Options options(RE2::Quiet);
            options.set_dot_nl(true);
            condition.regex = std::make_unique<RE2>(matcher.value, options);
            if (!condition.regex->ok()) {
                return absl::InvalidArgumentError(fmt::format(
                    "bad regular expression {}: {}", matcher.value, condition.regex->error()));
            }
        }
        conditions.push_back(std::move(condition));
    }
    std::vector<SelectedSeries> selected;
    for (SeriesId id = 0; id < m_series.size(); ++id) {
        const Series& series = m_series[id];
        const bool isInRange = !series.samples.times.empty() &&
                               series.samples.times.front() <= end &&
                               series.samples.times.back() >= start;
        if (isInRange &&
            std::all_of(conditions.begin(), conditions.end(), [&](const Condition& condition) {
                return condition.holds(*series.labels);
            })) {
            selected.push_back({id, series.labels});
        }
    }
    return selected;
}

void RecordedSource::read(SeriesId id, TimestampMs start, TimestampMs end, SampleColumns& out) const
{
    const SampleColumns& samples = m_series[id].samples;
    const auto first = std::lower_bound(samples.times.begin(), samples.times.end(), start);
    const auto last = std::upper_bound(first, samples.times.end(), end);
    const auto from = first - samples.times.begin();
    const auto to = last - samples.times.begin();
    out.times.insert(out.times.end(), first, last);
    out.values.insert(out.values.end(), samples.values.begin() + from, samples.values.begin() + to);
}

std::optional<Sample> RecordedSource::latest(SeriesId id, TimestampMs start, TimestampMs end) const
{
    const SampleColumns& samples = m_series[id].samples;
    const auto after = std::upper_bound(samples.times.begin(), samples.times.end(), end);
    if (after == samples.times.begin() || *(after - 1) < start) {
        return std::nullopt;
    }
    const auto index = static_cast<std::size_t>(after - samples.times.begin()) - 1;
    return Sample{samples.times[index], samples.values[index]};
}

} // namespace pilothouse::metrics::promql
