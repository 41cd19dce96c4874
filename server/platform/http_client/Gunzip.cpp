// SPDX-License-Identifier: Apache-2.0
#include "server/platform/http_client/Gunzip.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>

namespace pilothouse::platform {

namespace {

/// zlib's "expect a gzip header" flag on top of the largest window.
constexpr int kGzipWindowBits = 15 + 16;
constexpr std::size_t kChunk = 64UL * 1024;

class Inflater
{
public:
    Inflater() : m_isOpen(inflateInit2(&m_stream, kGzipWindowBits) == Z_OK) {}
    ~Inflater()
    {
        if (m_isOpen) {
            inflateEnd(&m_stream);
        }
    }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    bool isOpen() const { return m_isOpen; }
    z_stream& stream() { return m_stream; }

private:
    z_stream m_stream{};
    bool m_isOpen;
};

} // namespace

absl::StatusOr<std::string> gunzip(std::string_view compressed, std::size_t limit)
{
    Inflater inflater;
    if (!inflater.isOpen()) {
        return absl::ResourceExhaustedError("no memory to inflate a gzip body");
    }
    if (compressed.size() > std::numeric_limits<uInt>::max()) {
        return absl::ResourceExhaustedError("the gzip body is over 4 GiB");
    }
    std::string input(compressed);
    z_stream& stream = inflater.stream();
    stream.next_in = reinterpret_cast<Bytef*>(input.data());
    stream.avail_in = static_cast<uInt>(input.size());
    std::string text;
    std::array<char, kChunk> chunk{};
    int result = Z_OK;
    while (result == Z_OK) {
        stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
        stream.avail_out = static_cast<uInt>(chunk.size());
        result = inflate(&stream, Z_NO_FLUSH);
        if (result != Z_OK && result != Z_STREAM_END) {
            break;
        }
        const std::size_t produced = chunk.size() - stream.avail_out;
        if (text.size() + produced > limit) {
            return absl::ResourceExhaustedError(
                fmt::format("the body is longer than {} bytes when inflated", limit));
        }
        text.append(chunk.data(), produced);
    }
    if (result != Z_STREAM_END) {
        return absl::DataLossError("the body says gzip but is not, or is cut short");
    }
    return text;
}

} // namespace pilothouse::platform
