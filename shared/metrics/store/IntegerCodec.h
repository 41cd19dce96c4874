// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/store/ByteIo.h"
#include "shared/metrics/store/ColumnCodec.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>

namespace pilothouse::metrics {

/// A column as integers: value = integer / 10^exponent, bit for bit.
struct ScaledIntegers
{
    unsigned exponent = 0;
    std::size_t count = 0;
    BlockRows<std::int64_t> values;
};

/// The least exponent at which every value is an integer; false when there is none (fractions that
/// are not short decimals, NaN, infinities, -0).
bool scaleToIntegers(std::span<const double> values, ScaledIntegers& out);

/// Offsets from the least value, or differences between neighbours less the least difference, in as
/// many bits as most of them need; the few that need more are listed apart. Takes whichever is
/// shorter.
void encodeIntegers(std::span<const std::int64_t> values, bool withSummary, std::string& out);
/// The memory behind the reader's bytes must go on for another 8 bytes.
bool decodeIntegers(ByteReader& reader, bool withSummary, std::span<std::int64_t> out);

struct IntegerSummary
{
    std::int64_t first = 0;
    std::int64_t last = 0;
    std::int64_t min = 0;
    std::int64_t max = 0;
    std::int64_t sum = 0;
    std::int64_t increase = 0;
};
bool readIntegerSummary(ByteReader& reader, std::size_t count, IntegerSummary& summary);

/// 10^exponent, exact.
double powerOfTen(unsigned exponent);

} // namespace pilothouse::metrics
