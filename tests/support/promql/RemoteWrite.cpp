// SPDX-License-Identifier: Apache-2.0
#include "tests/support/promql/RemoteWrite.h"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace pilothouse::test {

namespace {

void putVarint(std::string& out, std::uint64_t value)
{
    while (value >= 0x80U) {
        out += static_cast<char>((value & 0x7FU) | 0x80U);
        value >>= 7U;
    }
    out += static_cast<char>(value);
}

/// A length-delimited protobuf field.
void putField(std::string& out, unsigned number, const std::string& content)
{
    putVarint(out, (number << 3U) | 2U);
    putVarint(out, content.size());
    out += content;
}

std::string sampleMessage(metrics::TimestampMs time, double value)
{
    std::string out;
    putVarint(out, (1U << 3U) | 1U);
    const auto bits = std::bit_cast<std::uint64_t>(value);
    for (unsigned byte = 0; byte < 8; ++byte) {
        out += static_cast<char>((bits >> (8U * byte)) & 0xFFU);
    }
    putVarint(out, 2U << 3U);
    putVarint(out, static_cast<std::uint64_t>(time));
    return out;
}

/// Snappy's block format without compression: literals only.
std::string snappyLiterals(const std::string& content)
{
    constexpr std::size_t kLiteral = 60000;
    std::string out;
    putVarint(out, content.size());
    for (std::size_t at = 0; at < content.size(); at += kLiteral) {
        const std::size_t length = std::min(kLiteral, content.size() - at);
        out += static_cast<char>(61U << 2U); // two bytes of length - 1 follow
        out += static_cast<char>((length - 1) & 0xFFU);
        out += static_cast<char>((length - 1) >> 8U);
        out += content.substr(at, length);
    }
    return out;
}

} // namespace

std::string remoteWriteBody(
    const std::vector<SampleSeries>& series, std::size_t from, std::size_t to)
{
    std::string request;
    for (const auto& one : series) {
        std::string message;
        for (const auto& [name, value] : one.labels.pairs()) {
            std::string label;
            putField(label, 1, name);
            putField(label, 2, value);
            putField(message, 1, label);
        }
        const std::size_t last = std::min(to, one.samples.size());
        for (std::size_t index = from; index < last; ++index) {
            putField(
                message, 2, sampleMessage(one.samples.times[index], one.samples.values[index]));
        }
        if (from < last) {
            putField(request, 1, message);
        }
    }
    return snappyLiterals(request);
}

} // namespace pilothouse::test
