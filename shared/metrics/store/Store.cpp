// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/store/Store.h"

#include <absl/container/flat_hash_set.h>
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace pilothouse::metrics {

namespace {

/// Group number nobody has.
constexpr std::uint32_t kNoGroup = ~std::uint32_t(0);

/// Families whose samples carry a suffix.
std::vector<std::string_view> suffixesOf(MetricType type)
{
    switch (type) {
    case MetricType::Histogram:
        return {"", "_bucket", "_sum", "_count"};
    case MetricType::Summary:
        return {"", "_sum", "_count"};
    case MetricType::Counter:
        return {"", "_total"};
    case MetricType::Info:
        return {"", "_info"};
    default:
        return {""};
    }
}

} // namespace

Store::Store(StoreOptions options, const Clock& clock)
    : m_options(options), m_clock(clock), m_registry(options.maxSeries)
{}

Store::~Store() = default;

std::shared_ptr<ScrapeGroup> Store::group(std::string_view key)
{
    {
        const std::shared_lock lock(m_groupsMutex);
        if (const auto found = m_groupsByKey.find(std::string(key)); found != m_groupsByKey.end()) {
            return m_groups[found->second];
        }
    }
    const std::unique_lock lock(m_groupsMutex);
    if (const auto found = m_groupsByKey.find(std::string(key)); found != m_groupsByKey.end()) {
        return m_groups[found->second];
    }
    std::uint32_t id = static_cast<std::uint32_t>(m_groups.size());
    if (m_freeGroups.empty()) {
        m_groups.emplace_back();
    } else {
        id = m_freeGroups.back();
        m_freeGroups.pop_back();
    }
    m_groups[id] = std::make_shared<ScrapeGroup>(id, std::string(key), m_registry, m_journal);
    m_groupsByKey.emplace(key, id);
    if (Journal* const journal = m_journal.load(std::memory_order_acquire)) {
        journal->groupAdded(id, key);
    }
    return m_groups[id];
}

AppendResult Store::appendSamples(std::span<const LabelledSample> samples)
{
    AppendResult total;
    for (const LabelledSample& sample : samples) {
        const auto own = group("sample " + sample.labels.toString());
        const auto slot = own->slot(sample.labels);
        if (!slot.ok()) {
            ++total.unknown;
            continue;
        }
        const SlotValue value{*slot, sample.value};
        const AppendResult result = own->append(sample.time, {&value, 1});
        total.appended += result.appended;
        total.outOfOrder += result.outOfOrder;
    }
    return total;
}

void Store::describe(std::span<const Metric> metrics)
{
    for (const Metric& metric : metrics) {
        if (m_catalogue.describe(metric)) {
            if (Journal* const journal = m_journal.load(std::memory_order_acquire)) {
                journal->metricDescribed(metric);
            }
        }
    }
}

void Store::keepThoseThatMayHold(
    std::vector<SeriesId>& ids, TimestampMs start, TimestampMs end) const
{
    const std::vector<SeriesLocation> locations = m_registry.soleLocations(ids);
    std::vector<SeriesId> kept;
    kept.reserve(ids.size());
    std::vector<Slot> slots;
    for (std::size_t at = 0; at < ids.size();) {
        // Series of one group mostly have neighbouring ids: ask the group once for a run of them.
        const std::uint32_t group = locations[at].group;
        const bool isScattered = locations[at].slot == kNoSlot;
        const std::size_t first = at;
        slots.clear();
        for (; at < ids.size() && locations[at].group == group &&
               (locations[at].slot == kNoSlot) == isScattered;
             ++at) {
            slots.push_back(locations[at].slot);
        }
        const auto owner = isScattered ? nullptr : findGroup(group);
        const std::vector<bool> may = owner ? owner->mayHold(slots, start, end)
                                            : std::vector<bool>(slots.size(), isScattered);
        for (std::size_t index = 0; index < slots.size(); ++index) {
            if (may[index]) {
                kept.push_back(ids[first + index]);
            }
        }
    }
    ids = std::move(kept);
}

absl::StatusOr<std::vector<SeriesId>> Store::matching(
    std::span<const LabelMatcher> matchers, TimestampMs start, TimestampMs end) const
{
    auto ids = m_registry.match(matchers);
    if (ids.ok()) {
        keepThoseThatMayHold(*ids, start, end);
    }
    return ids;
}

absl::StatusOr<std::vector<SelectedSeries>> Store::select(
    std::span<const LabelMatcher> matchers, TimestampMs start, TimestampMs end) const
{
    const auto ids = matching(matchers, start, end);
    if (!ids.ok()) {
        return ids.status();
    }
    auto labels = m_registry.labels(*ids);
    std::vector<SelectedSeries> selected;
    selected.reserve(ids->size());
    for (std::size_t at = 0; at < ids->size(); ++at) {
        if (labels[at]) {
            selected.push_back({(*ids)[at], std::move(labels[at])});
        }
    }
    return selected;
}

void Store::read(SeriesId id, TimestampMs start, TimestampMs end, SampleColumns& out) const
{
    readMany({&id, 1}, start, end, [&](std::size_t, const SampleColumns& samples) {
        out.times.insert(out.times.end(), samples.times.begin(), samples.times.end());
        out.values.insert(out.values.end(), samples.values.begin(), samples.values.end());
    });
}

void Store::readMany(
    std::span<const SeriesId> ids,
    TimestampMs start,
    TimestampMs end,
    const SeriesReader& take) const
{
    const std::vector<SeriesLocation> locations = m_registry.soleLocations(ids);
    std::vector<std::size_t> order(ids.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    const auto groupOf = [&](std::size_t index) {
        return locations[index].slot == kNoSlot ? kNoGroup : locations[index].group;
    };
    std::stable_sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
        return groupOf(left) < groupOf(right);
    });
    SampleColumns samples;
    std::vector<Slot> slots;
    for (std::size_t at = 0; at < order.size();) {
        const std::uint32_t group = groupOf(order[at]);
        const std::size_t first = at;
        slots.clear();
        for (; at < order.size() && groupOf(order[at]) == group; ++at) {
            slots.push_back(locations[order[at]].slot);
        }
        if (const auto owner = group == kNoGroup ? nullptr : findGroup(group)) {
            owner->read(slots, start, end, [&](std::size_t index, const SampleColumns& columns) {
                take(order[first + index], columns);
            });
            continue;
        }
        for (std::size_t index = first; index < at; ++index) {
            samples.clear();
            readScattered(ids[order[index]], start, end, samples);
            take(order[index], samples);
        }
    }
}

