// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/store/GroupBlock.h"

#include <fmt/format.h>
#include <xxhash.h>

#include <array>

namespace pilothouse::metrics {

namespace {

constexpr std::uint32_t kMagic = 0x31424850; // "PHB1"
/// More slots or bytes than any real group has: a header that says so is damaged.
constexpr std::uint32_t kMaxSlots = 16U << 20;
constexpr std::uint64_t kMaxBytes = 4ULL << 30;

struct Header
{
    std::uint32_t magic = kMagic;
    std::uint32_t group = 0;
    std::uint32_t slots = 0;
    std::uint16_t rows = 0;
    std::uint16_t timeBytes = 0;
    std::uint64_t bytes = 0;
    TimestampMs first = 0;
    TimestampMs last = 0;
    std::uint32_t samples = 0;
    std::uint32_t reserved = 0;
    /// Of everything behind the header.
    std::uint32_t contentSum = 0;
    /// Of the header before it.
    std::uint32_t headerSum = 0;
};
static_assert(sizeof(Header) == GroupBlock::kHeaderBytes);

std::uint32_t checksum(const void* data, std::size_t size)
{
    return static_cast<std::uint32_t>(XXH3_64bits(data, size));
}

Header readHeader(Bytes bytes)
{
    Header header;
    std::memcpy(&header, bytes.data(), sizeof(header));
    return header;
}

} // namespace

std::shared_ptr<const GroupBlock> GroupBlock::encode(
    std::uint32_t group,
    std::span<const TimestampMs> times,
    std::uint32_t slots,
    const ColumnReader& column)
{
    std::shared_ptr<GroupBlock> block(new GroupBlock);
    std::string& out = block->m_heap;
    out.assign(sizeof(Header), '\0');
    encodeTimes(times, out);
    Header header;
    header.timeBytes = static_cast<std::uint16_t>(out.size() - sizeof(Header));
    const std::size_t offsetsAt = out.size();
    // offsets[slot]..offsets[slot + 1] is the slot's column, counted from the first column.
    out.resize(out.size() + (slots + std::size_t(1)) * sizeof(std::uint32_t));
    const std::size_t columnsAt = out.size();
    BlockRows<double> rows;
    for (Slot slot = 0; slot <= slots; ++slot) {
        const auto offset = static_cast<std::uint32_t>(out.size() - columnsAt);
        std::memcpy(out.data() + offsetsAt + slot * sizeof(offset), &offset, sizeof(offset));
        if (slot < slots) {
            column(slot, {rows.data(), times.size()});
            for (std::size_t row = 0; row < times.size(); ++row) {
                header.samples += isAbsent(rows[row]) ? 0 : 1;
            }
            encodeColumn({rows.data(), times.size()}, out);
        }
    }
    out.append(kPaddingBytes, '\0');
    out.shrink_to_fit();
    header.group = group;
    header.slots = slots;
    header.rows = static_cast<std::uint16_t>(times.size());
    header.bytes = out.size();
    header.first = times.front();
    header.last = times.back();
    header.contentSum = checksum(out.data() + sizeof(Header), out.size() - sizeof(Header));
    header.headerSum = checksum(&header, offsetof(Header, headerSum));
    std::memcpy(out.data(), &header, sizeof(header));
    block->m_bytes = {reinterpret_cast<const std::uint8_t*>(out.data()), out.size()};
    block->m_extent = {
        group, slots, header.rows, header.samples, header.bytes, header.first, header.last};
    block->m_check = Check::Good;
    return block;
}

absl::StatusOr<GroupBlock::Extent> GroupBlock::readExtent(Bytes bytes)
{
    if (bytes.size() < sizeof(Header)) {
        return absl::DataLossError("block header is cut off");
    }
    const Header header = readHeader(bytes);
    if (header.magic != kMagic ||
        header.headerSum != checksum(&header, offsetof(Header, headerSum))) {
        return absl::DataLossError("no block header, or a damaged one");
    }
    const std::uint64_t least = sizeof(Header) + header.timeBytes +
                                (header.slots + std::uint64_t(1)) * sizeof(std::uint32_t) +
                                kPaddingBytes;
    if (header.rows == 0 || header.rows > kBlockRows || header.slots > kMaxSlots ||
        header.bytes > kMaxBytes || header.bytes < least || header.first > header.last) {
        return absl::DataLossError("block header with impossible sizes");
    }
    return Extent{
        header.group,
        header.slots,
        header.rows,
        header.samples,
        header.bytes,
        header.first,
        header.last};
}

absl::StatusOr<std::shared_ptr<const GroupBlock>> GroupBlock::view(
    Bytes bytes, std::shared_ptr<const void> owner)
{
    const auto extent = readExtent(bytes);
    if (!extent.ok()) {
        return extent.status();
    }
    if (extent->bytes > bytes.size()) {
        return absl::DataLossError(fmt::format(
            "block of {} bytes is cut off after {} bytes", extent->bytes, bytes.size()));
    }
    std::shared_ptr<GroupBlock> block(new GroupBlock);
    block->m_extent = *extent;
    block->m_owner = std::move(owner);
    block->m_bytes = bytes.first(extent->bytes);
    return std::shared_ptr<const GroupBlock>(std::move(block));
}

bool GroupBlock::isIntact() const
{
    Check check = m_check.load(std::memory_order_relaxed);
    if (check == Check::Unknown) {
        const Bytes content = m_bytes.subspan(sizeof(Header));
        check = checksum(content.data(), content.size()) == readHeader(m_bytes).contentSum
                    ? Check::Good
                    : Check::Bad;
        m_check.store(check, std::memory_order_relaxed);
    }
    return check == Check::Good;
}

bool GroupBlock::times(std::span<TimestampMs> out) const
{
    return isIntact() && decodeTimes(
                             m_bytes.subspan(sizeof(Header)),
                             out.first(std::min<std::size_t>(out.size(), m_extent.rows)));
}

Bytes GroupBlock::columnBytes(Slot slot) const
{
    const std::size_t offsetsAt = sizeof(Header) + readHeader(m_bytes).timeBytes;
    const std::size_t columnsAt =
        offsetsAt + (m_extent.slots + std::size_t(1)) * sizeof(std::uint32_t);
    std::array<std::uint32_t, 2> ends{};
    std::memcpy(
        ends.data(), m_bytes.data() + offsetsAt + slot * sizeof(std::uint32_t), sizeof(ends));
    const std::size_t available = m_bytes.size() - columnsAt - kPaddingBytes;
    if (ends[0] > ends[1] || ends[1] > available) {
        return {};
    }
    return m_bytes.subspan(columnsAt + ends[0], ends[1] - ends[0]);
}

bool GroupBlock::column(Slot slot, std::span<double> rows) const
{
    if (slot >= m_extent.slots) {
        std::fill(rows.begin(), rows.end(), absentValue());
        return true;
    }
    return isIntact() && decodeColumn(columnBytes(slot), rows);
}

std::optional<ColumnSummary> GroupBlock::summary(Slot slot) const
{
    if (slot >= m_extent.slots || !isIntact()) {
        return std::nullopt;
    }
    return columnSummary(columnBytes(slot), m_extent.rows);
}

} // namespace pilothouse::metrics
