// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/store/IntegerCodec.h"

#include "shared/metrics/store/BitPacking.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace pilothouse::metrics {

namespace {

/// Integers beyond this are not all doubles (2^53), and the rounding below is exact only to 2^51.
constexpr double kGreatestInteger = 2251799813685248.0;
/// Adding and subtracting it rounds to the nearest integer.
constexpr double kRounder = 6755399441055744.0;
constexpr unsigned kMaxExponent = 12;
constexpr std::array<double, kMaxExponent + 1> kPowers{
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12};

bool toInteger(double value, unsigned exponent, std::int64_t& out)
{
    const double scaled = value * kPowers[exponent];
    if (!(std::abs(scaled) < kGreatestInteger)) { // NaN and infinities too
        return false;
    }
    const double rounded = (scaled + kRounder) - kRounder;
    if (std::bit_cast<std::uint64_t>(rounded / kPowers[exponent]) !=
        std::bit_cast<std::uint64_t>(value)) {
        return false;
    }
    out = static_cast<std::int64_t>(rounded);
    return true;
}

/// How a list of offsets is stored: `width` bits each and the rest of the long ones apart.
struct Packing
{
    unsigned width = 64;
    std::size_t bytes = 0;
};

Packing cheapestPacking(std::span<const std::uint64_t> offsets)
{
    std::array<std::size_t, 65> wider{}; // wider[w]: how many need more than w bits
    std::uint64_t any = 0;
    for (const std::uint64_t offset : offsets) {
        ++wider[bitWidth(offset)];
        any |= offset;
    }
    std::size_t more = 0;
    for (std::size_t width = 65; width-- > 0;) {
        const std::size_t exactly = wider[width];
        wider[width] = more;
        more += exactly;
    }
    const unsigned greatest = bitWidth(any);
    Packing best;
    best.bytes = offsets.size() * 8 + 1;
    for (unsigned width = 0; width <= greatest; ++width) {
        // An exception is its position and the high bits as a varint.
        const std::size_t exception = 1 + (greatest - width + 6) / 7;
        const std::size_t bytes = packedBytes(offsets.size(), width) + wider[width] * exception;
        if (bytes < best.bytes) {
            best = {width, bytes};
        }
    }
    return best;
}

void writePacked(std::span<std::uint64_t> offsets, unsigned width, std::string& out)
{
    ByteWriter writer(out);
    writer.fixed(static_cast<std::uint8_t>(width));
    const std::size_t countAt = out.size();
    writer.fixed(std::uint8_t(0));
    std::uint8_t exceptions = 0;
    if (width < 64) {
        for (std::size_t at = 0; at < offsets.size(); ++at) {
            if (const std::uint64_t high = offsets[at] >> width; high != 0) {
                writer.fixed(static_cast<std::uint8_t>(at));
                writer.varint(high);
                offsets[at] &= (std::uint64_t(1) << width) - 1;
                ++exceptions;
            }
        }
    }
    out[countAt] = static_cast<char>(exceptions);
    packBits(offsets, width, out);
}

bool readPacked(ByteReader& reader, std::span<std::uint64_t> offsets)
{
    const unsigned width = reader.fixed<std::uint8_t>();
    const unsigned exceptions = reader.fixed<std::uint8_t>();
    if (width > 64 || exceptions > offsets.size() || (width == 64 && exceptions > 0)) {
        return false;
    }
    BlockRows<std::uint8_t> positions;
    BlockRows<std::uint64_t> highs;
    for (unsigned at = 0; at < exceptions; ++at) {
        positions[at] = reader.fixed<std::uint8_t>();
        highs[at] = reader.varint();
    }
    const Bytes packed = reader.bytes(packedBytes(offsets.size(), width));
    if (!reader.ok()) {
        return false;
    }
    unpackBits(packed.data(), width, offsets);
    for (unsigned at = 0; at < exceptions; ++at) {
        if (positions[at] >= offsets.size()) {
            return false;
        }
        offsets[positions[at]] |= highs[at] << width;
    }
    return true;
}

std::uint64_t difference(std::int64_t greater, std::int64_t less)
{
    return static_cast<std::uint64_t>(greater) - static_cast<std::uint64_t>(less);
}

std::int64_t added(std::int64_t value, std::uint64_t offset)
{
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(value) + offset);
}

