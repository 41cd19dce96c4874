// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/Labels.h"
#include "shared/metrics/SampleSource.h"
#include "shared/metrics/SlotValue.h"
#include "shared/metrics/store/GroupBlock.h"
#include "shared/metrics/store/Journal.h"
#include "shared/metrics/store/SeriesRegistry.h"

#include <absl/status/statusor.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pilothouse::metrics {

struct AppendResult
{
    std::size_t appended = 0;
    /// A second value of a series in one row; the first one counts.
    std::size_t duplicates = 0;
    /// All of the row, when its time is not after the group's newest row.
    std::size_t outOfOrder = 0;
    /// Slots that no longer exist.
    std::size_t unknown = 0;
    /// Series that were in the row before and are not in this one: they got a stale marker.
    std::size_t vanished = 0;
};

/// The series of one target (or collector, or rule group), which always arrive together: each
/// append is a row with one time for all of them. Rows are kept raw for a short while, packed, and
/// sealed as a block of kBlockRows. Made by Store::group(). Thread-safe: one writer at a time,
/// readers never wait for packing.
class ScrapeGroup
{
public:
    /// Raw rows before they are packed: what a series costs while it is fresh (8 bytes each),
    /// against the share that a packed block's offset and head take.
    static constexpr std::size_t kRawRows = 24;

    ScrapeGroup(
        std::uint32_t id,
        std::string key,
        SeriesRegistry& registry,
        std::atomic<Journal*>& journal);
    ScrapeGroup(const ScrapeGroup&) = delete;
    ScrapeGroup& operator=(const ScrapeGroup&) = delete;

    std::uint32_t id() const { return m_id; }
    const std::string& key() const { return m_key; }

    /// The slot of the series, which is added when the group does not have it.
    /// RESOURCE_EXHAUSTED at the store's cardinality limit.
    absl::StatusOr<Slot> slot(const Labels& labels);

    /// Changes when slots are given up: slots remembered from before must be asked for again.
    std::uint64_t generation() const { return m_generation.load(std::memory_order_acquire); }

    /// Appends one row. Series of the row before that are not in this one get a stale marker, so a
    /// failed scrape is a row with `up` alone, and an empty row ends them all.
    AppendResult append(TimestampMs time, std::span<const SlotValue> values);

    /// Appends the samples of each slot in [start, end] to a cleared buffer and hands it to `take`
    /// with the index of the slot.
    void read(
        std::span<const Slot> slots,
        TimestampMs start,
        TimestampMs end,
        const SampleSource::SeriesReader& take) const;

    /// The newest sample of the slot in [start, end].
    std::optional<Sample> latest(Slot slot, TimestampMs start, TimestampMs end) const;

    /// For each slot whether it may have samples in [start, end].
    std::vector<bool> mayHold(
        std::span<const Slot> slots, TimestampMs start, TimestampMs end) const;

    /// Drops what is older than `oldest` and rows beyond the newest `maxRows`, then series that
    /// have no samples left.
    void trim(TimestampMs oldest, std::size_t maxRows, TimestampMs now);

    /// No series and no rows.
    bool isVacant() const;

    /// Tells about every series of the group.
    void tellSeries(Journal& journal) const;
    /// Tells the journal what is not sealed, when its epoch is newer than the group's.
    void rollJournal();
    /// Puts an equal block that lies elsewhere (a file mapping) in the place of this one; false
    /// when retention was faster.
    bool replaceBlock(
        const std::shared_ptr<const GroupBlock>& block,
        std::shared_ptr<const GroupBlock> replacement);

    /// While the store is restored from its journal; nothing is told to the journal.
    absl::Status restoreSlot(Slot slot, const Labels& labels);
    /// Sealed blocks in order of time, then what was not sealed, in any number of repetitions: rows
    /// that are not newer than the newest one are skipped.
    /// True when the block itself is kept, rather than rows of it or nothing.
    bool restoreBlock(std::shared_ptr<const GroupBlock> block, bool isSealed);
    void restoreRow(TimestampMs time, std::span<const double> row);
    /// After a catalogue that lost something, slots without a series may hold samples of a lost
    /// one: they are not given out.
    void finishRestore(bool isCatalogueDamaged);
    /// Tells the journal about sealed blocks that it does not have yet.
    void tellUnsaved();

