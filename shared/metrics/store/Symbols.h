// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace pilothouse::metrics {

/// A label name or value as a number.
using Symbol = std::uint32_t;

/// Every distinct label name and value once, counted, so that 100 000 series with the same job name
/// hold it as four bytes. Not thread-safe: the store's index lock guards it.
class Symbols
{
public:
    /// The symbol of the text with one more reference.
    Symbol acquire(std::string_view text);
    /// Gives one reference back; the last one frees the text and the number.
    void release(Symbol symbol);
    std::optional<Symbol> find(std::string_view text) const;
    /// Valid while the symbol has references.
    std::string_view text(Symbol symbol) const
    {
        const Entry& entry = m_entries[symbol];
        return {entry.text.get(), entry.length};
    }

    std::size_t size() const { return m_byText.size(); }
    std::size_t memoryBytes() const;

private:
    struct Entry
    {
        std::unique_ptr<char[]> text;
        std::uint32_t length = 0;
        std::uint32_t references = 0;
    };

    std::vector<Entry> m_entries;
    std::vector<Symbol> m_free;
    /// Keys point into m_entries' texts.
    absl::flat_hash_map<std::string_view, Symbol> m_byText;
    std::size_t m_textBytes = 0;
};

} // namespace pilothouse::metrics
