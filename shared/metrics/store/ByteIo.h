// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace pilothouse::metrics {

static_assert(std::endian::native == std::endian::little, "blocks are stored little-endian");

using Bytes = std::span<const std::uint8_t>;

inline std::uint64_t zigzag(std::int64_t value)
{
    return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}

inline std::int64_t unzigzag(std::uint64_t value)
{
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

/// Appends to a byte string.
class ByteWriter
{
public:
    explicit ByteWriter(std::string& out) : m_out(out) {}

    template <typename T>
    void fixed(T value)
    {
        static_assert(std::is_trivially_copyable_v<T>);
        char bytes[sizeof(T)];
        std::memcpy(bytes, &value, sizeof(T));
        m_out.append(bytes, sizeof(T));
    }

    void varint(std::uint64_t value)
    {
        while (value >= 0x80) {
            m_out.push_back(static_cast<char>(value | 0x80));
            value >>= 7;
        }
        m_out.push_back(static_cast<char>(value));
    }

    void signedVarint(std::int64_t value) { varint(zigzag(value)); }

    void text(std::string_view value)
    {
        varint(value.size());
        m_out.append(value);
    }

    std::size_t size() const { return m_out.size(); }

private:
    std::string& m_out;
};

/// Reads what ByteWriter wrote; past the end it yields zeros and ok() is false from then on.
class ByteReader
{
public:
    explicit ByteReader(Bytes bytes) : m_at(bytes.data()), m_end(bytes.data() + bytes.size()) {}

    template <typename T>
    T fixed()
    {
        T value{};
        if (take(sizeof(T))) {
            std::memcpy(&value, m_at - sizeof(T), sizeof(T));
        }
        return value;
    }

    std::uint64_t varint()
    {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            if (!take(1)) {
                return 0;
            }
            const std::uint8_t byte = m_at[-1];
            value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
            if (byte < 0x80) {
                return value;
            }
        }
        m_ok = false;
        return 0;
    }

    std::int64_t signedVarint() { return unzigzag(varint()); }

    std::string_view text()
    {
        const std::uint64_t length = varint();
        if (!take(length)) {
            return {};
        }
        return {reinterpret_cast<const char*>(m_at - length), length};
    }

    /// The next `count` bytes; empty past the end.
    Bytes bytes(std::size_t count)
    {
        if (!take(count)) {
            return {};
        }
        return {m_at - count, count};
    }

    std::size_t left() const { return static_cast<std::size_t>(m_end - m_at); }
    bool ok() const { return m_ok; }

private:
    bool take(std::uint64_t count)
    {
        if (!m_ok || count > left()) {
            m_ok = false;
            return false;
        }
        m_at += count;
        return true;
    }

    const std::uint8_t* m_at;
    const std::uint8_t* m_end;
    bool m_ok = true;
};

} // namespace pilothouse::metrics
