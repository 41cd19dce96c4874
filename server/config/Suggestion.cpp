// SPDX-License-Identifier: Apache-2.0
#include "server/config/Suggestion.h"

#include <algorithm>
#include <numeric>

namespace pilothouse::config {

namespace {

/// A typo is a letter or two, or a third of a short word.
constexpr std::size_t kTypoShare = 3;
/// Longer words are not typos of ours; comparing them would only cost time.
constexpr std::size_t kLongestWord = 80;

std::size_t editDistance(std::string_view left, std::string_view right)
{
    std::vector<std::size_t> row(right.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t(0));
    for (std::size_t leftIdx = 1; leftIdx <= left.size(); ++leftIdx) {
        std::size_t diagonal = row[0];
        row[0] = leftIdx;
        for (std::size_t rightIdx = 1; rightIdx <= right.size(); ++rightIdx) {
            const std::size_t above = row[rightIdx];
            const std::size_t replaced =
                diagonal + (left[leftIdx - 1] == right[rightIdx - 1] ? 0 : 1);
            row[rightIdx] = std::min({replaced, above + 1, row[rightIdx - 1] + 1});
            diagonal = above;
        }
    }
    return row.back();
}

std::string_view lastPart(std::string_view key)
{
    const std::size_t dot = key.rfind('.');
    return dot == std::string_view::npos ? key : key.substr(dot + 1);
}

} // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& candidates)
{
    if (word.size() > kLongestWord) {
        return {};
    }
    std::string best;
    std::size_t bestDistance = std::max<std::size_t>(2, word.size() / kTypoShare) + 1;
    for (const auto& candidate : candidates) {
        const std::size_t distance = editDistance(word, candidate);
        if (distance < bestDistance) {
            bestDistance = distance;
            best = candidate;
        }
    }
    if (!best.empty()) {
        return best;
    }
    // The right key in the wrong table: "listen" at the top is "grpc.listen".
    for (const auto& candidate : candidates) {
        if (lastPart(candidate) == lastPart(word)) {
            return candidate;
        }
    }
    return {};
}

} // namespace pilothouse::config
