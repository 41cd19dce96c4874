// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/Sample.h"
#include "shared/metrics/SlotValue.h"
#include "shared/metrics/store/ByteIo.h"
#include "shared/metrics/store/ColumnCodec.h"

#include <absl/status/statusor.h>

#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace pilothouse::metrics {

/// Up to kBlockRows scrapes of one group, sealed: one column of times for all, one encoded column
/// for each slot. Immutable. Its bytes are the same in memory and on disk, so a block that was
/// written can be read through a file mapping and costs no heap.
class GroupBlock
{
public:
    /// Bytes at the beginning of every block; enough to tell how long it is and what it covers.
    static constexpr std::size_t kHeaderBytes = 56;
    /// Columns may be read past their end by this much.
    static constexpr std::size_t kPaddingBytes = 8;

    struct Extent
    {
        std::uint32_t group = 0;
        std::uint32_t slots = 0;
        std::uint32_t rows = 0;
        /// Over all slots, stale markers included.
        std::uint32_t samples = 0;
        std::uint64_t bytes = 0;
        TimestampMs first = 0;
        TimestampMs last = 0;
    };

    /// Fills the rows of one slot, absentValue() where it has none.
    using ColumnReader = std::function<void(Slot slot, std::span<double> rows)>;

    static std::shared_ptr<const GroupBlock> encode(
        std::uint32_t group,
        std::span<const TimestampMs> times,
        std::uint32_t slots,
        const ColumnReader& column);

    /// Reads a block's header: DATA_LOSS when these are not the first bytes of a block.
    static absl::StatusOr<Extent> readExtent(Bytes header);

    /// A block that lies in memory kept alive by `owner` (a mapping). The content's checksum is
    /// verified at the first read, so that opening a day of data touches only headers.
    static absl::StatusOr<std::shared_ptr<const GroupBlock>> view(
        Bytes bytes, std::shared_ptr<const void> owner);

    const Extent& extent() const { return m_extent; }
    Bytes bytes() const { return m_bytes; }
    /// Whether the bytes are on the heap (rather than in a file mapping).
    bool isOnHeap() const { return !m_heap.empty(); }

    /// Both are false for a block that is damaged: it then holds nothing.
    bool times(std::span<TimestampMs> out) const;
    /// `rows` has extent().rows elements. A slot that is younger than the block is absent
    /// throughout.
    bool column(Slot slot, std::span<double> rows) const;
    std::optional<ColumnSummary> summary(Slot slot) const;
    /// Verifies the checksum (once); false for a damaged block.
    bool isIntact() const;

private:
    GroupBlock() = default;
    Bytes columnBytes(Slot slot) const;

    enum class Check : std::uint8_t { Unknown, Good, Bad };

    Extent m_extent;
    std::string m_heap;
    std::shared_ptr<const void> m_owner;
    Bytes m_bytes;
    mutable std::atomic<Check> m_check{Check::Unknown};
};

} // namespace pilothouse::metrics
