// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/store/ColumnCodec.h"

#include "shared/metrics/store/IntegerCodec.h"
#include "shared/metrics/store/XorCodec.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace pilothouse::metrics {

namespace {

enum class Codec : std::uint8_t { Empty, Constant, ConstantInteger, Integers, Xor, Raw };
enum class Presence : std::uint8_t { All, Run, Bitmap };

constexpr unsigned kCodecMask = 7;
constexpr unsigned kPresenceShift = 3;
constexpr unsigned kPresenceMask = 3;
constexpr unsigned kStaleFlag = 0x20;
constexpr unsigned kSummaryFlag = 0x40;
/// Below this a summary costs more than decoding.
constexpr std::size_t kSummaryFromRows = 64;
constexpr std::size_t kBitmapBytes = (kBlockRows + 7) / 8;

/// A column taken apart: which rows have a sample, which of these are stale markers, and the
/// others.
struct Parts
{
    std::size_t present = 0;
    std::size_t first = 0;
    std::size_t end = 0;
    std::array<std::uint8_t, kBitmapBytes> bitmap{};
    std::size_t staleCount = 0;
    BlockRows<std::uint8_t> stale;
    std::size_t count = 0;
    BlockRows<double> values;
};

Parts takeApart(std::span<const double> rows)
{
    Parts parts;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const double value = rows[row];
        if (isAbsent(value)) {
            continue;
        }
        parts.first = parts.present == 0 ? row : parts.first;
        parts.end = row + 1;
        ++parts.present;
        parts.bitmap[row / 8] = static_cast<std::uint8_t>(parts.bitmap[row / 8] | 1U << row % 8);
        if (isStaleMarker(value)) {
            parts.stale[parts.staleCount++] = static_cast<std::uint8_t>(row);
        } else {
            parts.values[parts.count++] = value;
        }
    }
    return parts;
}

bool allSame(std::span<const double> values)
{
    const auto first = std::bit_cast<std::uint64_t>(values.front());
    return std::all_of(values.begin(), values.end(), [&](double value) {
        return std::bit_cast<std::uint64_t>(value) == first;
    });
}

/// Encodes the values into `out` and says how.
Codec encodeValues(std::span<const double> values, bool withSummary, std::string& out)
{
    if (values.empty()) {
        return Codec::Empty;
    }
    ByteWriter writer(out);
    ScaledIntegers integers;
    if (allSame(values)) {
        if (scaleToIntegers(values.first(1), integers) && integers.exponent == 0) {
            writer.signedVarint(integers.values[0]);
            return Codec::ConstantInteger;
        }
        writer.fixed(values.front());
        return Codec::Constant;
    }
    const std::size_t start = out.size();
    Codec codec = Codec::Xor;
    if (scaleToIntegers(values, integers)) {
        writer.fixed(static_cast<std::uint8_t>(integers.exponent));
        encodeIntegers({integers.values.data(), integers.count}, withSummary, out);
        codec = Codec::Integers;
    } else {
        xorEncode(values, out);
    }
    if (out.size() - start > values.size_bytes()) {
        out.resize(start);
        out.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
        codec = Codec::Raw;
    }
    return codec;
}

/// The head of an encoded column and where its values begin.
struct Head
{
    Codec codec = Codec::Empty;
    bool hasSummary = false;
    bool isDense = true;
    std::array<std::uint8_t, kBitmapBytes> bitmap{};
    std::array<std::uint8_t, kBitmapBytes> stale{};
    std::size_t count = 0;
};

bool bitAt(const std::array<std::uint8_t, kBitmapBytes>& bits, std::size_t at)
{
    return (bits[at / 8] >> at % 8 & 1) != 0;
}

void setBit(std::array<std::uint8_t, kBitmapBytes>& bits, std::size_t at)
{
    bits[at / 8] = static_cast<std::uint8_t>(bits[at / 8] | 1U << at % 8);
}