void Store::readScattered(SeriesId id, TimestampMs start, TimestampMs end, SampleColumns& out) const
{
    std::vector<Sample> merged;
    for (const SeriesLocation location : m_registry.locations(id)) {
        if (const auto owner = findGroup(location.group)) {
            owner->read(
                {&location.slot, 1}, start, end, [&](std::size_t, const SampleColumns& columns) {
                    for (std::size_t at = 0; at < columns.size(); ++at) {
                        merged.push_back({columns.times[at], columns.values[at]});
                    }
                });
        }
    }
    // The end in one group is not the end when another has a value at that time.
    std::stable_sort(merged.begin(), merged.end(), [](const Sample& left, const Sample& right) {
        return left.time != right.time ? left.time < right.time
                                       : isStaleMarker(left.value) < isStaleMarker(right.value);
    });
    for (const Sample& sample : merged) {
        if (out.times.empty() || out.times.back() != sample.time) {
            out.times.push_back(sample.time);
            out.values.push_back(sample.value);
        }
    }
}

std::optional<Sample> Store::latest(SeriesId id, TimestampMs start, TimestampMs end) const
{
    std::optional<Sample> newest;
    for (const SeriesLocation location : m_registry.locations(id)) {
        const auto owner = findGroup(location.group);
        const auto sample = owner ? owner->latest(location.slot, start, end) : std::nullopt;
        const bool isNewer =
            sample && (!newest || sample->time > newest->time ||
                       (sample->time == newest->time && isStaleMarker(newest->value)));
        if (isNewer) {
            newest = sample;
        }
    }
    return newest;
}

