// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/store/XorCodec.h"

#include <algorithm>
#include <bit>

namespace pilothouse::metrics {

namespace {

constexpr unsigned kLeadingBits = 5;
constexpr unsigned kMaxLeading = 31;
constexpr unsigned kLengthBits = 6;

class BitWriter
{
public:
    explicit BitWriter(std::string& out) : m_out(out) {}

    void write(std::uint64_t value, unsigned count)
    {
        while (count > 0) {
            const unsigned take = std::min(count, 8 - m_used);
            const auto piece = static_cast<unsigned>(value >> (count - take)) & ((1U << take) - 1);
            m_byte = m_byte << take | piece;
            m_used += take;
            count -= take;
            if (m_used == 8) {
                m_out.push_back(static_cast<char>(m_byte));
                m_byte = 0;
                m_used = 0;
            }
        }
    }

    void finish()
    {
        if (m_used > 0) {
            m_out.push_back(static_cast<char>(m_byte << (8 - m_used)));
        }
    }

private:
    std::string& m_out;
    unsigned m_byte = 0;
    unsigned m_used = 0;
};

class BitReader
{
public:
    explicit BitReader(Bytes bytes) : m_bytes(bytes) {}

    std::uint64_t read(unsigned count)
    {
        std::uint64_t value = 0;
        while (count > 0) {
            const std::size_t index = m_bit / 8;
            if (index >= m_bytes.size()) {
                m_ok = false;
                return 0;
            }
            const unsigned offset = static_cast<unsigned>(m_bit % 8);
            const unsigned take = std::min(count, 8 - offset);
            const unsigned piece =
                (unsigned(m_bytes[index]) >> (8 - offset - take)) & ((1U << take) - 1);
            value = value << take | piece;
            m_bit += take;
            count -= take;
        }
        return value;
    }

    bool ok() const { return m_ok; }

private:
    Bytes m_bytes;
    std::size_t m_bit = 0;
    bool m_ok = true;
};

} // namespace

void xorEncode(std::span<const double> values, std::string& out)
{
    BitWriter writer(out);
    std::uint64_t previous = 0;
    unsigned leading = 64; // no window yet
    unsigned length = 0;
    for (const double value : values) {
        const auto bits = std::bit_cast<std::uint64_t>(value);
        const std::uint64_t changed = bits ^ previous;
        previous = bits;
        if (changed == 0) {
            writer.write(0, 1);
            continue;
        }
        const unsigned newLeading =
            std::min(static_cast<unsigned>(std::countl_zero(changed)), kMaxLeading);
        const auto trailing = static_cast<unsigned>(std::countr_zero(changed));
        if (leading != 64 && newLeading >= leading && trailing >= 64 - leading - length) {
            writer.write(0b10, 2);
        } else {
            leading = newLeading;
            length = 64 - leading - trailing;
            writer.write(0b11, 2);
            writer.write(leading, kLeadingBits);
            writer.write(length - 1, kLengthBits);
        }
        writer.write(changed >> (64 - leading - length), length);
    }
    writer.finish();
}

bool xorDecode(Bytes bytes, std::span<double> out)
{
    BitReader reader(bytes);
    std::uint64_t bits = 0;
    unsigned leading = 0;
    unsigned length = 64;
    for (double& value : out) {
        if (reader.read(1) == 1) {
            if (reader.read(1) == 1) {
                leading = static_cast<unsigned>(reader.read(kLeadingBits));
                length = static_cast<unsigned>(reader.read(kLengthBits)) + 1;
            }
            if (leading + length > 64) {
                return false;
            }
            bits ^= reader.read(length) << (64 - leading - length);
        }
        value = std::bit_cast<double>(bits);
    }
    return reader.ok();
}

} // namespace pilothouse::metrics