    struct Figures
    {
        std::int64_t samples = 0;
        std::int64_t appended = 0;
        std::int64_t outOfOrder = 0;
        std::int64_t duplicates = 0;
        std::int64_t memoryBytes = 0;
        std::int64_t damagedBlocks = 0;
        TimestampMs oldest = 0;
        TimestampMs newest = 0;
        std::size_t slots = 0;
    };
    Figures figures() const;

private:
    static constexpr SeriesId kNoSeries = ~SeriesId(0);
    static constexpr TimestampMs kPresent = std::numeric_limits<TimestampMs>::max();
    static constexpr TimestampMs kUnseen = std::numeric_limits<TimestampMs>::min();
    using BlockList = std::vector<std::shared_ptr<const GroupBlock>>;

    struct SlotState
    {
        SeriesId series = kNoSeries;
        /// When it vanished; kPresent while it is in the newest row, kUnseen before its first
        /// sample.
        TimestampMs gone = kUnseen;

        bool isUsed() const { return series != kNoSeries; }
        bool isPresent() const { return gone == kPresent; }
    };
    struct View;

    View view(std::span<const Slot> slots, TimestampMs start, TimestampMs end) const;
    std::span<double> rawRow(std::size_t row);
    Slot takeSlot();
    void growTo(std::size_t slots);
    void writeRow(TimestampMs time, std::span<const SlotValue> values, AppendResult& result);
    void commitRow(TimestampMs time, std::size_t samples);
    void noteTransitions(TimestampMs time);
    void packRaw();
    std::shared_ptr<const GroupBlock> mergePacked(BlockList& blocks, std::size_t sealed);
    void tellRow();
    void tellOpen(Journal& journal);
    void refreshPresence();
    void releaseSlots(std::span<const Slot> slots);
    Journal* journal() const { return m_journal.load(std::memory_order_acquire); }

    const std::uint32_t m_id;
    const std::string m_key;
    SeriesRegistry& m_registry;
    std::atomic<Journal*>& m_journal;
    std::atomic<std::uint64_t> m_generation{1};

    /// Held by a writer throughout; readers never take it. Taken before m_mutex and the registry's
    /// lock.
    mutable std::mutex m_writer;
    std::vector<Slot> m_freeSlots;
    /// Given up at the last trim(); free at the next one, when no scrape that knew them is under
    /// way.
    std::vector<Slot> m_restingSlots;
    std::vector<std::uint64_t> m_present;
    std::vector<std::uint64_t> m_nextPresent;
    std::vector<Slot> m_appeared;
    std::vector<Slot> m_disappeared;
    /// Slots whose series could not be restored: their samples must not pass to another.
    std::vector<Slot> m_lostSlots;
    std::uint64_t m_toldEpoch = 0;

    /// Guards what follows, and is held only for copying. Rows of m_raw from m_rawCount on belong
    /// to the writer alone.
    mutable std::mutex m_mutex;
    std::vector<SlotState> m_slots;
    std::shared_ptr<const BlockList> m_blocks; // shared with readers, replaced by the writer
    /// How many of them are full blocks; the rest are packed stretches that will be merged into
    /// one.
    std::size_t m_sealed = 0;
    std::array<TimestampMs, kRawRows> m_rawTimes{};
    std::size_t m_rawCount = 0;
    std::size_t m_stride = 0;
    /// Row after row, m_stride values each.
    std::vector<double> m_raw;
    TimestampMs m_newest = kUnseen;
    std::int64_t m_rawSamples = 0;
    std::int64_t m_appended = 0;
    std::int64_t m_outOfOrder = 0;
    std::int64_t m_duplicates = 0;
    mutable std::atomic<std::int64_t> m_damaged{0};
};

} // namespace pilothouse::metrics
