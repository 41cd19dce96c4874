// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/store/ScrapeGroup.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace pilothouse::metrics {

namespace {

/// Times beyond (a hundred thousand years) are nobody's clock; differences of them stay in 64 bits.
constexpr TimestampMs kGreatestTime = TimestampMs(1) << 52;
constexpr std::size_t kWordBits = 64;

bool testBit(const std::vector<std::uint64_t>& bits, Slot slot)
{
    return (bits[slot / kWordBits] >> slot % kWordBits & 1) != 0;
}

void setBit(std::vector<std::uint64_t>& bits, Slot slot)
{
    bits[slot / kWordBits] |= std::uint64_t(1) << slot % kWordBits;
}

template <typename Take>
void forEachBit(std::uint64_t word, std::size_t index, Take take)
{
    for (; word != 0; word &= word - 1) {
        take(static_cast<Slot>(index * kWordBits + static_cast<unsigned>(std::countr_zero(word))));
    }
}

} // namespace

ScrapeGroup::ScrapeGroup(
    std::uint32_t id, std::string key, SeriesRegistry& registry, std::atomic<Journal*>& journal)
    : m_id(id),
      m_key(std::move(key)),
      m_registry(registry),
      m_journal(journal),
      m_blocks(std::make_shared<const BlockList>())
{}

std::span<double> ScrapeGroup::rawRow(std::size_t row)
{
    return {m_raw.data() + row * m_stride, m_slots.size()};
}

void ScrapeGroup::growTo(std::size_t slots)
{
    const std::lock_guard lock(m_mutex);
    if (slots > m_stride) {
        const std::size_t stride = slots <= 4 ? slots : slots + slots / 8 + 4;
        std::vector<double> raw(stride * kRawRows, absentValue());
        for (std::size_t row = 0; row < m_rawCount; ++row) {
            std::copy_n(m_raw.data() + row * m_stride, m_slots.size(), raw.data() + row * stride);
        }
        m_raw = std::move(raw);
        m_stride = stride;
    }
    for (std::size_t row = 0; row < m_rawCount; ++row) {
        for (std::size_t slot = m_slots.size(); slot < slots; ++slot) {
            m_raw[row * m_stride + slot] = absentValue();
        }
    }
    m_slots.resize(slots);
    m_present.resize((slots + kWordBits - 1) / kWordBits);
    m_nextPresent.resize(m_present.size());
}

Slot ScrapeGroup::takeSlot()
{
    if (!m_freeSlots.empty()) {
        const Slot slot = m_freeSlots.back();
        m_freeSlots.pop_back();
        return slot;
    }
    growTo(m_slots.size() + 1);
    return static_cast<Slot>(m_slots.size() - 1);
}

absl::StatusOr<Slot> ScrapeGroup::slot(const Labels& labels)
{
    const std::lock_guard writer(m_writer);
    if (const auto known = m_registry.slotIn(m_id, labels)) {
        return *known;
    }
    const Slot slot = takeSlot();
    const auto series = m_registry.place(labels, {m_id, slot});
    if (!series.ok()) {
        m_freeSlots.push_back(slot);
        return series.status();
    }
    {
        const std::lock_guard lock(m_mutex);
        m_slots[slot] = {*series, kUnseen};
    }
    if (Journal* const told = journal()) {
        told->seriesAdded(m_id, slot, labels);
    }
    return slot;
}

AppendResult ScrapeGroup::append(TimestampMs time, std::span<const SlotValue> values)
{
    const std::lock_guard writer(m_writer);
    AppendResult result;
    if (time <= m_newest || std::abs(time) > kGreatestTime) {
        result.outOfOrder = values.size();
        const std::lock_guard lock(m_mutex);
        m_outOfOrder += static_cast<std::int64_t>(values.size());
        return result;
    }
    writeRow(time, values, result);
    if (result.appended + result.vanished == 0) {
        return result;
    }
    commitRow(time, result.appended + result.vanished);
    {
        const std::lock_guard lock(m_mutex);
        m_appended += static_cast<std::int64_t>(result.appended);
        m_duplicates += static_cast<std::int64_t>(result.duplicates);
    }
    tellRow();
    if (m_rawCount == kRawRows) {
        packRaw();
    }
    return result;
}

