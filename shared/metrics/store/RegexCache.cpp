// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/store/RegexCache.h"

namespace pilothouse::metrics {

std::vector<Symbol> RegexCache::matching(
    const ValueMatcher& matcher,
    Symbol name,
    std::span<const Symbol> values,
    std::uint64_t generation,
    const Symbols& symbols)
{
    Entry entry;
    const std::pair<Symbol, std::string> key(name, matcher.pattern());
    {
        const std::lock_guard lock(m_mutex);
        if (const auto found = m_entries.find(key); found != m_entries.end() &&
                                                    found->second.generation == generation &&
                                                    found->second.examined <= values.size()) {
            entry = found->second;
        }
    }
    if (entry.generation == generation && entry.examined == values.size() && entry.examined > 0) {
        return entry.accepted;
    }
    entry.generation = generation;
    for (; entry.examined < values.size(); ++entry.examined) {
        const Symbol value = values[entry.examined];
        if (matcher.matches(symbols.text(value)) != matcher.isNegated()) {
            entry.accepted.push_back(value);
        }
    }
    std::vector<Symbol> accepted = entry.accepted;
    const std::lock_guard lock(m_mutex);
    if (m_entries.size() >= kMaxPatterns) {
        m_entries.clear();
    }
    m_entries[key] = std::move(entry);
    return accepted;
}

} // namespace pilothouse::metrics
