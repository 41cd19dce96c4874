// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/Cardinality.h"
#include "shared/metrics/Labels.h"
#include "shared/metrics/Sample.h"

#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::metrics {

enum class MatchType { Equal, NotEqual, Regex, NotRegex };

/// One condition of a series selector. Regular expressions are RE2 and match the whole value.
struct LabelMatcher
{
    MatchType type = MatchType::Equal;
    std::string name;
    std::string value;

    bool operator==(const LabelMatcher&) const = default;
};

/// Identity of a series inside one source; stable while the series exists.
using SeriesId = std::uint32_t;

struct SelectedSeries
{
    SeriesId id = 0;
    /// Shared with the store, so that selecting 100 000 series copies no strings.
    std::shared_ptr<const Labels> labels;
};

/// Samples of one series as columns, oldest first; both vectors have the same length.
struct SampleColumns
{
    std::vector<TimestampMs> times;
    std::vector<double> values;

    void clear()
    {
        times.clear();
        values.clear();
    }
    std::size_t size() const { return times.size(); }
};

/// Where PromQL reads from: the store, or recorded samples in a test. Thread-safe; a reader sees
/// every sample that was appended before its call.
class SampleSource
{
public:
    virtual ~SampleSource() = default;

    /// The series that match all matchers and may have samples in [start, end] (both included).
    /// INVALID_ARGUMENT for a bad regular expression.
    virtual absl::StatusOr<std::vector<SelectedSeries>> select(
        std::span<const LabelMatcher> matchers, TimestampMs start, TimestampMs end) const = 0;

    /// Appends the samples of the series in [start, end] to `out`, stale markers included.
    /// A series that has been removed meanwhile yields nothing.
    virtual void read(
        SeriesId id, TimestampMs start, TimestampMs end, SampleColumns& out) const = 0;

    /// The newest sample of the series in [start, end], which may be a stale marker. A source that
    /// can answer without decoding the whole range overrides this.
    virtual std::optional<Sample> latest(SeriesId id, TimestampMs start, TimestampMs end) const
    {
        SampleColumns columns;
        read(id, start, end, columns);
        if (columns.times.empty()) {
            return std::nullopt;
        }
        return Sample{columns.times.back(), columns.values.back()};
    }

    /// The label names, or the values of one label, of the series that select() finds; sorted. A
    /// source that keeps such lists overrides these, and may then answer for all series, whatever
    /// the range, when there are no matchers.
    virtual absl::StatusOr<std::vector<std::string>> labelNames(
        std::span<const LabelMatcher> matchers, TimestampMs start, TimestampMs end) const;
    virtual absl::StatusOr<std::vector<std::string>> labelValues(
        std::string_view name,
        std::span<const LabelMatcher> matchers,
        TimestampMs start,
        TimestampMs end) const;
    /// How many series there are, and the `largest` names and values by their number of series.
    virtual absl::StatusOr<Cardinality> cardinality(std::size_t largest) const;

    /// A number that changes whenever a series is added or removed, so that a standing query may
    /// keep its selections until then. 0 = not known: nothing is kept.
    virtual std::uint64_t generation() const { return 0; }

    /// Takes the samples of the series at `index` of the ids; valid during the call only.
    using SeriesReader = std::function<void(std::size_t index, const SampleColumns& samples)>;

    /// read() for many series at once, which the store answers with one look at each scrape group:
    /// calls `take` once for every id, in any order, on the calling thread.
    virtual void readMany(
        std::span<const SeriesId> ids,
        TimestampMs start,
        TimestampMs end,
        const SeriesReader& take) const
    {
        SampleColumns samples;
        for (std::size_t index = 0; index < ids.size(); ++index) {
            samples.clear();
            read(ids[index], start, end, samples);
            take(index, samples);
        }
    }
};

} // namespace pilothouse::metrics