void ScrapeGroup::writeRow(
    TimestampMs time, std::span<const SlotValue> values, AppendResult& result)
{
    const std::span<double> row = rawRow(m_rawCount);
    m_rawTimes[m_rawCount] = time;
    std::fill(row.begin(), row.end(), absentValue());
    std::fill(m_nextPresent.begin(), m_nextPresent.end(), 0);
    for (const SlotValue& value : values) {
        if (value.slot >= row.size() || !m_slots[value.slot].isUsed()) {
            ++result.unknown;
            continue;
        }
        if (isStaleMarker(value.value)) {
            continue; // a series that ends by itself: as if it were missing
        }
        if (testBit(m_nextPresent, value.slot)) {
            ++result.duplicates;
            continue;
        }
        setBit(m_nextPresent, value.slot);
        row[value.slot] =
            isAbsent(value.value) ? std::numeric_limits<double>::quiet_NaN() : value.value;
        ++result.appended;
    }
    m_appeared.clear();
    m_disappeared.clear();
    for (std::size_t word = 0; word < m_present.size(); ++word) {
        const std::uint64_t before = m_present[word];
        const std::uint64_t now = m_nextPresent[word];
        forEachBit(now & ~before, word, [&](Slot slot) { m_appeared.push_back(slot); });
        forEachBit(before & ~now, word, [&](Slot slot) {
            row[slot] = staleMarker();
            m_disappeared.push_back(slot);
        });
    }
    result.vanished = m_disappeared.size();
}

void ScrapeGroup::noteTransitions(TimestampMs time)
{
    for (const Slot slot : m_appeared) {
        m_slots[slot].gone = kPresent;
    }
    for (const Slot slot : m_disappeared) {
        m_slots[slot].gone = time;
    }
    m_appeared.clear();
    m_disappeared.clear();
    m_present.swap(m_nextPresent);
}

void ScrapeGroup::commitRow(TimestampMs time, std::size_t samples)
{
    const bool hasAppeared = !m_appeared.empty();
    {
        const std::lock_guard lock(m_mutex);
        noteTransitions(time);
        ++m_rawCount;
        m_rawSamples += static_cast<std::int64_t>(samples);
        m_newest = time;
    }
    if (hasAppeared) {
        m_registry.noteAppearance();
    }
}

void ScrapeGroup::packRaw()
{
    // Only this writer changes m_raw, m_blocks' tail and m_slots' size: no lock needed to read them
    // here.
    const auto packed = GroupBlock::encode(
        m_id,
        {m_rawTimes.data(), m_rawCount},
        static_cast<std::uint32_t>(m_slots.size()),
        [&](Slot slot, std::span<double> rows) {
            const double* value = m_raw.data() + slot;
            for (double& row : rows) {
                row = *value;
                value += m_stride;
            }
        });
    auto blocks = std::make_shared<BlockList>(*m_blocks);
    blocks->push_back(packed);
    std::size_t packedRows = 0;
    for (std::size_t at = m_sealed; at < blocks->size(); ++at) {
        packedRows += (*blocks)[at]->extent().rows;
    }
    std::size_t sealed = m_sealed;
    std::shared_ptr<const GroupBlock> merged; // told to the journal
    if (packedRows + kRawRows > kBlockRows) {
        merged = mergePacked(*blocks, sealed);
        sealed = blocks->size();
    }
    {
        const std::lock_guard lock(m_mutex);
        m_blocks = std::move(blocks);
        m_sealed = sealed;
        m_rawCount = 0;
        m_rawSamples = 0;
    }
    Journal* const told = journal();
    if (told != nullptr && merged) {
        told->blockSealed(merged);
    }
}