absl::StatusOr<std::vector<std::string>> Store::labelNames(
    std::span<const LabelMatcher> matchers, TimestampMs start, TimestampMs end) const
{
    if (matchers.empty()) {
        return m_registry.labelNames();
    }
    const auto ids = matching(matchers, start, end);
    if (!ids.ok()) {
        return ids.status();
    }
    return m_registry.labelNamesOf(*ids);
}

absl::StatusOr<std::vector<std::string>> Store::labelValues(
    std::string_view name,
    std::span<const LabelMatcher> matchers,
    TimestampMs start,
    TimestampMs end) const
{
    if (matchers.empty()) {
        return m_registry.labelValues(name);
    }
    const auto ids = matching(matchers, start, end);
    if (!ids.ok()) {
        return ids.status();
    }
    return m_registry.labelValuesOf(name, *ids);
}

absl::StatusOr<Cardinality> Store::cardinality(std::size_t largest) const
{
    return m_registry.cardinality(largest);
}

std::vector<Metric> Store::metrics() const
{
    std::vector<Metric> result = m_catalogue.all();
    absl::flat_hash_set<std::string> told;
    for (Metric& metric : result) {
        for (const std::string_view suffix : suffixesOf(metric.type)) {
            std::string name = metric.name;
            name += suffix;
            metric.series += static_cast<int>(m_registry.count(kMetricName, name));
            told.insert(std::move(name));
        }
    }
    std::erase_if(result, [](const Metric& metric) { return metric.series == 0; });
    const std::size_t described = result.size();
    for (const std::string& name : m_registry.labelValues(kMetricName)) {
        if (!told.contains(name)) {
            Metric metric;
            metric.name = name;
            metric.series = static_cast<int>(m_registry.count(kMetricName, name));
            result.push_back(std::move(metric));
        }
    }
    std::inplace_merge(
        result.begin(),
        result.begin() + static_cast<std::ptrdiff_t>(described),
        result.end(),
        [](const Metric& left, const Metric& right) { return left.name < right.name; });
    return result;
}

StoreStatus Store::status() const
{
    StoreStatus status;
    status.series = static_cast<std::int64_t>(m_registry.size());
    status.seriesLimit = m_options.maxSeries;
    status.seriesRejected = m_registry.rejected();
    status.retention = m_options.retention;
    status.memoryBytes = static_cast<std::int64_t>(m_registry.memoryBytes());
    std::int64_t appended = m_appendedBefore.load();
    std::int64_t damaged = 0;
    status.samplesOutOfOrder = m_outOfOrderBefore.load();
    status.samplesDuplicate = m_duplicatesBefore.load();
    TimestampMs oldest = 0;
    for (const auto& group : groups()) {
        const ScrapeGroup::Figures figures = group->figures();
        status.samples += figures.samples;
        status.memoryBytes += figures.memoryBytes;
        status.samplesOutOfOrder += figures.outOfOrder;
        status.samplesDuplicate += figures.duplicates;
        appended += figures.appended;
        damaged += figures.damagedBlocks;
        if (figures.oldest != 0 && (oldest == 0 || figures.oldest < oldest)) {
            oldest = figures.oldest;
        }
    }
    if (oldest != 0) {
        status.oldestSample = absl::FromUnixMillis(oldest);
    }
    if (m_isRejecting.load() || status.seriesRejected > m_rejectedAtMaintain.load()) {
        status.alarms.push_back(fmt::format(
            "cardinality limit: the store holds {} of {} series and refuses new ones ({} refused "
            "so far); "
            "drop labels with many values at the target or raise metrics.max_series",
            status.series,
            status.seriesLimit,
            status.seriesRejected));
    }
    if (damaged > 0) {
        status.alarms.push_back(
            "some stored blocks are damaged on disk and are read as gaps; check the disk");
    }
    if (Journal* const journal = m_journal.load(std::memory_order_acquire)) {
        status.diskBytes = journal->diskBytes();
        if (std::string problem = journal->problem(); !problem.empty()) {
            status.durable = false;
            status.alarms.push_back(std::move(problem));
        }
    } else {
        status.durable = false;
    }
    const std::lock_guard lock(m_rateMutex);
    const absl::Duration now = m_clock.monotonic();
    if (const absl::Duration passed = now - m_rateAt; passed >= absl::Seconds(1)) {
        const bool isFirst = m_rateAt == -absl::InfiniteDuration();
        m_rate = isFirst ? 0 : double(appended - m_rateSamples) / absl::ToDoubleSeconds(passed);
        m_rateAt = now;
        m_rateSamples = appended;
    }
    status.samplesPerSecond = m_rate;
    return status;
}