void writeSummary(
    std::span<const std::int64_t> values, std::int64_t min, std::int64_t max, ByteWriter& writer)
{
    std::uint64_t sum = 0;
    std::int64_t increase = 0;
    for (std::size_t at = 0; at < values.size(); ++at) {
        sum += difference(values[at], min);
        if (at > 0) {
            increase += values[at] >= values[at - 1] ? values[at] - values[at - 1] : values[at];
        }
    }
    writer.signedVarint(min);
    writer.varint(difference(max, min));
    writer.varint(difference(values.front(), min));
    writer.varint(difference(values.back(), min));
    writer.varint(sum);
    // A counter without resets rises by last - first: one byte.
    writer.signedVarint(increase - (values.back() - values.front()));
}

enum class Form : std::uint8_t { Offsets, Differences };

} // namespace

double powerOfTen(unsigned exponent)
{
    return kPowers[std::min(exponent, kMaxExponent)];
}

bool scaleToIntegers(std::span<const double> values, ScaledIntegers& out)
{
    out.exponent = 0;
    out.count = values.size();
    bool raised = false;
    for (std::size_t at = 0; at < values.size(); ++at) {
        const unsigned before = out.exponent;
        while (!toInteger(values[at], out.exponent, out.values[at])) {
            if (++out.exponent > kMaxExponent) {
                return false;
            }
        }
        raised = raised || (out.exponent != before && at > 0);
    }
    if (raised) { // the first ones were scaled by less
        for (std::size_t at = 0; at < values.size(); ++at) {
            if (!toInteger(values[at], out.exponent, out.values[at])) {
                return false;
            }
        }
    }
    return true;
}

void encodeIntegers(std::span<const std::int64_t> values, bool withSummary, std::string& out)
{
    const auto [min, max] = std::minmax_element(values.begin(), values.end());
    BlockRows<std::uint64_t> offsets;
    BlockRows<std::uint64_t> steps;
    std::int64_t leastStep = std::numeric_limits<std::int64_t>::max();
    for (std::size_t at = 0; at < values.size(); ++at) {
        offsets[at] = difference(values[at], *min);
        if (at > 0) {
            leastStep = std::min(leastStep, values[at] - values[at - 1]);
        }
    }
    const std::size_t stepCount = values.size() - 1;
    for (std::size_t at = 0; at < stepCount; ++at) {
        steps[at] = difference(values[at + 1] - values[at], leastStep);
    }
    const Packing asOffsets = cheapestPacking({offsets.data(), values.size()});
    const Packing asSteps = cheapestPacking({steps.data(), stepCount});
    const bool useSteps = stepCount > 0 && asSteps.bytes < asOffsets.bytes;
    ByteWriter writer(out);
    writer.fixed(useSteps ? Form::Differences : Form::Offsets);
    if (withSummary) {
        writeSummary(values, *min, *max, writer);
    }
    if (useSteps) {
        writer.signedVarint(values.front());
        writer.signedVarint(leastStep);
        writePacked({steps.data(), stepCount}, asSteps.width, out);
    } else {
        writer.signedVarint(*min);
        writePacked({offsets.data(), values.size()}, asOffsets.width, out);
    }
}

bool readIntegerSummary(ByteReader& reader, std::size_t count, IntegerSummary& summary)
{
    reader.fixed<Form>();
    summary.min = reader.signedVarint();
    summary.max = added(summary.min, reader.varint());
    summary.first = added(summary.min, reader.varint());
    summary.last = added(summary.min, reader.varint());
    summary.sum = added(
        static_cast<std::int64_t>(static_cast<std::uint64_t>(summary.min) * count),
        reader.varint());
    summary.increase = added(reader.signedVarint(), difference(summary.last, summary.first));
    return reader.ok();
}

bool decodeIntegers(ByteReader& reader, bool withSummary, std::span<std::int64_t> out)
{
    const Form form = reader.fixed<Form>();
    if (withSummary) {
        for (int field = 0; field < 6; ++field) {
            reader.varint();
        }
    }
    BlockRows<std::uint64_t> buffer;
    if (!reader.ok() || out.empty() || out.size() > buffer.size()) {
        return false;
    }
    const std::int64_t base = reader.signedVarint();
    if (form == Form::Offsets) {
        const std::span<std::uint64_t> offsets(buffer.data(), out.size());
        if (!readPacked(reader, offsets)) {
            return false;
        }
        for (std::size_t at = 0; at < out.size(); ++at) {
            out[at] = added(base, offsets[at]);
        }
        return true;
    }
    const std::int64_t leastStep = reader.signedVarint();
    const std::span<std::uint64_t> steps(buffer.data(), out.size() - 1);
    if (form != Form::Differences || !readPacked(reader, steps)) {
        return false;
    }
    out[0] = base;
    for (std::size_t at = 1; at < out.size(); ++at) {
        out[at] = added(out[at - 1], static_cast<std::uint64_t>(leastStep) + steps[at - 1]);
    }
    return true;
}

} // namespace pilothouse::metrics
