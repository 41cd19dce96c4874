// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/extraction/HtmlText.h"

#include <chrono>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

namespace pilothouse::demo {

/// Results by page in two tiers, both bounded by bytes and both least-recently-used: a small one
/// ready to answer, and a larger one compressed with zstd that takes what falls out of the first.
/// One thread.
class ExtractionCache
{
public:
    using Time = std::chrono::steady_clock::time_point;

    ExtractionCache(std::size_t hotBytes, std::size_t coldBytes, std::chrono::seconds timeToLive);

    std::optional<Extraction> get(int page, Time now);
    void put(int page, Extraction extraction, Time now);

    std::uint64_t hits() const { return m_hits; }
    std::uint64_t misses() const { return m_misses; }
    std::size_t bytes() const { return m_hot.bytes + m_cold.bytes; }
    std::size_t entries() const { return m_hot.byPage.size() + m_cold.byPage.size(); }

private:
    struct Entry
    {
        int page = 0;
        /// Hot: the text as it is; cold: compressed.
        Extraction extraction;
        std::size_t plainBytes = 0;
        Time expires;
    };
    struct Tier
    {
        std::size_t limit = 0;
        std::size_t bytes = 0;
        std::list<Entry> byUse;
        std::unordered_map<int, std::list<Entry>::iterator> byPage;

        void add(Entry entry);
        std::optional<Entry> take(int page);
        std::optional<Entry> evict();
    };

    void putHot(Entry entry);

    Tier m_hot;
    Tier m_cold;
    std::chrono::seconds m_timeToLive;
    std::uint64_t m_hits = 0;
    std::uint64_t m_misses = 0;
};

} // namespace pilothouse::demo
