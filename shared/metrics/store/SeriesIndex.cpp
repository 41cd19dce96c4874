// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/store/SeriesIndex.h"

#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <cassert>
#include <functional>
#include <iterator>
#include <queue>

#include <xxhash.h>

namespace pilothouse::metrics {

std::uint64_t SeriesIndex::hash(std::span<const LabelPair> pairs) const
{
    return XXH3_64bits(pairs.data(), pairs.size_bytes());
}

std::span<const LabelPair> SeriesIndex::pairs(SeriesId id) const
{
    return {m_pairs.data() + m_series[id].offset, m_series[id].pairs};
}

std::optional<SeriesId> SeriesIndex::find(const Labels& labels) const
{
    absl::InlinedVector<LabelPair, 16> wanted;
    for (const auto& [name, value] : labels.pairs()) {
        const auto nameSymbol = m_symbols.find(name);
        const auto valueSymbol = m_symbols.find(value);
        if (!nameSymbol || !valueSymbol) {
            return std::nullopt;
        }
        wanted.push_back({*nameSymbol, *valueSymbol});
    }
    // Two label sets with one hash: the second one lies at the next key. Once in 2^64, but a wrong
    // answer would mix two series.
    for (std::uint64_t key = hash(wanted);; ++key) {
        const auto found = m_byLabels.find(key);
        if (found == m_byLabels.end()) {
            return std::nullopt;
        }
        const auto present = pairs(found->second);
        if (std::equal(present.begin(), present.end(), wanted.begin(), wanted.end())) {
            return found->second;
        }
    }
}

std::uint32_t SeriesIndex::takePairs(std::uint32_t count)
{
    if (count < m_freePairs.size() && !m_freePairs[count].empty()) {
        const std::uint32_t offset = m_freePairs[count].back();
        m_freePairs[count].pop_back();
        return offset;
    }
    const auto offset = static_cast<std::uint32_t>(m_pairs.size());
    m_pairs.resize(m_pairs.size() + count);
    return offset;
}

SeriesId SeriesIndex::add(const Labels& labels)
{
    SeriesId id = 0;
    if (m_freeIds.empty()) {
        id = static_cast<SeriesId>(m_series.size());
        m_series.emplace_back();
    } else {
        id = m_freeIds.back();
        m_freeIds.pop_back();
    }
    const auto count = static_cast<std::uint32_t>(labels.size());
    const std::uint32_t offset = takePairs(count);
    m_series[id] = {offset, count};
    for (std::uint32_t at = 0; at < count; ++at) {
        const auto& [name, value] = labels.pairs()[at];
        const LabelPair pair{m_symbols.acquire(name), m_symbols.acquire(value)};
        m_pairs[offset + at] = pair;
        Postings& postings = m_postings[pairKey(pair)];
        if (postings.empty()) {
            m_values[pair.name].push_back(pair.value);
        }
        // Ids mostly grow, so the place is mostly the end.
        postings.insert(std::upper_bound(postings.begin(), postings.end(), id), id);
    }
    std::uint64_t key = hash(pairs(id));
    while (m_byLabels.contains(key)) {
        ++key;
    }
    m_byLabels.emplace(key, id);
    ++m_count;
    return id;
}

void SeriesIndex::remove(std::vector<SeriesId> ids)
{
    std::sort(ids.begin(), ids.end());
    absl::flat_hash_map<std::uint64_t, LabelPair> touched;
    for (const SeriesId id : ids) {
        for (std::uint64_t key = hash(pairs(id));; ++key) {
            const auto found = m_byLabels.find(key);
            if (found == m_byLabels.end()) {
                break;
            }
            if (found->second == id) {
                m_byLabels.erase(found);
                break;
            }
        }
        for (const LabelPair pair : pairs(id)) {
            touched.emplace(pairKey(pair), pair);
        }
    }
    absl::flat_hash_set<Symbol> shrunkNames;
    for (const auto& [key, pair] : touched) {
        Postings& postings = m_postings[key];
        postings.erase(
            std::remove_if(
                postings.begin(),
                postings.end(),
                [&](SeriesId id) { return std::binary_search(ids.begin(), ids.end(), id); }),
            postings.end());
        if (postings.empty()) {
            m_postings.erase(key);
            shrunkNames.insert(pair.name);
        }
    }
    for (const Symbol name : shrunkNames) {
        std::vector<Symbol>& values = m_values[name];
        std::erase_if(values, [&](Symbol value) {
            return !m_postings.contains(pairKey({name, value}));
        });
        if (values.empty()) {
            m_values.erase(name);
        }
    }
    m_generation += shrunkNames.empty() ? 0 : 1;
    for (const SeriesId id : ids) {
        for (const LabelPair pair : pairs(id)) {
            m_symbols.release(pair.name);
            m_symbols.release(pair.value);
        }
        Series& series = m_series[id];
        if (m_freePairs.size() <= series.pairs) {
            m_freePairs.resize(series.pairs + 1);
        }
        m_freePairs[series.pairs].push_back(series.offset);
        series = {};
    }
    m_count -= ids.size();
}

void SeriesIndex::recycle(std::span<const SeriesId> ids)
{
    m_freeIds.insert(m_freeIds.end(), ids.begin(), ids.end());
}

std::vector<SeriesId> SeriesIndex::everything() const
{
    std::vector<SeriesId> ids;
    ids.reserve(m_count);
    for (SeriesId id = 0; id < m_series.size(); ++id) {
        if (m_series[id].pairs > 0) {
            ids.push_back(id);
        }
    }
    return ids;
}

std::vector<SeriesId> SeriesIndex::united(std::span<const Symbol> values, Symbol name) const
{
    std::vector<SeriesId> ids;
    std::size_t lists = 0;
    for (const Symbol value : values) {
        if (const auto found = m_postings.find(pairKey({name, value})); found != m_postings.end()) {
            ids.insert(ids.end(), found->second.begin(), found->second.end());
            ++lists;
        }
    }
    if (lists > 1) { // a series has one value a name, so there are no duplicates to drop
        std::sort(ids.begin(), ids.end());
    }
    return ids;
}

std::vector<SeriesId> SeriesIndex::listed(const ValueMatcher& matcher) const
{
    const auto name = m_symbols.find(matcher.name());
    const auto values = name ? m_values.find(*name) : m_values.end();
    if (values == m_values.end()) {
        return {};
    }
    std::vector<Symbol> accepted;
    if (matcher.isNegated()) { // != "" and the like: the values that are left
        for (const Symbol value : values->second) {
            if (matcher.matches(m_symbols.text(value))) {
                accepted.push_back(value);
            }
        }
    } else if (matcher.literals()) {
        for (const std::string& literal : *matcher.literals()) {
            if (const auto symbol = m_symbols.find(literal)) {
                accepted.push_back(*symbol);
            }
        }
    } else {
        accepted = m_regexCache.matching(matcher, *name, values->second, m_generation, m_symbols);
    }
    return united(accepted, *name);
}

Symbol SeriesIndex::valueSymbol(SeriesId id, Symbol name) const
{
    for (const LabelPair pair : pairs(id)) {
        if (pair.name == name) {
            return pair.value;
        }
    }
    return ~Symbol(0);
}

void SeriesIndex::filter(std::vector<SeriesId>& ids, const ValueMatcher& matcher) const
{
    const bool acceptsAbsent = matcher.matches("");
    const auto name = m_symbols.find(matcher.name());
    if (!name) {
        if (!acceptsAbsent) {
            ids.clear();
        }
        return;
    }
    absl::flat_hash_map<Symbol, bool> verdicts;
    std::erase_if(ids, [&](SeriesId id) {
        const Symbol value = valueSymbol(id, *name);
        if (value == ~Symbol(0)) {
            return !acceptsAbsent;
        }
        const auto [entry, isNew] = verdicts.try_emplace(value, false);
        if (isNew) {
            entry->second = matcher.matches(m_symbols.text(value));
        }
        return !entry->second;
    });
}

absl::StatusOr<std::vector<SeriesId>> SeriesIndex::match(
    std::span<const LabelMatcher> matchers) const
{
    std::vector<ValueMatcher> compiled;
    compiled.reserve(matchers.size());
    for (const LabelMatcher& matcher : matchers) {
        auto one = ValueMatcher::compile(matcher);
        if (!one.ok()) {
            return one.status();
        }
        compiled.push_back(std::move(*one));
    }
    // Conditions that a series without the label fails give lists of series; the rest only filter.
    const auto filtersOnly = std::stable_partition(
        compiled.begin(), compiled.end(), [](const auto& matcher) { return !matcher.matches(""); });
    std::vector<SeriesId> ids;
    if (filtersOnly == compiled.begin()) {
        ids = everything();
    } else {
        std::vector<std::vector<SeriesId>> lists;
        for (auto matcher = compiled.begin(); matcher != filtersOnly; ++matcher) {
            lists.push_back(listed(*matcher));
            if (lists.back().empty()) {
                return std::vector<SeriesId>();
            }
        }
        std::sort(lists.begin(), lists.end(), [](const auto& left, const auto& right) {
            return left.size() < right.size();
        });
        ids = std::move(lists.front());
        for (std::size_t at = 1; at < lists.size(); ++at) {
            std::vector<SeriesId> both;
            std::set_intersection(
                ids.begin(),
                ids.end(),
                lists[at].begin(),
                lists[at].end(),
                std::back_inserter(both));
            ids = std::move(both);
        }
    }
    for (auto matcher = filtersOnly; matcher != compiled.end(); ++matcher) {
        filter(ids, *matcher);
    }
    return ids;
}

Labels SeriesIndex::labels(SeriesId id) const
{
    std::vector<Labels::Pair> result;
    result.reserve(pairs(id).size());
    for (const LabelPair pair : pairs(id)) {
        result.emplace_back(m_symbols.text(pair.name), m_symbols.text(pair.value));
    }
    return Labels(std::move(result));
}

std::string_view SeriesIndex::value(SeriesId id, std::string_view name) const
{
    const auto symbol = m_symbols.find(name);
    const Symbol value = symbol ? valueSymbol(id, *symbol) : ~Symbol(0);
    return value == ~Symbol(0) ? std::string_view() : m_symbols.text(value);
}

std::vector<std::string> SeriesIndex::labelNames() const
{
    std::vector<std::string> names;
    for (const auto& entry : m_values) {
        names.emplace_back(m_symbols.text(entry.first));
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<std::string> SeriesIndex::labelValues(std::string_view name) const
{
    std::vector<std::string> result;
    const auto symbol = m_symbols.find(name);
    const auto values = symbol ? m_values.find(*symbol) : m_values.end();
    if (values != m_values.end()) {
        for (const Symbol value : values->second) {
            result.emplace_back(m_symbols.text(value));
        }
    }
    std::sort(result.begin(), result.end());
    return result;
}

std::size_t SeriesIndex::count(std::string_view name, std::string_view value) const
{
    const auto nameSymbol = m_symbols.find(name);
    const auto valueText = m_symbols.find(value);
    if (!nameSymbol || !valueText) {
        return 0;
    }
    const auto found = m_postings.find(pairKey({*nameSymbol, *valueText}));
    return found == m_postings.end() ? 0 : found->second.size();
}

std::vector<CountedName> SeriesIndex::largestPairs(std::size_t largest) const
{
    std::vector<std::size_t> sizes;
    sizes.reserve(m_postings.size());
    for (const auto& entry : m_postings) {
        sizes.push_back(entry.second.size());
    }
    // Only the pairs that can be among the largest are written out: there may be a million.
    std::size_t least = 0;
    if (largest > 0 && sizes.size() > largest) {
        const auto last = sizes.begin() + static_cast<std::ptrdiff_t>(largest) - 1;
        std::nth_element(sizes.begin(), last, sizes.end(), std::greater<>());
        least = *last;
    }
    std::vector<CountedName> pairs;
    for (const auto& [key, postings] : m_postings) {
        if (postings.size() >= least) {
            const LabelPair pair = pairOf(key);
            std::string name(m_symbols.text(pair.name));
            name.append("=").append(m_symbols.text(pair.value));
            pairs.push_back({std::move(name), static_cast<std::int64_t>(postings.size())});
        }
    }
    return largestCounts(std::move(pairs), largest);
}

Cardinality SeriesIndex::cardinality(std::size_t largest) const
{
    Cardinality result;
    result.series = static_cast<std::int64_t>(m_count);
    result.labelPairs = static_cast<std::int64_t>(m_postings.size());
    std::vector<CountedName> labels;
    for (const auto& [name, values] : m_values) {
        labels.push_back(
            {std::string(m_symbols.text(name)), static_cast<std::int64_t>(values.size())});
    }
    std::vector<CountedName> metrics;
    for (std::string& name : labelValues(kMetricName)) {
        const auto series = static_cast<std::int64_t>(count(kMetricName, name));
        metrics.push_back({std::move(name), series});
    }
    result.valuesByLabel = largestCounts(std::move(labels), largest);
    result.seriesByMetric = largestCounts(std::move(metrics), largest);
    result.seriesByPair = largestPairs(largest);
    return result;
}

std::size_t SeriesIndex::memoryBytes() const
{
    std::size_t bytes = m_symbols.memoryBytes() + m_series.capacity() * sizeof(Series) +
                        m_pairs.capacity() * sizeof(LabelPair) +
                        m_byLabels.capacity() * (sizeof(std::uint64_t) + sizeof(SeriesId) + 1) +
                        m_postings.capacity() * (sizeof(std::uint64_t) + sizeof(Postings) + 1);
    for (const auto& entry : m_postings) {
        bytes += entry.second.capacity() > 4 ? entry.second.capacity() * sizeof(SeriesId) : 0;
    }
    for (const auto& entry : m_values) {
        bytes += entry.second.capacity() * sizeof(Symbol);
    }
    return bytes;
}

} // namespace pilothouse::metrics
