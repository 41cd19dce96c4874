// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/Sample.h"
#include "shared/metrics/store/BlockRows.h"
#include "shared/metrics/store/ByteIo.h"

#include <bit>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>

namespace pilothouse::metrics {

/// Stands in a column for "no sample in this row". A NaN of our own; a sample that came with these
/// very bits is stored as an ordinary NaN.
inline constexpr std::uint64_t kAbsentBits = 0x7ff4'9110'7040'05e1ULL;
inline double absentValue()
{
    return std::bit_cast<double>(kAbsentBits);
}
inline bool isAbsent(double value)
{
    return std::bit_cast<std::uint64_t>(value) == kAbsentBits;
}

/// What a column holds, known without decoding it. Stale markers are not counted.
struct ColumnSummary
{
    std::uint32_t count = 0;
    double first = 0;
    double last = 0;
    double min = 0;
    double max = 0;
    double sum = 0;
    /// Sum of all increases, a decrease being a counter's reset to zero (as PromQL's increase()).
    double increase = 0;
};

/// Encodes one series' values of one block (at most kBlockRows, absentValue() where it has none) in
/// the cheapest of: constant, integers or scaled decimals as offsets or deltas in few bits, XOR,
/// raw. Every bit pattern survives: what would not is not chosen. Returns the summary when the
/// column keeps it cheaply (all but XOR and raw).
void encodeColumn(std::span<const double> rows, std::string& out);

/// Decodes `rows.size()` rows; false for bytes that encodeColumn() never writes. The memory behind
/// `bytes` must go on for another 8 bytes.
bool decodeColumn(Bytes bytes, std::span<double> rows);

/// The summary of an encoded column, when it was kept; otherwise decode and summarise().
std::optional<ColumnSummary> columnSummary(Bytes bytes, std::size_t rows);
ColumnSummary summarise(std::span<const double> rows);

/// Times of a block's rows.
void encodeTimes(std::span<const TimestampMs> times, std::string& out);
bool decodeTimes(Bytes bytes, std::span<TimestampMs> times);

} // namespace pilothouse::metrics
