// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/extraction/ExtractionCache.h"

#include <zstd.h>

#include <utility>

namespace pilothouse::demo {

namespace {

/// Map, list node and strings beside the text itself.
constexpr std::size_t kEntryOverhead = 160;

std::string compress(const std::string& text)
{
    std::string out(ZSTD_compressBound(text.size()), '\0');
    const std::size_t size = ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 1);
    out.resize(ZSTD_isError(size) != 0 ? 0 : size);
    return out;
}

std::string decompress(const std::string& packed, std::size_t plainBytes)
{
    std::string out(plainBytes, '\0');
    const std::size_t size = ZSTD_decompress(out.data(), out.size(), packed.data(), packed.size());
    out.resize(ZSTD_isError(size) != 0 ? 0 : size);
    return out;
}

} // namespace

void ExtractionCache::Tier::add(Entry entry)
{
    bytes += entry.extraction.text.size() + kEntryOverhead;
    const int page = entry.page;
    byUse.push_front(std::move(entry));
    byPage[page] = byUse.begin();
}

auto ExtractionCache::Tier::take(int page) -> std::optional<Entry>
{
    const auto found = byPage.find(page);
    if (found == byPage.end()) {
        return std::nullopt;
    }
    Entry entry = std::move(*found->second);
    bytes -= entry.extraction.text.size() + kEntryOverhead;
    byUse.erase(found->second);
    byPage.erase(found);
    return entry;
}

auto ExtractionCache::Tier::evict() -> std::optional<Entry>
{
    return bytes > limit && !byUse.empty() ? take(byUse.back().page) : std::nullopt;
}

ExtractionCache::ExtractionCache(
    std::size_t hotBytes, std::size_t coldBytes, std::chrono::seconds timeToLive)
    : m_timeToLive(timeToLive)
{
    m_hot.limit = hotBytes;
    m_cold.limit = coldBytes;
}

std::optional<Extraction> ExtractionCache::get(int page, Time now)
{
    auto entry = m_hot.take(page);
    if (!entry) {
        entry = m_cold.take(page);
        if (entry) {
            entry->extraction.text = decompress(entry->extraction.text, entry->plainBytes);
        }
    }
    if (!entry || entry->expires <= now) {
        ++m_misses;
        return std::nullopt;
    }
    ++m_hits;
    Extraction result = entry->extraction;
    putHot(std::move(*entry));
    return result;
}

void ExtractionCache::put(int page, Extraction extraction, Time now)
{
    m_hot.take(page);
    m_cold.take(page);
    Entry entry;
    entry.page = page;
    entry.plainBytes = extraction.text.size();
    entry.extraction = std::move(extraction);
    entry.expires = now + m_timeToLive;
    putHot(std::move(entry));
}

void ExtractionCache::putHot(Entry entry)
{
    m_hot.add(std::move(entry));
    while (auto fallen = m_hot.evict()) {
        fallen->extraction.text = compress(fallen->extraction.text);
        m_cold.add(std::move(*fallen));
    }
    while (m_cold.evict()) {
    }
}

} // namespace pilothouse::demo