std::vector<std::shared_ptr<ScrapeGroup>> Store::groups() const
{
    std::vector<std::shared_ptr<ScrapeGroup>> result;
    const std::shared_lock lock(m_groupsMutex);
    for (const auto& group : m_groups) {
        if (group) {
            result.push_back(group);
        }
    }
    return result;
}

std::shared_ptr<ScrapeGroup> Store::findGroup(std::uint32_t id) const
{
    const std::shared_lock lock(m_groupsMutex);
    return id < m_groups.size() ? m_groups[id] : nullptr;
}

void Store::maintain()
{
    const TimestampMs now = nowMs();
    const TimestampMs oldest = now - absl::ToInt64Milliseconds(m_options.retention);
    const auto maxRows =
        static_cast<std::size_t>(std::max<std::int64_t>(m_options.maxPointsPerSeries, 1));
    for (const auto& group : groups()) {
        group->trim(oldest, maxRows, now);
    }
    m_registry.advance();
    const std::int64_t rejected = m_registry.rejected();
    m_isRejecting.store(rejected > m_rejectedAtMaintain.exchange(rejected));
    const std::unique_lock lock(m_groupsMutex);
    for (std::uint32_t id = 0; id < m_groups.size(); ++id) {
        // Held by nobody but this table: nobody can come by it while the lock is held.
        if (m_groups[id] == nullptr || m_groups[id].use_count() > 1 || !m_groups[id]->isVacant()) {
            continue;
        }
        const ScrapeGroup::Figures figures = m_groups[id]->figures();
        m_appendedBefore += figures.appended;
        m_outOfOrderBefore += figures.outOfOrder;
        m_duplicatesBefore += figures.duplicates;
        m_groupsByKey.erase(m_groups[id]->key());
        m_groups[id].reset();
        m_freeGroups.push_back(id);
        if (Journal* const journal = m_journal.load(std::memory_order_acquire)) {
            journal->groupRemoved(id);
        }
    }
}

void Store::attach(Journal* journal)
{
    m_journal.store(journal, std::memory_order_release);
    if (journal != nullptr) {
        for (const auto& group : groups()) {
            group->tellUnsaved();
        }
        rollJournal();
    }
}

void Store::rollJournal()
{
    for (const auto& group : groups()) {
        group->rollJournal();
    }
}

bool Store::replaceBlock(
    const std::shared_ptr<const GroupBlock>& block, std::shared_ptr<const GroupBlock> replacement)
{
    const auto group = findGroup(block->extent().group);
    return group != nullptr && group->replaceBlock(block, std::move(replacement));
}

void Store::tellCatalogue(Journal& journal) const
{
    for (const auto& group : groups()) {
        journal.groupAdded(group->id(), group->key());
        group->tellSeries(journal);
    }
    for (const Metric& metric : m_catalogue.all()) {
        journal.metricDescribed(metric);
    }
}

std::shared_ptr<ScrapeGroup> Store::restoreGroup(std::uint32_t id, std::string_view key)
{
    const std::unique_lock lock(m_groupsMutex);
    if (m_groups.size() <= id) {
        m_groups.resize(id + std::size_t(1));
    }
    if (!m_groups[id] || m_groups[id]->key() != key) {
        m_groups[id] = std::make_shared<ScrapeGroup>(id, std::string(key), m_registry, m_journal);
        m_groupsByKey[std::string(key)] = id;
    }
    return m_groups[id];
}

void Store::finishRestore(bool isCatalogueDamaged)
{
    for (const auto& group : groups()) {
        group->finishRestore(isCatalogueDamaged);
    }
    const std::unique_lock lock(m_groupsMutex);
    m_freeGroups.clear();
    for (std::uint32_t id = 0; id < m_groups.size(); ++id) {
        if (!m_groups[id]) {
            m_freeGroups.push_back(id);
        }
    }
}

} // namespace pilothouse::metrics
