// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/Labels.h"
#include "shared/metrics/SampleSource.h"
#include "shared/metrics/store/RegexCache.h"
#include "shared/metrics/store/Symbols.h"
#include "shared/metrics/store/ValueMatcher.h"

#include <absl/container/flat_hash_map.h>
#include <absl/container/inlined_vector.h>
#include <absl/status/statusor.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pilothouse::metrics {

struct LabelPair
{
    Symbol name = 0;
    Symbol value = 0;

    bool operator==(const LabelPair&) const = default;
};

/// Which series exist and which labels they carry: interned label sets, and for each label pair the
/// sorted list of series that carry it. Not thread-safe but for concurrent const calls: the store
/// holds a reader/writer lock around it.
class SeriesIndex
{
public:
    std::optional<SeriesId> find(const Labels& labels) const;
    /// Adds a series that find() does not know.
    SeriesId add(const Labels& labels);
    /// Forgets the series; their ids come back into use only after recycle().
    void remove(std::vector<SeriesId> ids);
    /// Lets ids that remove() took be given out again: call it when no reader can still hold one.
    void recycle(std::span<const SeriesId> ids);

    /// Ids in ascending order of the series that satisfy every matcher.
    absl::StatusOr<std::vector<SeriesId>> match(std::span<const LabelMatcher> matchers) const;

    std::size_t size() const { return m_count; }
    /// One more than the greatest id in use.
    std::size_t idBound() const { return m_series.size(); }
    bool exists(SeriesId id) const { return id < m_series.size() && m_series[id].pairs > 0; }
    std::span<const LabelPair> pairs(SeriesId id) const;
    std::string_view text(Symbol symbol) const { return m_symbols.text(symbol); }
    Labels labels(SeriesId id) const;
    /// The value of one label; "" when absent.
    std::string_view value(SeriesId id, std::string_view name) const;

    std::vector<std::string> labelNames() const;
    std::vector<std::string> labelValues(std::string_view name) const;
    /// Number of series with this label pair.
    std::size_t count(std::string_view name, std::string_view value) const;
    Cardinality cardinality(std::size_t largest) const;
    std::size_t memoryBytes() const;

private:
    struct Series
    {
        std::uint32_t offset = 0;
        std::uint32_t pairs = 0;
    };
    using Postings = absl::InlinedVector<SeriesId, 4>;

    static std::uint64_t pairKey(LabelPair pair)
    {
        return std::uint64_t(pair.name) << 32 | pair.value;
    }
    static LabelPair pairOf(std::uint64_t key)
    {
        return {static_cast<Symbol>(key >> 32), static_cast<Symbol>(key)};
    }
    std::vector<CountedName> largestPairs(std::size_t largest) const;
    std::uint64_t hash(std::span<const LabelPair> pairs) const;
    std::uint32_t takePairs(std::uint32_t count);
    std::vector<SeriesId> everything() const;
    std::vector<SeriesId> listed(const ValueMatcher& matcher) const;
    std::vector<SeriesId> united(std::span<const Symbol> values, Symbol name) const;
    void filter(std::vector<SeriesId>& ids, const ValueMatcher& matcher) const;
    Symbol valueSymbol(SeriesId id, Symbol name) const;

    Symbols m_symbols;
    std::vector<Series> m_series;
    std::size_t m_count = 0;
    std::vector<SeriesId> m_freeIds;
    /// All label sets one after the other; freed stretches are reused by length.
    std::vector<LabelPair> m_pairs;
    std::vector<std::vector<std::uint32_t>> m_freePairs;
    absl::flat_hash_map<std::uint64_t, SeriesId> m_byLabels;
    absl::flat_hash_map<std::uint64_t, Postings> m_postings;
    /// The values of each label name, in order of appearance.
    absl::flat_hash_map<Symbol, std::vector<Symbol>> m_values;
    /// Changes when values disappear: what the regex cache remembers is void then.
    std::uint64_t m_generation = 0;
    mutable RegexCache m_regexCache;
};

} // namespace pilothouse::metrics