bool readPresence(ByteReader& reader, Presence presence, std::size_t rows, Head& head)
{
    std::size_t first = 0;
    std::size_t end = rows;
    if (presence == Presence::Bitmap) {
        const Bytes bitmap = reader.bytes((rows + 7) / 8);
        std::copy(bitmap.begin(), bitmap.end(), head.bitmap.begin());
        for (std::size_t row = 0; row < rows; ++row) {
            head.count += bitAt(head.bitmap, row) ? 1 : 0;
        }
        return reader.ok();
    }
    if (presence == Presence::Run) {
        first = reader.fixed<std::uint8_t>();
        end = reader.fixed<std::uint8_t>();
    }
    if (!reader.ok() || first > end || end > rows) {
        return false;
    }
    for (std::size_t row = first; row < end; ++row) {
        setBit(head.bitmap, row);
    }
    head.count = end - first;
    return true;
}

bool readHead(ByteReader& reader, std::size_t rows, Head& head)
{
    const unsigned flags = reader.fixed<std::uint8_t>();
    head.codec = static_cast<Codec>(flags & kCodecMask);
    head.hasSummary = (flags & kSummaryFlag) != 0;
    const auto presence = static_cast<Presence>(flags >> kPresenceShift & kPresenceMask);
    head.isDense = presence == Presence::All && (flags & kStaleFlag) == 0;
    if (head.isDense) {
        head.count = rows;
        return reader.ok();
    }
    if (!readPresence(reader, presence, rows, head)) {
        return false;
    }
    if ((flags & kStaleFlag) != 0) {
        const unsigned count = reader.fixed<std::uint8_t>();
        for (unsigned at = 0; at < count; ++at) {
            const std::size_t row = reader.fixed<std::uint8_t>();
            if (row >= rows || !bitAt(head.bitmap, row) || bitAt(head.stale, row)) {
                return false;
            }
            setBit(head.stale, row);
        }
        if (count > head.count) {
            return false;
        }
        head.count -= count;
    }
    return reader.ok();
}

bool decodeScaled(ByteReader& reader, bool hasSummary, std::span<double> values)
{
    const unsigned exponent = reader.fixed<std::uint8_t>();
    BlockRows<std::int64_t> integers;
    if (!decodeIntegers(reader, hasSummary, {integers.data(), values.size()})) {
        return false;
    }
    if (exponent == 0) {
        for (std::size_t at = 0; at < values.size(); ++at) {
            values[at] = static_cast<double>(integers[at]);
        }
    } else {
        const double divisor = powerOfTen(exponent);
        for (std::size_t at = 0; at < values.size(); ++at) {
            values[at] = static_cast<double>(integers[at]) / divisor;
        }
    }
    return true;
}

bool decodeValues(ByteReader& reader, const Head& head, std::span<double> values)
{
    switch (head.codec) {
    case Codec::Empty:
        return values.empty();
    case Codec::Constant:
        std::fill(values.begin(), values.end(), reader.fixed<double>());
        return reader.ok();
    case Codec::ConstantInteger:
        std::fill(values.begin(), values.end(), static_cast<double>(reader.signedVarint()));
        return reader.ok();
    case Codec::Integers:
        return decodeScaled(reader, head.hasSummary, values);
    case Codec::Xor:
        return xorDecode(reader.bytes(reader.left()), values);
    case Codec::Raw: {
        const Bytes raw = reader.bytes(values.size_bytes());
        if (raw.empty()) {
            return false;
        }
        std::copy(raw.begin(), raw.end(), reinterpret_cast<std::uint8_t*>(values.data()));
        return true;
    }
    }
    return false;
}

} // namespace