std::shared_ptr<const GroupBlock> ScrapeGroup::mergePacked(BlockList& blocks, std::size_t sealed)
{
    const std::span<const std::shared_ptr<const GroupBlock>> pieces(
        blocks.data() + sealed, blocks.size() - sealed);
    BlockRows<TimestampMs> times;
    std::size_t rows = 0;
    for (const auto& piece : pieces) {
        if (!piece->times({times.data() + rows, piece->extent().rows})) {
            ++m_damaged;
            return nullptr;
        }
        rows += piece->extent().rows;
    }
    auto merged = GroupBlock::encode(
        m_id,
        {times.data(), rows},
        static_cast<std::uint32_t>(m_slots.size()),
        [&](Slot slot, std::span<double> column) {
            std::size_t at = 0;
            for (const auto& piece : pieces) {
                const std::span<double> part = column.subspan(at, piece->extent().rows);
                if (!piece->column(slot, part)) {
                    std::fill(part.begin(), part.end(), absentValue());
                    ++m_damaged;
                }
                at += part.size();
            }
        });
    blocks.resize(sealed);
    blocks.push_back(merged);
    return merged;
}

void ScrapeGroup::tellRow()
{
    Journal* const told = journal();
    if (told == nullptr) {
        return;
    }
    if (told->epoch() != m_toldEpoch) {
        tellOpen(*told);
        return;
    }
    const std::size_t row = m_rawCount - 1;
    told->rowAppended(
        m_toldEpoch,
        m_id,
        m_rawTimes[row],
        rawRow(row),
        row == 0 ? std::span<const double>() : rawRow(row - 1));
}

void ScrapeGroup::tellOpen(Journal& told)
{
    m_toldEpoch = told.epoch();
    for (std::size_t at = m_sealed; at < m_blocks->size(); ++at) {
        told.rowsPacked((*m_blocks)[at]);
    }
    for (std::size_t row = 0; row < m_rawCount; ++row) {
        told.rowAppended(
            m_toldEpoch,
            m_id,
            m_rawTimes[row],
            rawRow(row),
            row == 0 ? std::span<const double>() : rawRow(row - 1));
    }
}

bool ScrapeGroup::isVacant() const
{
    const std::lock_guard lock(m_mutex);
    return m_blocks->empty() && m_rawCount == 0 &&
           std::none_of(m_slots.begin(), m_slots.end(), [](const SlotState& state) {
               return state.isUsed();
           });
}

void ScrapeGroup::tellSeries(Journal& told) const
{
    const std::lock_guard writer(m_writer);
    for (Slot slot = 0; slot < m_slots.size(); ++slot) {
        if (m_slots[slot].isUsed()) {
            if (const auto labels = m_registry.copyLabels(m_slots[slot].series)) {
                told.seriesAdded(m_id, slot, *labels);
            }
        }
    }
}

void ScrapeGroup::rollJournal()
{
    const std::lock_guard writer(m_writer);
    Journal* const told = journal();
    if (told != nullptr && told->epoch() != m_toldEpoch) {
        tellOpen(*told);
    }
}

void ScrapeGroup::tellUnsaved()
{
    const std::lock_guard writer(m_writer);
    Journal* const told = journal();
    for (std::size_t at = 0; told != nullptr && at < m_sealed; ++at) {
        if ((*m_blocks)[at]->isOnHeap()) {
            told->blockSealed((*m_blocks)[at]);
        }
    }
}

bool ScrapeGroup::replaceBlock(
    const std::shared_ptr<const GroupBlock>& block, std::shared_ptr<const GroupBlock> replacement)
{
    const std::lock_guard writer(m_writer);
    auto blocks = std::make_shared<BlockList>(*m_blocks);
    const auto found = std::find(blocks->begin(), blocks->end(), block);
    if (found == blocks->end()) {
        return false;
    }
    *found = std::move(replacement);
    const std::lock_guard lock(m_mutex);
    m_blocks = std::move(blocks);
    return true;
}

