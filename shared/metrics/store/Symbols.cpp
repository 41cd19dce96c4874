// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/store/Symbols.h"

#include <algorithm>

namespace pilothouse::metrics {

Symbol Symbols::acquire(std::string_view text)
{
    if (const auto found = m_byText.find(text); found != m_byText.end()) {
        ++m_entries[found->second].references;
        return found->second;
    }
    Symbol symbol = 0;
    if (m_free.empty()) {
        symbol = static_cast<Symbol>(m_entries.size());
        m_entries.emplace_back();
    } else {
        symbol = m_free.back();
        m_free.pop_back();
    }
    Entry& entry = m_entries[symbol];
    entry.text = std::make_unique<char[]>(text.size());
    std::copy(text.begin(), text.end(), entry.text.get());
    entry.length = static_cast<std::uint32_t>(text.size());
    entry.references = 1;
    m_textBytes += text.size();
    m_byText.emplace(std::string_view(entry.text.get(), entry.length), symbol);
    return symbol;
}

void Symbols::release(Symbol symbol)
{
    Entry& entry = m_entries[symbol];
    if (--entry.references > 0) {
        return;
    }
    m_textBytes -= entry.length;
    m_byText.erase(std::string_view(entry.text.get(), entry.length));
    entry.text.reset();
    entry.length = 0;
    m_free.push_back(symbol);
}

std::optional<Symbol> Symbols::find(std::string_view text) const
{
    const auto found = m_byText.find(text);
    if (found == m_byText.end()) {
        return std::nullopt;
    }
    return found->second;
}

std::size_t Symbols::memoryBytes() const
{
    constexpr std::size_t kAllocationOverhead = 16;
    return m_textBytes + m_byText.size() * kAllocationOverhead +
           m_entries.capacity() * sizeof(Entry) +
           m_byText.capacity() * (sizeof(std::string_view) + sizeof(Symbol) + 1);
}

} // namespace pilothouse::metrics
