// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/store/SeriesRegistry.h"

#include "shared/base/StatusHelpers.h"

#include <absl/container/flat_hash_set.h>
#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::metrics {

SeriesRegistry::SeriesRegistry(std::int64_t limit)
    : m_limit(static_cast<std::size_t>(std::max<std::int64_t>(limit, 1)))
{}

std::optional<Slot> SeriesRegistry::slotIn(std::uint32_t group, const Labels& labels) const
{
    const std::shared_lock lock(m_mutex);
    const auto id = m_index.find(labels);
    if (!id) {
        return std::nullopt;
    }
    if (m_locations[*id].group == group) {
        return m_locations[*id].slot;
    }
    if (const auto further = m_furtherLocations.find(*id); further != m_furtherLocations.end()) {
        for (const SeriesLocation location : further->second) {
            if (location.group == group) {
                return location.slot;
            }
        }
    }
    return std::nullopt;
}

absl::StatusOr<SeriesId> SeriesRegistry::place(const Labels& labels, SeriesLocation location)
{
    if (labels.empty()) {
        return absl::InvalidArgumentError("a series needs at least one label");
    }
    const std::unique_lock lock(m_mutex);
    if (const auto id = m_index.find(labels)) {
        m_furtherLocations[*id].push_back(location);
        return *id;
    }
    if (m_index.size() >= m_limit) {
        m_rejected.fetch_add(1, std::memory_order_relaxed);
        return withHint(
            absl::ResourceExhaustedError(
                fmt::format("the store holds its limit of {} series", m_limit)),
            "Drop labels with many values at the target, or raise metrics.max_series.");
    }
    const SeriesId id = m_index.add(labels);
    if (m_locations.size() < m_index.idBound()) {
        m_locations.resize(m_index.idBound());
    }
    m_locations[id] = location;
    m_size.store(m_index.size(), std::memory_order_relaxed);
    noteAppearance();
    return id;
}

void SeriesRegistry::displace(std::uint32_t group, std::span<const SeriesId> ids)
{
    const std::unique_lock lock(m_mutex);
    std::vector<SeriesId> gone;
    for (const SeriesId id : ids) {
        const auto further = m_furtherLocations.find(id);
        if (further == m_furtherLocations.end()) {
            gone.push_back(id);
            continue;
        }
        SeriesLocations& others = further->second;
        if (m_locations[id].group == group) {
            m_locations[id] = others.back();
            others.pop_back();
        } else {
            others.erase(
                std::remove_if(
                    others.begin(),
                    others.end(),
                    [&](SeriesLocation location) { return location.group == group; }),
                others.end());
        }
        if (others.empty()) {
            m_furtherLocations.erase(further);
        }
    }
    if (gone.empty()) {
        return;
    }
    for (const SeriesId id : gone) {
        m_locations[id] = {};
    }
    {
        const std::lock_guard labelsLock(m_labelsMutex);
        for (const SeriesId id : gone) {
            m_labels.erase(id);
        }
    }
    m_index.remove(gone);
    m_size.store(m_index.size(), std::memory_order_relaxed);
    noteAppearance();
    if (m_resting.empty()) {
        m_resting.emplace_front();
    }
    m_resting.front().insert(m_resting.front().end(), gone.begin(), gone.end());
}

void SeriesRegistry::advance()
{
    {
        const std::unique_lock lock(m_mutex);
        if (m_resting.size() > kIdRest) {
            m_index.recycle(m_resting.back());
            m_resting.pop_back();
        }
        m_resting.emplace_front();
    }
    const std::lock_guard lock(m_labelsMutex);
    absl::erase_if(m_labels, [](auto& entry) {
        const bool wasUsed = entry.second.wasUsed;
        entry.second.wasUsed = false;
        return !wasUsed && entry.second.labels.use_count() == 1;
    });
}

absl::StatusOr<std::vector<SeriesId>> SeriesRegistry::match(
    std::span<const LabelMatcher> matchers) const
{
    const std::shared_lock lock(m_mutex);
    return m_index.match(matchers);
}

