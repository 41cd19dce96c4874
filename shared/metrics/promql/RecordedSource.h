// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/SampleSource.h"

#include <absl/container/flat_hash_map.h>

#include <memory>
#include <vector>

namespace pilothouse::metrics::promql {

/// Samples held as they came, for recordings and tests: simple, not compact. Filled by one thread,
/// then read by any.
class RecordedSource final : public SampleSource
{
public:
    /// Appends samples, oldest first, to the series with these labels (made when it is new).
    void append(const Labels& labels, const SampleColumns& samples);
    void append(const Labels& labels, Sample sample);

    std::size_t seriesCount() const { return m_series.size(); }

    absl::StatusOr<std::vector<SelectedSeries>> select(
        std::span<const LabelMatcher> matchers, TimestampMs start, TimestampMs end) const override;
    void read(SeriesId id, TimestampMs start, TimestampMs end, SampleColumns& out) const override;
    std::optional<Sample> latest(SeriesId id, TimestampMs start, TimestampMs end) const override;
    std::uint64_t generation() const override { return m_series.size() + 1; }

private:
    struct Series
    {
        std::shared_ptr<const Labels> labels;
        SampleColumns samples;
    };

    Series& seriesFor(const Labels& labels);

    std::vector<Series> m_series;
    absl::flat_hash_map<Labels, SeriesId> m_ids;
};

} // namespace pilothouse::metrics::promql
