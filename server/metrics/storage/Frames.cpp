// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/storage/Frames.h"

#include <xxhash.h>

#include <cstdint>
#include <cstring>

namespace pilothouse::metrics {

namespace {

struct Head
{
    std::uint32_t length = 0;
    std::uint32_t sum = 0;
};

std::uint32_t sumOf(std::string_view content)
{
    // Seeded, so that a stretch of zeros is not a frame of nothing.
    constexpr std::uint64_t kSeed = 0x50696c6f74686f75;
    return static_cast<std::uint32_t>(XXH3_64bits_withSeed(content.data(), content.size(), kSeed));
}

} // namespace

std::string frame(std::string_view content)
{
    const Head head{static_cast<std::uint32_t>(content.size()), sumOf(content)};
    std::string result(sizeof(head), '\0');
    std::memcpy(result.data(), &head, sizeof(head));
    result.append(content);
    return result;
}

FrameScan scanFrames(
    std::string_view file, const std::function<void(std::string_view content)>& take)
{
    FrameScan scan;
    std::string_view rest = file;
    Head head;
    while (rest.size() >= sizeof(head)) {
        std::memcpy(&head, rest.data(), sizeof(head));
        if (head.length > rest.size() - sizeof(head)) {
            break;
        }
        const std::string_view content = rest.substr(sizeof(head), head.length);
        if (sumOf(content) != head.sum) {
            break;
        }
        take(content);
        rest.remove_prefix(sizeof(head) + head.length);
        ++scan.frames;
    }
    scan.goodBytes = file.size() - rest.size();
    scan.lostBytes = rest.size();
    return scan;
}

} // namespace pilothouse::metrics