void ScrapeGroup::trim(TimestampMs oldest, std::size_t maxRows, TimestampMs now)
{
    const std::lock_guard writer(m_writer);
    m_freeSlots.insert(m_freeSlots.end(), m_restingSlots.begin(), m_restingSlots.end());
    m_restingSlots.clear();
    std::size_t rows = m_rawCount;
    for (const auto& block : *m_blocks) {
        rows += block->extent().rows;
    }
    std::size_t dropped = 0;
    while (dropped < m_blocks->size()) {
        const GroupBlock::Extent& extent = (*m_blocks)[dropped]->extent();
        if (extent.last >= oldest && rows - extent.rows < maxRows) {
            break;
        }
        rows -= extent.rows;
        ++dropped;
    }
    const BlockList gone(
        m_blocks->begin(), m_blocks->begin() + static_cast<std::ptrdiff_t>(dropped));
    std::vector<Slot> released;
    {
        auto blocks = dropped == 0 ? m_blocks
                                   : std::make_shared<const BlockList>(
                                         m_blocks->begin() + static_cast<std::ptrdiff_t>(dropped),
                                         m_blocks->end());
        const std::lock_guard lock(m_mutex);
        m_blocks = std::move(blocks);
        m_sealed -= std::min(m_sealed, dropped);
        if (m_rawCount > 0 && m_rawTimes[m_rawCount - 1] < oldest) {
            m_rawCount = 0;
            m_rawSamples = 0;
        }
        const bool isEmpty = m_blocks->empty() && m_rawCount == 0;
        const TimestampMs first = !m_blocks->empty() ? m_blocks->front()->extent().first
                                  : m_rawCount > 0   ? m_rawTimes[0]
                                                     : oldest;
        for (Slot slot = 0; slot < m_slots.size(); ++slot) {
            SlotState& state = m_slots[slot];
            if (state.gone == kUnseen) {
                state.gone = now;
            }
            if (state.isUsed() && (state.gone < first || (isEmpty && state.isPresent()))) {
                released.push_back(slot);
            }
        }
    }
    releaseSlots(released);
    if (Journal* const told = journal()) {
        for (const auto& block : gone) {
            told->blockDropped(block);
        }
    }
}

void ScrapeGroup::releaseSlots(std::span<const Slot> slots)
{
    if (slots.empty()) {
        return;
    }
    std::vector<SeriesId> series;
    {
        const std::lock_guard lock(m_mutex);
        for (const Slot slot : slots) {
            series.push_back(m_slots[slot].series);
            m_slots[slot] = {};
            m_present[slot / kWordBits] &= ~(std::uint64_t(1) << slot % kWordBits);
        }
    }
    m_restingSlots.insert(m_restingSlots.end(), slots.begin(), slots.end());
    m_generation.fetch_add(1, std::memory_order_release);
    m_registry.displace(m_id, series);
    if (Journal* const told = journal()) {
        told->seriesRemoved(m_id, slots);
    }
}

absl::Status ScrapeGroup::restoreSlot(Slot slot, const Labels& labels)
{
    const std::lock_guard writer(m_writer);
    if (slot >= m_slots.size()) {
        growTo(slot + std::size_t(1));
    }
    if (m_slots[slot].isUsed()) {
        return absl::OkStatus(); // told twice
    }
    const auto series = m_registry.place(labels, {m_id, slot});
    if (!series.ok()) {
        m_lostSlots.push_back(slot);
        return series.status();
    }
    const std::lock_guard lock(m_mutex);
    m_slots[slot] = {*series, kUnseen};
    return absl::OkStatus();
}

bool ScrapeGroup::restoreBlock(std::shared_ptr<const GroupBlock> block, bool isSealed)
{
    const GroupBlock::Extent extent = block->extent();
    if (extent.last <= m_newest) {
        return false;
    }
    if (extent.first > m_newest && m_rawCount == 0 &&
        (isSealed ? m_sealed == m_blocks->size() : true)) {
        const std::lock_guard writer(m_writer);
        auto blocks = std::make_shared<BlockList>(*m_blocks);
        blocks->push_back(std::move(block));
        const std::lock_guard lock(m_mutex);
        m_blocks = std::move(blocks);
        m_sealed += isSealed ? 1 : 0;
        m_newest = extent.last;
        return true;
    }
    // It overlaps what is there already: take the rows that are new.
    BlockRows<TimestampMs> times;
    std::vector<double> columns(std::size_t(extent.slots) * extent.rows);
    bool isGood = block->times({times.data(), extent.rows});
    for (Slot slot = 0; isGood && slot < extent.slots; ++slot) {
        isGood =
            block->column(slot, {columns.data() + std::size_t(slot) * extent.rows, extent.rows});
    }
    if (!isGood) {
        ++m_damaged;
        return false;
    }
    std::vector<double> row(extent.slots);
    for (std::size_t at = 0; at < extent.rows; ++at) {
        for (Slot slot = 0; slot < extent.slots; ++slot) {
            row[slot] = columns[std::size_t(slot) * extent.rows + at];
        }
        restoreRow(times[at], row);
    }
    return false;
}