std::vector<std::shared_ptr<const Labels>> SeriesRegistry::labels(
    std::span<const SeriesId> ids) const
{
    std::vector<std::shared_ptr<const Labels>> result;
    result.reserve(ids.size());
    const std::shared_lock lock(m_mutex);
    const std::lock_guard labelsLock(m_labelsMutex);
    for (const SeriesId id : ids) {
        if (!m_index.exists(id)) {
            result.push_back(nullptr);
            continue;
        }
        SharedLabels& shared = m_labels[id];
        if (!shared.labels) {
            shared.labels = std::make_shared<const Labels>(m_index.labels(id));
        }
        shared.wasUsed = true;
        result.push_back(shared.labels);
    }
    return result;
}

std::optional<Labels> SeriesRegistry::copyLabels(SeriesId id) const
{
    const std::shared_lock lock(m_mutex);
    return m_index.exists(id) ? std::optional(m_index.labels(id)) : std::nullopt;
}

SeriesLocations SeriesRegistry::locations(SeriesId id) const
{
    const std::shared_lock lock(m_mutex);
    SeriesLocations result;
    if (!m_index.exists(id)) {
        return result;
    }
    result.push_back(m_locations[id]);
    if (const auto further = m_furtherLocations.find(id); further != m_furtherLocations.end()) {
        result.insert(result.end(), further->second.begin(), further->second.end());
    }
    return result;
}

std::vector<SeriesLocation> SeriesRegistry::soleLocations(std::span<const SeriesId> ids) const
{
    std::vector<SeriesLocation> result;
    result.reserve(ids.size());
    const std::shared_lock lock(m_mutex);
    for (const SeriesId id : ids) {
        const bool isSole =
            m_index.exists(id) && (m_furtherLocations.empty() || !m_furtherLocations.contains(id));
        result.push_back(isSole ? m_locations[id] : SeriesLocation());
    }
    return result;
}

std::vector<std::string> SeriesRegistry::labelNames() const
{
    const std::shared_lock lock(m_mutex);
    return m_index.labelNames();
}

std::vector<std::string> SeriesRegistry::labelValues(std::string_view name) const
{
    const std::shared_lock lock(m_mutex);
    return m_index.labelValues(name);
}

std::vector<std::string> SeriesRegistry::labelNamesOf(std::span<const SeriesId> ids) const
{
    const std::shared_lock lock(m_mutex);
    absl::flat_hash_set<Symbol> names;
    for (const SeriesId id : ids) {
        for (const LabelPair pair :
             m_index.exists(id) ? m_index.pairs(id) : std::span<const LabelPair>()) {
            names.insert(pair.name);
        }
    }
    std::vector<std::string> result;
    for (const Symbol name : names) {
        result.emplace_back(m_index.text(name));
    }
    std::sort(result.begin(), result.end());
    return result;
}

std::vector<std::string> SeriesRegistry::labelValuesOf(
    std::string_view name, std::span<const SeriesId> ids) const
{
    const std::shared_lock lock(m_mutex);
    absl::flat_hash_set<std::string_view> values;
    for (const SeriesId id : ids) {
        if (m_index.exists(id)) {
            values.insert(m_index.value(id, name));
        }
    }
    values.erase(std::string_view());
    std::vector<std::string> result(values.begin(), values.end());
    std::sort(result.begin(), result.end());
    return result;
}

std::size_t SeriesRegistry::count(std::string_view name, std::string_view value) const
{
    const std::shared_lock lock(m_mutex);
    return m_index.count(name, value);
}

Cardinality SeriesRegistry::cardinality(std::size_t largest) const
{
    const std::shared_lock lock(m_mutex);
    return m_index.cardinality(largest);
}

std::size_t SeriesRegistry::memoryBytes() const
{
    const std::shared_lock lock(m_mutex);
    const std::lock_guard labelsLock(m_labelsMutex);
    constexpr std::size_t kSharedLabelsGuess = 512;
    return m_index.memoryBytes() + m_locations.capacity() * sizeof(SeriesLocation) +
           m_labels.size() * kSharedLabelsGuess;
}

} // namespace pilothouse::metrics
