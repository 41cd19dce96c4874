// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/Clock.h"
#include "shared/metrics/Catalogue.h"
#include "shared/metrics/SampleSource.h"
#include "shared/metrics/store/Journal.h"
#include "shared/metrics/store/MetricCatalogue.h"
#include "shared/metrics/store/ScrapeGroup.h"
#include "shared/metrics/store/SeriesRegistry.h"

#include <absl/container/flat_hash_map.h>
#include <absl/time/time.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::metrics {

struct StoreOptions
{
    absl::Duration retention = absl::Hours(24);
    /// Kept of each series at least; up to a block more.
    std::int64_t maxPointsPerSeries = 10000;
    /// Beyond it new series are refused and counted; existing ones go on.
    std::int64_t maxSeries = 1000000;
};

/// A sample that does not come as part of a scrape's row: with a time of its own.
struct LabelledSample
{
    Labels labels;
    TimestampMs time = 0;
    double value = 0;
};

/// The time-series store: scrape groups of columns in memory, an index over their labels, and a
/// journal (server/metrics/storage) that makes it durable. Thread-safe; reading never blocks
/// appending for longer than a copy.
class Store : public SampleSource
{
public:
    /// The clock is for retention and must outlive the store.
    Store(StoreOptions options, const Clock& clock);
    ~Store() override;

    /// The group with this key (a target's job and URL, a collector's name), made when new. It is
    /// kept while the pointer is held or it has samples.
    std::shared_ptr<ScrapeGroup> group(std::string_view key);

    /// Samples with times of their own (an exposition with timestamps, remote write). Each series
    /// becomes a group of its own, which costs more than a row of a scrape: use group() for what
    /// arrives together.
    AppendResult appendSamples(std::span<const LabelledSample> samples);

    /// TYPE, HELP and UNIT of metrics.
    void describe(std::span<const Metric> metrics);

    absl::StatusOr<std::vector<SelectedSeries>> select(
        std::span<const LabelMatcher> matchers, TimestampMs start, TimestampMs end) const override;
    void read(SeriesId id, TimestampMs start, TimestampMs end, SampleColumns& out) const override;
    void readMany(
        std::span<const SeriesId> ids,
        TimestampMs start,
        TimestampMs end,
        const SeriesReader& take) const override;
    std::optional<Sample> latest(SeriesId id, TimestampMs start, TimestampMs end) const override;
    std::uint64_t generation() const override { return m_registry.generation(); }

    absl::StatusOr<std::vector<std::string>> labelNames(
        std::span<const LabelMatcher> matchers, TimestampMs start, TimestampMs end) const override;
    absl::StatusOr<std::vector<std::string>> labelValues(
        std::string_view name,
        std::span<const LabelMatcher> matchers,
        TimestampMs start,
        TimestampMs end) const override;
    absl::StatusOr<Cardinality> cardinality(std::size_t largest) const override;
    /// Every described metric with its number of series, and undescribed names as Unknown.
    std::vector<Metric> metrics() const;

    StoreStatus status() const;

    /// Retention: call it every minute or so. Drops old blocks, series and groups.
    void maintain();

    /// From now on the journal is told about every change; null ends that. It must outlive the
    /// store or be detached first.
    void attach(Journal* journal);
    /// Tells the journal what belongs into its new epoch of every group that has not appended
    /// since.
    void rollJournal();
    /// See ScrapeGroup::replaceBlock().
    bool replaceBlock(
        const std::shared_ptr<const GroupBlock>& block,
        std::shared_ptr<const GroupBlock> replacement);
    /// Everything that exists, as the journal would be told: for writing a catalogue afresh.
    void tellCatalogue(Journal& journal) const;

    /// While restoring: the group with this number, made when new.
    std::shared_ptr<ScrapeGroup> restoreGroup(std::uint32_t id, std::string_view key);
    std::shared_ptr<ScrapeGroup> findGroup(std::uint32_t id) const;
    void restoreMetric(const Metric& metric) { m_catalogue.describe(metric); }
    void finishRestore(bool isCatalogueDamaged);

    const StoreOptions& options() const { return m_options; }

private:
    std::vector<std::shared_ptr<ScrapeGroup>> groups() const;
    void keepThoseThatMayHold(std::vector<SeriesId>& ids, TimestampMs start, TimestampMs end) const;
    void readScattered(SeriesId id, TimestampMs start, TimestampMs end, SampleColumns& out) const;
    absl::StatusOr<std::vector<SeriesId>> matching(
        std::span<const LabelMatcher> matchers, TimestampMs start, TimestampMs end) const;
    TimestampMs nowMs() const { return absl::ToUnixMillis(m_clock.now()); }

    const StoreOptions m_options;
    const Clock& m_clock;
    SeriesRegistry m_registry;
    MetricCatalogue m_catalogue;
    std::atomic<Journal*> m_journal{nullptr};

    mutable std::shared_mutex m_groupsMutex;
    /// By number; null where a group is gone. Shared with the writers that hold a group.
    std::vector<std::shared_ptr<ScrapeGroup>> m_groups;
    absl::flat_hash_map<std::string, std::uint32_t> m_groupsByKey;
    std::vector<std::uint32_t> m_freeGroups;

    /// For the rate in status().
    mutable std::mutex m_rateMutex;
    mutable absl::Duration m_rateAt = -absl::InfiniteDuration();
    mutable std::int64_t m_rateSamples = 0;
    mutable double m_rate = 0;
    /// Samples of groups that are gone, so that totals never fall.
    std::atomic<std::int64_t> m_appendedBefore{0};
    std::atomic<std::int64_t> m_outOfOrderBefore{0};
    std::atomic<std::int64_t> m_duplicatesBefore{0};
    /// Rejections that status() found at the last maintain(): the limit's alarm ends when they
    /// stop.
    std::atomic<std::int64_t> m_rejectedAtMaintain{0};
    std::atomic<bool> m_isRejecting{false};
};

} // namespace pilothouse::metrics
