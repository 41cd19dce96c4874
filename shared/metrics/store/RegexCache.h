// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/store/Symbols.h"
#include "shared/metrics/store/ValueMatcher.h"

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace pilothouse::metrics {

/// Remembers which values of a label satisfy a pattern, so that a dashboard that asks every second
/// runs the regular expression only over values that are new. Bounded: at kMaxPatterns it starts
/// afresh. Thread-safe.
class RegexCache
{
public:
    static constexpr std::size_t kMaxPatterns = 512;

    /// The values (of `values`, the label's values in order of appearance) that the matcher's
    /// positive condition accepts. `generation` changes when values disappear.
    std::vector<Symbol> matching(
        const ValueMatcher& matcher,
        Symbol name,
        std::span<const Symbol> values,
        std::uint64_t generation,
        const Symbols& symbols);

private:
    struct Entry
    {
        std::uint64_t generation = 0;
        std::size_t examined = 0;
        std::vector<Symbol> accepted;
    };

    std::mutex m_mutex;
    absl::flat_hash_map<std::pair<Symbol, std::string>, Entry> m_entries;
};

} // namespace pilothouse::metrics
