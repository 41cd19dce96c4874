// SPDX-License-Identifier: Apache-2.0
#include "shared/audit/ChainCheck.h"

#include <fmt/format.h>

#include <utility>

namespace pilothouse::audit {

ChainCheck::ChainCheck(std::int64_t knownSequence, std::string knownHash)
    : m_knownSequence(knownSequence), m_knownHash(std::move(knownHash))
{}

std::optional<ChainBreak> ChainCheck::dayIs(const std::string& problem) const
{
    return ChainBreak{m_day->day, 0, problem};
}

std::optional<ChainBreak> ChainCheck::missing(std::int64_t from, std::int64_t to) const
{
    return ChainBreak{
        m_day->day,
        from,
        from == to ? fmt::format("entry {} is missing", from)
                   : fmt::format("entries {} to {} are missing", from, to)};
}

std::optional<ChainBreak> ChainCheck::beginDay(const ChainDay& day)
{
    const bool isFirst = !m_day.has_value();
    if (!isFirst && m_day->day == day.day) {
        return continueDay(day);
    }
    if (!isFirst && m_day->seal.empty()) {
        return dayIs("the day was not sealed, but another follows");
    }
    const absl::CivilDay before = isFirst ? absl::CivilDay() : m_day->day;
    m_day = day;
    if (!isFirst && day.day <= before) {
        return dayIs("the day does not come after the one before it");
    }
    if (day.firstSequence != m_sequence + 1) {
        return dayIs(fmt::format(
            "the day begins with entry {}, but the day before ended with {}: days are missing",
            day.firstSequence,
            m_sequence));
    }
    if (day.lastSequence < day.firstSequence) {
        return dayIs("the day ends before it begins");
    }
    if (!day.seal.empty() && day.seal != sealOf(day, m_seal)) {
        return dayIs("the seal does not match the day");
    }
    if (day.isDropped) {
        if (day.seal.empty()) {
            return dayIs("the day was dropped without a seal");
        }
        // Of a dropped day the seal is what is left to go on from.
        m_sequence = day.lastSequence;
    }
    m_hash = m_seal;
    return std::nullopt;
}

std::optional<ChainBreak> ChainCheck::continueDay(const ChainDay& day)
{
    const ChainDay before = *std::exchange(m_day, day);
    if (day.firstSequence != before.firstSequence || day.lastSequence < before.lastSequence) {
        return dayIs("the day went back");
    }
    // The seal before this day is m_seal until the day itself is sealed.
    if (before.seal.empty() && !day.seal.empty() && day.seal != sealOf(day, m_seal)) {
        return dayIs("the seal does not match the day");
    }
    return std::nullopt;
}

std::optional<ChainBreak> ChainCheck::addEntry(const ChainedEntry& entry)
{
    if (entry.day != m_day->day || m_day->isDropped) {
        return ChainBreak{m_day->day, entry.sequence, "the entry stands in a day it is not of"};
    }
    if (entry.sequence > m_day->lastSequence) {
        return ChainBreak{
            m_day->day,
            entry.sequence,
            fmt::format("the entry was added: the day ended with entry {}", m_day->lastSequence)};
    }
    if (entry.sequence > m_sequence + 1) {
        return missing(m_sequence + 1, entry.sequence - 1);
    }
    if (entry.sequence < m_sequence + 1) {
        return ChainBreak{m_day->day, entry.sequence, "the entry stands there twice"};
    }
    const std::string hash = hashOf(entry, m_hash);
    if (hash != entry.hash) {
        return ChainBreak{
            m_day->day,
            entry.sequence,
            "the entry is not as it was written: its hash does not match its content and the entry "
            "before"};
    }
    if (entry.sequence == m_knownSequence && hash != m_knownHash) {
        return ChainBreak{
            m_day->day,
            entry.sequence,
            "the chain was written anew: the entry's hash is not the one that was kept"};
    }
    m_hash = hash;
    m_sequence = entry.sequence;
    m_time = entry.recordTime;
    ++m_checked;
    return std::nullopt;
}

std::optional<ChainBreak> ChainCheck::endDay()
{
    if (m_sequence != m_day->lastSequence) {
        return missing(m_sequence + 1, m_day->lastSequence);
    }
    if (!m_day->isDropped && m_hash != m_day->lastHash) {
        return dayIs("the day's last hash is not that of its last entry");
    }
    if (!m_day->seal.empty()) {
        m_seal = m_day->seal;
    }
    return std::nullopt;
}

std::optional<ChainBreak> ChainCheck::end() const
{
    if (m_knownSequence <= m_sequence) {
        return std::nullopt;
    }
    return ChainBreak{
        m_day ? m_day->day : absl::CivilDay(),
        m_sequence + 1,
        fmt::format(
            "the chain ends with entry {}, but entry {} was kept: entries are missing",
            m_sequence,
            m_knownSequence)};
}

} // namespace pilothouse::audit