void ScrapeGroup::restoreRow(TimestampMs time, std::span<const double> row)
{
    const std::lock_guard writer(m_writer);
    if (time <= m_newest || std::abs(time) > kGreatestTime) {
        return;
    }
    const std::span<double> target = rawRow(m_rawCount);
    m_rawTimes[m_rawCount] = time;
    std::fill(target.begin(), target.end(), absentValue());
    std::copy_n(row.begin(), std::min(row.size(), target.size()), target.begin());
    commitRow(
        time,
        static_cast<std::size_t>(std::count_if(
            target.begin(), target.end(), [](double value) { return !isAbsent(value); })));
    if (m_rawCount == kRawRows) {
        packRaw();
    }
}

void ScrapeGroup::finishRestore(bool isCatalogueDamaged)
{
    const std::lock_guard writer(m_writer);
    std::size_t storedSlots = 0;
    for (const auto& block : *m_blocks) {
        storedSlots = std::max<std::size_t>(storedSlots, block->extent().slots);
    }
    if (storedSlots > m_slots.size()) {
        growTo(storedSlots);
    }
    m_freeSlots.clear();
    for (Slot slot = 0; slot < m_slots.size(); ++slot) {
        const bool isLost =
            isCatalogueDamaged || std::count(m_lostSlots.begin(), m_lostSlots.end(), slot) > 0;
        if (!m_slots[slot].isUsed() && !isLost) {
            m_freeSlots.push_back(slot);
        }
    }
    refreshPresence();
}

void ScrapeGroup::refreshPresence()
{
    const std::lock_guard lock(m_mutex);
    std::fill(m_present.begin(), m_present.end(), 0);
    BlockRows<double> column;
    for (Slot slot = 0; slot < m_slots.size(); ++slot) {
        SlotState& state = m_slots[slot];
        double last = absentValue();
        if (m_rawCount > 0) {
            last = m_raw[(m_rawCount - 1) * m_stride + slot];
        } else if (!m_blocks->empty()) {
            const GroupBlock& block = *m_blocks->back();
            if (block.column(slot, {column.data(), block.extent().rows})) {
                last = column[block.extent().rows - 1];
            }
        }
        if (state.isUsed() && !isAbsent(last) && !isStaleMarker(last)) {
            setBit(m_present, slot);
            state.gone = kPresent;
        } else if (m_newest != kUnseen) {
            state.gone = m_newest; // at the latest
        }
    }
}

ScrapeGroup::Figures ScrapeGroup::figures() const
{
    const std::lock_guard lock(m_mutex);
    Figures figures;
    figures.samples = m_rawSamples;
    figures.appended = m_appended;
    figures.outOfOrder = m_outOfOrder;
    figures.duplicates = m_duplicates;
    figures.damagedBlocks = m_damaged.load();
    figures.slots = m_slots.size();
    figures.newest = m_newest == kUnseen ? 0 : m_newest;
    figures.memoryBytes = static_cast<std::int64_t>(
        sizeof(*this) + m_raw.capacity() * sizeof(double) + m_slots.capacity() * sizeof(SlotState) +
        m_blocks->capacity() * sizeof(std::shared_ptr<const GroupBlock>));
    for (const auto& block : *m_blocks) {
        figures.samples += block->extent().samples;
        figures.memoryBytes += static_cast<std::int64_t>(
            sizeof(GroupBlock) + (block->isOnHeap() ? block->bytes().size() : 0));
    }
    figures.oldest = !m_blocks->empty() ? m_blocks->front()->extent().first
                     : m_rawCount > 0   ? m_rawTimes[0]
                                        : 0;
    return figures;
}

} // namespace pilothouse::metrics
