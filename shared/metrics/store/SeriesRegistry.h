// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/SlotValue.h"
#include "shared/metrics/store/SeriesIndex.h"

#include <absl/container/flat_hash_map.h>
#include <absl/container/inlined_vector.h>
#include <absl/status/statusor.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <utility>
#include <vector>

namespace pilothouse::metrics {

/// Where a series' samples lie.
struct SeriesLocation
{
    std::uint32_t group = 0;
    Slot slot = kNoSlot;

    bool operator==(const SeriesLocation&) const = default;
};

/// One is usual; two when a target's address changed while its labels did not.
using SeriesLocations = absl::InlinedVector<SeriesLocation, 2>;

/// The index of the store's series behind a reader/writer lock, with the cardinality limit, the
/// places of their samples, and label sets that are shared between readers. Thread-safe.
class SeriesRegistry
{
public:
    explicit SeriesRegistry(std::int64_t limit);

    /// The slot of the series in this group, when it has one.
    std::optional<Slot> slotIn(std::uint32_t group, const Labels& labels) const;
    /// Places the series, which is added when new. RESOURCE_EXHAUSTED at the limit (counted).
    absl::StatusOr<SeriesId> place(const Labels& labels, SeriesLocation location);
    /// Takes these series' places in the group away; a series without a place left is removed. Its
    /// id is not given out again for kIdRest calls of advance().
    void displace(std::uint32_t group, std::span<const SeriesId> ids);
    /// Housekeeping, now and then: lets old ids be used again, drops label sets nobody asked for
    /// lately.
    void advance();

    absl::StatusOr<std::vector<SeriesId>> match(std::span<const LabelMatcher> matchers) const;
    /// Shared label sets, in the order of the ids; null for one that was removed meanwhile.
    std::vector<std::shared_ptr<const Labels>> labels(std::span<const SeriesId> ids) const;
    std::optional<Labels> copyLabels(SeriesId id) const;
    SeriesLocations locations(SeriesId id) const;
    /// The only location of each series; slot kNoSlot where there are none or several (ask
    /// locations()).
    std::vector<SeriesLocation> soleLocations(std::span<const SeriesId> ids) const;

    std::vector<std::string> labelNames() const;
    std::vector<std::string> labelValues(std::string_view name) const;
    /// Distinct names, or values of one name, among these series; sorted.
    std::vector<std::string> labelNamesOf(std::span<const SeriesId> ids) const;
    std::vector<std::string> labelValuesOf(
        std::string_view name, std::span<const SeriesId> ids) const;
    std::size_t count(std::string_view name, std::string_view value) const;
    Cardinality cardinality(std::size_t largest) const;

    /// Changes when a series is added or removed, or when noteAppearance() says that one came back.
    std::uint64_t generation() const { return m_generation.load(std::memory_order_acquire); }
    void noteAppearance() { m_generation.fetch_add(1, std::memory_order_release); }

    std::size_t size() const { return m_size.load(std::memory_order_relaxed); }
    std::int64_t rejected() const { return m_rejected.load(std::memory_order_relaxed); }
    std::size_t memoryBytes() const;

private:
    static constexpr int kIdRest = 2;

    const std::size_t m_limit;
    std::atomic<std::size_t> m_size{0};
    std::atomic<std::int64_t> m_rejected{0};
    std::atomic<std::uint64_t> m_generation{1};

    mutable std::shared_mutex m_mutex;
    SeriesIndex m_index;
    std::vector<SeriesLocation> m_locations;
    /// Second and further places.
    absl::flat_hash_map<SeriesId, SeriesLocations> m_furtherLocations;
    std::deque<std::vector<SeriesId>> m_resting;

    struct SharedLabels
    {
        std::shared_ptr<const Labels> labels; // shared with every reader that selected the series
        bool wasUsed = false;
    };
    /// Taken after m_mutex, never before.
    mutable std::mutex m_labelsMutex;
    mutable absl::flat_hash_map<SeriesId, SharedLabels> m_labels;
};

} // namespace pilothouse::metrics