void encodeColumn(std::span<const double> rows, std::string& out)
{
    const Parts parts = takeApart(rows);
    const std::size_t flagsAt = out.size();
    ByteWriter writer(out);
    writer.fixed(std::uint8_t(0));
    Presence presence = Presence::All;
    if (parts.present != rows.size()) {
        presence = parts.present == parts.end - parts.first ? Presence::Run : Presence::Bitmap;
    }
    if (presence == Presence::Run) {
        writer.fixed(static_cast<std::uint8_t>(parts.first));
        writer.fixed(static_cast<std::uint8_t>(parts.end));
    } else if (presence == Presence::Bitmap) {
        out.append(reinterpret_cast<const char*>(parts.bitmap.data()), (rows.size() + 7) / 8);
    }
    if (parts.staleCount > 0) {
        writer.fixed(static_cast<std::uint8_t>(parts.staleCount));
        out.append(reinterpret_cast<const char*>(parts.stale.data()), parts.staleCount);
    }
    const bool withSummary = parts.count >= kSummaryFromRows;
    const Codec codec = encodeValues({parts.values.data(), parts.count}, withSummary, out);
    out[flagsAt] = static_cast<char>(
        static_cast<unsigned>(codec) | static_cast<unsigned>(presence) << kPresenceShift |
        (parts.staleCount > 0 ? kStaleFlag : 0) | (withSummary ? kSummaryFlag : 0));
}

bool decodeColumn(Bytes bytes, std::span<double> rows)
{
    ByteReader reader(bytes);
    Head head;
    if (rows.size() > kBlockRows || !readHead(reader, rows.size(), head)) {
        return false;
    }
    if (head.isDense) {
        return decodeValues(reader, head, rows);
    }
    BlockRows<double> values;
    if (!decodeValues(reader, head, {values.data(), head.count})) {
        return false;
    }
    std::size_t next = 0;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        if (!bitAt(head.bitmap, row)) {
            rows[row] = absentValue();
        } else {
            rows[row] = bitAt(head.stale, row) ? staleMarker() : values[next++];
        }
    }
    return true;
}

std::optional<ColumnSummary> columnSummary(Bytes bytes, std::size_t rows)
{
    ByteReader reader(bytes);
    Head head;
    if (rows > kBlockRows || !readHead(reader, rows, head)) {
        return std::nullopt;
    }
    ColumnSummary summary;
    summary.count = static_cast<std::uint32_t>(head.count);
    if (head.codec == Codec::Empty) {
        return summary;
    }
    if (head.codec == Codec::Constant || head.codec == Codec::ConstantInteger) {
        const double value = head.codec == Codec::Constant
                                 ? reader.fixed<double>()
                                 : static_cast<double>(reader.signedVarint());
        summary.first = summary.last = summary.min = summary.max = value;
        summary.sum = value * static_cast<double>(head.count);
        return summary;
    }
    if (head.codec != Codec::Integers || !head.hasSummary) {
        return std::nullopt;
    }
    const double divisor = powerOfTen(reader.fixed<std::uint8_t>());
    IntegerSummary integers;
    if (!readIntegerSummary(reader, head.count, integers)) {
        return std::nullopt;
    }
    summary.first = static_cast<double>(integers.first) / divisor;
    summary.last = static_cast<double>(integers.last) / divisor;
    summary.min = static_cast<double>(integers.min) / divisor;
    summary.max = static_cast<double>(integers.max) / divisor;
    summary.sum = static_cast<double>(integers.sum) / divisor;
    summary.increase = static_cast<double>(integers.increase) / divisor;
    return summary;
}

ColumnSummary summarise(std::span<const double> rows)
{
    ColumnSummary summary;
    for (const double value : rows) {
        if (isAbsent(value) || isStaleMarker(value)) {
            continue;
        }
        if (summary.count++ == 0) {
            summary.first = summary.min = summary.max = value;
        } else {
            summary.increase += value >= summary.last ? value - summary.last : value;
        }
        summary.last = value;
        // As PromQL's min_over_time: NaN loses against any number.
        summary.min = value < summary.min || std::isnan(summary.min) ? value : summary.min;
        summary.max = value > summary.max || std::isnan(summary.max) ? value : summary.max;
        summary.sum += value;
    }
    return summary;
}

void encodeTimes(std::span<const TimestampMs> times, std::string& out)
{
    encodeIntegers(times, /*withSummary=*/false, out);
}

bool decodeTimes(Bytes bytes, std::span<TimestampMs> times)
{
    ByteReader reader(bytes);
    return decodeIntegers(reader, /*withSummary=*/false, times);
}

} // namespace pilothouse::metrics
