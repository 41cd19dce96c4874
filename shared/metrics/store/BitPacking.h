// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/store/ByteIo.h"

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

namespace pilothouse::metrics {

/// Bits that hold every value up to `greatest`.
inline unsigned bitWidth(std::uint64_t greatest)
{
    return static_cast<unsigned>(std::bit_width(greatest));
}

/// Over this width a value no longer lies within one unaligned load of 8 bytes; whole words are
/// used.
inline constexpr unsigned kMaxPackedWidth = 56;

inline unsigned storedWidth(unsigned width)
{
    return width > kMaxPackedWidth ? 64 : width;
}

inline std::size_t packedBytes(std::size_t count, unsigned width)
{
    return (count * storedWidth(width) + 7) / 8;
}

/// Appends the values, `width` bits each, least significant bit first.
inline void packBits(std::span<const std::uint64_t> values, unsigned width, std::string& out)
{
    width = storedWidth(width);
    const std::size_t start = out.size();
    out.resize(start + packedBytes(values.size(), width) + sizeof(std::uint64_t));
    std::size_t bit = 0;
    for (const std::uint64_t value : values) {
        char* at = out.data() + start + bit / 8;
        if (width == 64) {
            std::memcpy(at, &value, sizeof(value));
        } else {
            std::uint64_t word = 0;
            std::memcpy(&word, at, sizeof(word));
            word |= value << (bit % 8);
            std::memcpy(at, &word, sizeof(word));
        }
        bit += width;
    }
    out.resize(start + packedBytes(values.size(), width));
}

/// Reads `out.size()` values. The memory behind `bytes` must go on for another 8 bytes, so that
/// each value is one unaligned load: blocks end with that padding.
inline void unpackBits(const std::uint8_t* bytes, unsigned width, std::span<std::uint64_t> out)
{
    width = storedWidth(width);
    if (width == 0) {
        std::fill(out.begin(), out.end(), std::uint64_t(0));
        return;
    }
    if (width == 64) {
        std::memcpy(out.data(), bytes, out.size_bytes());
        return;
    }
    const std::uint64_t mask = (std::uint64_t(1) << width) - 1;
    std::size_t bit = 0;
    for (std::uint64_t& value : out) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes + bit / 8, sizeof(word));
        value = (word >> (bit % 8)) & mask;
        bit += width;
    }
}

} // namespace pilothouse::metrics
