// SPDX-License-Identifier: Apache-2.0
#include "server/audit/ChainWalk.h"

#include "shared/base/StatusHelpers.h"

#include <absl/time/clock.h>

#include <algorithm>

namespace pilothouse::audit {

namespace {

using postgres::Database;
using postgres::Transaction;
using MaybeBreak = std::optional<ChainBreak>;

/// Entries in one read: at most some tens of megabytes even if each holds the largest documents.
constexpr int kRead = 500;
constexpr absl::Duration kReadLimit = absl::Seconds(30);

} // namespace

ChainWalk::ChainWalk(Database& database, std::int64_t knownSequence, std::string knownHash)
    : m_database(database), m_check(knownSequence, std::move(knownHash))
{}

absl::StatusOr<ChainStatus> ChainWalk::advance(const Progress& progress)
{
    m_startTime = std::min(m_startTime, absl::Now());
    PH_ASSIGN_OR_RETURN(const MaybeBreak found, walk(progress));
    ChainStatus status;
    status.walkTime = m_startTime;
    status.state = found ? ChainState::Broken : ChainState::Intact;
    status.firstBreak = found;
    status.verifiedSequence = m_check.headSequence();
    status.verifiedTime = m_check.headTime();
    status.checkTime = absl::Now();
    status.entries = m_total;
    status.headHash = m_check.headSequence() == 0 ? std::string() : m_check.headHash();
    return status;
}

absl::StatusOr<MaybeBreak> ChainWalk::walk(const Progress& progress)
{
    const bool isFirst = !m_check.day().has_value();
    const absl::CivilDay from = isFirst ? absl::CivilDay() : m_check.day()->day;
    // What is added while the walk goes on is the next advance's.
    PH_ASSIGN_OR_RETURN(
        const auto days,
        m_database.transact(
            [&](Transaction& transaction) { return m_store.days(transaction, from); },
            absl::Now() + kReadLimit,
            Database::Mode::ReadOnly));
    if (!isFirst && (days.empty() || days.front().day != m_check.day()->day)) {
        return MaybeBreak(ChainBreak{m_check.day()->day, 0, "the day is missing"});
    }
    m_total = m_check.checkedEntries();
    for (const ChainDay& day : days) {
        if (!day.isDropped) {
            m_total += day.lastSequence - std::max(day.firstSequence - 1, m_check.headSequence());
        }
    }
    for (const ChainDay& day : days) {
        PH_ASSIGN_OR_RETURN(const MaybeBreak found, walkDay(day, progress));
        if (found) {
            return found;
        }
    }
    if (MaybeBreak found = m_check.end()) {
        return found;
    }
    return isFirst ? findStray() : MaybeBreak();
}

absl::StatusOr<MaybeBreak> ChainWalk::walkDay(const ChainDay& day, const Progress& progress)
{
    m_day = dayText(day.day);
    if (MaybeBreak found = m_check.beginDay(day)) {
        return found;
    }
    while (!day.isDropped && m_check.headSequence() < day.lastSequence) {
        PH_RETURN_IF_ERROR(report(progress));
        PH_ASSIGN_OR_RETURN(
            const auto entries,
            m_database.transact(
                [&](Transaction& transaction) {
                    return m_store.entriesOf(transaction, day.day, m_check.headSequence(), kRead);
                },
                absl::Now() + kReadLimit,
                Database::Mode::ReadOnly));
        if (entries.empty()) {
            break;
        }
        for (const ChainedEntry& entry : entries) {
            if (entry.sequence > day.lastSequence && day.seal.empty()) {
                break; // chained meanwhile
            }
            if (MaybeBreak found = m_check.addEntry(entry)) {
                return found;
            }
        }
    }
    PH_RETURN_IF_ERROR(report(progress));
    MaybeBreak found = m_check.endDay();
    if (found && !day.isDropped) {
        // Retention may have dropped the day under our hands: then it is not missing.
        PH_ASSIGN_OR_RETURN(
            const auto now,
            m_database.transact(
                [&](Transaction& transaction) { return m_store.days(transaction, day.day); },
                absl::Now() + kReadLimit,
                Database::Mode::ReadOnly));
        if (!now.empty() && now.front().day == day.day && now.front().isDropped) {
            return absl::AbortedError("a day was dropped during the verification; verify again");
        }
    }
    return found;
}

absl::StatusOr<MaybeBreak> ChainWalk::findStray()
{
    // Entries in days that the chain does not know were never reached by the walk.
    PH_ASSIGN_OR_RETURN(
        const auto stray,
        m_database.transact(
            [&](Transaction& transaction) { return m_store.strayEntry(transaction); },
            absl::Now() + kReadLimit,
            Database::Mode::ReadOnly));
    if (!stray) {
        return MaybeBreak();
    }
    return MaybeBreak(
        ChainBreak{stray->day, stray->sequence, "the entry was added outside of the chain"});
}

absl::Status ChainWalk::report(const Progress& progress)
{
    const ChainProgress where{m_check.checkedEntries(), m_total, m_day, std::nullopt};
    return !progress || progress(where) ? absl::OkStatus()
                                        : absl::CancelledError("the verification was ended");
}

} // namespace pilothouse::audit
