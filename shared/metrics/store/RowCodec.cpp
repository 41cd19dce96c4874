// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/store/RowCodec.h"

#include "shared/metrics/store/ColumnCodec.h"

#include <bit>
#include <cstring>

namespace pilothouse::metrics {

namespace {

/// What a changed value is XORed with: nothing where the row before had no sample, because the bits
/// of the absent value have nothing in common with a number's.
std::uint64_t baseOf(std::uint64_t previous)
{
    return previous == kAbsentBits ? 0 : previous;
}

} // namespace

void encodeRow(std::span<const double> row, std::span<const double> previous, std::string& out)
{
    constexpr std::size_t kMostPerValue = 1 + sizeof(std::uint64_t);
    const std::size_t start = out.size();
    const std::size_t bitmapBytes = (row.size() + 7) / 8;
    out.resize(start + bitmapBytes + row.size() * kMostPerValue);
    char* const bitmap = out.data() + start;
    char* at = bitmap + bitmapBytes;
    for (std::size_t slot = 0; slot < row.size(); ++slot) {
        const auto value = std::bit_cast<std::uint64_t>(row[slot]);
        const std::uint64_t before =
            slot < previous.size() ? std::bit_cast<std::uint64_t>(previous[slot]) : kAbsentBits;
        if (value == before) {
            continue;
        }
        bitmap[slot / 8] = static_cast<char>(bitmap[slot / 8] | 1 << slot % 8);
        const std::uint64_t changed = value ^ baseOf(before);
        // All of it may be zero: a zero after nothing.
        const unsigned skipped =
            changed == 0 ? 0 : static_cast<unsigned>(std::countr_zero(changed)) / 8;
        const std::uint64_t kept = changed >> (skipped * 8);
        const unsigned bytes = (static_cast<unsigned>(std::bit_width(kept)) + 7) / 8;
        *at++ = static_cast<char>(skipped << 4 | bytes);
        std::memcpy(at, &kept, sizeof(kept)); // the room is there: kMostPerValue each
        at += bytes;
    }
    out.resize(static_cast<std::size_t>(at - out.data()));
}

bool decodeRow(ByteReader& reader, bool hasPrevious, std::span<double> row)
{
    const Bytes bitmap = reader.bytes((row.size() + 7) / 8);
    if (!reader.ok()) {
        return false;
    }
    for (std::size_t slot = 0; slot < row.size(); ++slot) {
        const auto before = hasPrevious ? std::bit_cast<std::uint64_t>(row[slot]) : kAbsentBits;
        if ((bitmap[slot / 8] >> slot % 8 & 1) == 0) {
            row[slot] = std::bit_cast<double>(before);
            continue;
        }
        const unsigned control = reader.fixed<std::uint8_t>();
        const unsigned skipped = control >> 4;
        const unsigned bytes = control & 15;
        const Bytes kept = reader.bytes(bytes);
        if (skipped + bytes > sizeof(std::uint64_t) || !reader.ok()) {
            return false;
        }
        std::uint64_t changed = 0;
        std::memcpy(&changed, kept.data(), kept.size());
        changed = skipped == sizeof(std::uint64_t) ? 0 : changed << (skipped * 8);
        row[slot] = std::bit_cast<double>(changed ^ baseOf(before));
    }
    return reader.ok();
}

} // namespace pilothouse::metrics
