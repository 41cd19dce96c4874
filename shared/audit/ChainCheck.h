// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/audit/Chain.h"

#include <optional>
#include <string>

namespace pilothouse::audit {

/// The first place where the chain is not as it was written.
struct ChainBreak
{
    absl::CivilDay day;
    /// 0 when the break is the day's own (its seal, its place).
    std::int64_t sequence = 0;
    /// "entries 17 to 19 are missing"
    std::string problem;
};

/// Walks the chain from its first day: for each day beginDay, its entries in the order of their
/// sequence, endDay. The open day may begin again later, with what was added since. Each step
/// answers the break that it found; then stop. Holds one hash, whatever the length of the chain.
class ChainCheck
{
public:
    /// With an entry whose hash was kept elsewhere; `sequence` 0 = none.
    explicit ChainCheck(std::int64_t knownSequence = 0, std::string knownHash = {});

    std::optional<ChainBreak> beginDay(const ChainDay& day);
    std::optional<ChainBreak> addEntry(const ChainedEntry& entry);
    std::optional<ChainBreak> endDay();
    /// After the last day.
    std::optional<ChainBreak> end() const;

    /// The newest day that was begun.
    const std::optional<ChainDay>& day() const { return m_day; }
    std::int64_t checkedEntries() const { return m_checked; }
    /// Of the newest entry that is known to be right.
    const std::string& headHash() const { return m_hash; }
    std::int64_t headSequence() const { return m_sequence; }
    absl::Time headTime() const { return m_time; }

private:
    std::optional<ChainBreak> continueDay(const ChainDay& day);
    std::optional<ChainBreak> missing(std::int64_t from, std::int64_t to) const;
    std::optional<ChainBreak> dayIs(const std::string& problem) const;

    const std::int64_t m_knownSequence;
    const std::string m_knownHash;
    std::optional<ChainDay> m_day;
    std::string m_seal = noHash();
    std::string m_hash = noHash();
    std::int64_t m_sequence = 0;
    absl::Time m_time = absl::InfinitePast();
    std::int64_t m_checked = 0;
};

} // namespace pilothouse::audit
