// SPDX-License-Identifier: Apache-2.0
#include "server/audit/ChainWriter.h"

#include "shared/base/StatusHelpers.h"

#include <absl/strings/escaping.h>
#include <absl/time/clock.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

namespace pilothouse::audit {

namespace {

/// A record is seen before its transaction commits, so the first look comes a little later and the
/// next ones at growing distance.
constexpr absl::Duration kFirstPause = absl::Milliseconds(5);
/// What other servers and `init` recorded is found at the latest after this.
constexpr absl::Duration kLongestPause = absl::Seconds(1);
constexpr absl::Duration kStepLimit = absl::Seconds(30);
constexpr absl::Duration kLastLimit = absl::Seconds(1);
/// Transactions that began before midnight may still commit so long after it.
constexpr absl::Duration kDayGrace = absl::Minutes(1);
/// Partitions are there so many days before they are needed.
constexpr int kDaysAhead = 3;

absl::CivilDay dayOfTime(absl::Time time)
{
    return absl::ToCivilDay(time, absl::UTCTimeZone());
}

} // namespace

/// What one transaction adds to the chain.
struct ChainWriter::Batch
{
    /// The day that is written to; nothing before the first entry of all.
    std::optional<ChainDay> day;
    /// Something was added to `day` that its row does not have yet.
    bool isChanged = false;
    /// Hash that the next entry follows.
    std::string previous = noHash();
    absl::Time firstRecorded = absl::InfiniteFuture();
    absl::Time lastRecorded = absl::InfinitePast();
    std::vector<PendingEntry> entries;
    std::map<std::tuple<absl::Time, std::string, std::string, Outcome>, std::int64_t> counts;
};

ChainWriter::ChainWriter(postgres::Database& database, int batch)
    : m_database(database), m_batch(batch)
{}

ChainWriter::~ChainWriter()
{
    stop();
}

absl::StatusOr<ChainWriter::Step> ChainWriter::step(absl::Time deadline)
{
    return m_database.transact(
        [&](postgres::Transaction& transaction) { return chain(transaction); }, deadline);
}

absl::StatusOr<ChainWriter::Step> ChainWriter::chain(postgres::Transaction& transaction) const
{
    PH_RETURN_IF_ERROR(m_store.lock(transaction));
    Batch batch;
    PH_ASSIGN_OR_RETURN(batch.entries, m_store.pending(transaction, m_batch));
    PH_ASSIGN_OR_RETURN(batch.day, m_store.newestDay(transaction));
    PH_ASSIGN_OR_RETURN(const absl::Time now, m_store.now(transaction));
    if (batch.day) {
        batch.previous = batch.day->seal.empty() ? batch.day->lastHash : batch.day->seal;
    }
    if (batch.entries.empty() && batch.day && batch.day->seal.empty() &&
        dayOfTime(now - kDayGrace) > batch.day->day) {
        PH_RETURN_IF_ERROR(closeDay(transaction, batch));
    }
    PH_RETURN_IF_ERROR(write(transaction, batch));
    Step step;
    step.head = batch.day ? batch.day->lastSequence : 0;
    step.isFull = static_cast<int>(batch.entries.size()) == m_batch;
    for (PendingEntry& pending : batch.entries) {
        step.chained.push_back(std::move(pending.entry));
    }
    return step;
}

absl::Status ChainWriter::write(postgres::Transaction& transaction, Batch& batch) const
{
    for (PendingEntry& pending : batch.entries) {
        ChainedEntry& entry = pending.entry;
        // A sealed day takes no more: what comes late goes to the next one.
        const absl::CivilDay least =
            batch.day ? batch.day->day + (batch.day->seal.empty() ? 0 : 1) : absl::CivilDay();
        entry.day = dayFor(entry.recordTime, least);
        const std::int64_t last = batch.day ? batch.day->lastSequence : 0;
        entry.sequence = last + 1;
        if (!batch.day || entry.day != batch.day->day) {
            if (batch.day && batch.day->seal.empty()) {
                PH_RETURN_IF_ERROR(closeDay(transaction, batch));
            }
            for (int ahead = 0; ahead <= kDaysAhead; ++ahead) {
                PH_RETURN_IF_ERROR(m_store.makeDay(transaction, entry.day + ahead));
            }
            batch.day = ChainDay{entry.day, entry.sequence, entry.sequence, {}, {}, false};
        }
        entry.hash = hashOf(entry, batch.previous);
        batch.previous = entry.hash;
        batch.day->lastSequence = entry.sequence;
        batch.day->lastHash = entry.hash;
        batch.firstRecorded = std::min(batch.firstRecorded, entry.recordTime);
        batch.lastRecorded = std::max(batch.lastRecorded, entry.recordTime);
        batch.isChanged = true;
        const absl::CivilHour hour = absl::ToCivilHour(entry.recordTime, absl::UTCTimeZone());
        ++batch.counts[{
            absl::FromCivil(hour, absl::UTCTimeZone()),
            entry.entry.actor.name,
            entry.entry.action,
            entry.entry.outcome}];
    }
    if (batch.entries.empty()) {
        return absl::OkStatus();
    }
    PH_RETURN_IF_ERROR(
        m_store.writeDay(transaction, *batch.day, batch.firstRecorded, batch.lastRecorded));
    std::vector<HourCount> hours;
    for (const auto& [key, entries] : batch.counts) {
        const auto& [hour, actor, action, outcome] = key;
        hours.push_back({hour, actor, action, outcome, entries});
    }
    PH_RETURN_IF_ERROR(m_store.move(transaction, batch.entries));
    return m_store.count(transaction, hours);
}

absl::Status ChainWriter::closeDay(postgres::Transaction& transaction, Batch& batch) const
{
    ChainDay& day = *batch.day;
    if (batch.isChanged) {
        PH_RETURN_IF_ERROR(
            m_store.writeDay(transaction, day, batch.firstRecorded, batch.lastRecorded));
        batch.firstRecorded = absl::InfiniteFuture();
        batch.lastRecorded = absl::InfinitePast();
        batch.isChanged = false;
    }
    PH_ASSIGN_OR_RETURN(const std::string before, m_store.sealBefore(transaction, day.day));
    day.seal = sealOf(day, before.empty() ? noHash() : before);
    batch.previous = day.seal;
    PH_RETURN_IF_ERROR(m_store.sealDay(transaction, day));
    // In the log too: a copy outside of the database that whoever rewrites the chain does not have.
    spdlog::info(
        "audit: {} sealed at entry {} with {}",
        dayText(day.day),
        day.lastSequence,
        absl::BytesToHexString(day.seal));
    return absl::OkStatus();
}

void ChainWriter::start(std::function<void(const Step&)> listener)
{
    m_thread = std::thread([this, listener = std::move(listener)] { run(listener); });
}

void ChainWriter::run(const std::function<void(const Step&)>& listener)
{
    absl::Duration pause = absl::ZeroDuration();
    std::int64_t head = -1;
    while (waitForWork(pause)) {
        const auto done = step(absl::Now() + kStepLimit);
        setState(done.status());
        if (!done.ok()) {
            pause = kLongestPause;
            continue;
        }
        if (done->head != head || !done->chained.empty()) {
            head = done->head;
            listener(*done);
        }
        if (done->isFull) {
            pause = absl::ZeroDuration();
        } else if (!done->chained.empty()) {
            pause = kFirstPause;
        } else {
            pause = std::clamp(pause * 2, kFirstPause, kLongestPause);
        }
    }
    if (const auto last = step(absl::Now() + kLastLimit); last.ok() && !last->chained.empty()) {
        listener(*last);
    }
}

bool ChainWriter::waitForWork(absl::Duration pause)
{
    std::unique_lock lock(m_mutex);
    // Woken during a long pause it looks soon, but never without any: a burst shares a commit.
    const auto until = [&](absl::Duration wait) {
        return std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(wait);
    };
    m_changed.wait_until(lock, until(pause), [this] { return m_isWoken || m_isStopping; });
    if (m_isWoken && pause > absl::ZeroDuration()) {
        m_changed.wait_until(lock, until(kFirstPause), [this] { return m_isStopping; });
    }
    m_isWoken = false;
    return !m_isStopping;
}

void ChainWriter::wake()
{
    const std::lock_guard lock(m_mutex);
    m_isWoken = true;
    m_changed.notify_one();
}

void ChainWriter::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
        m_changed.notify_one();
    }
    if (m_thread.joinable()) {
        m_thread.join();
    }
}

void ChainWriter::setState(const absl::Status& status)
{
    const std::lock_guard lock(m_mutex);
    if (status.code() != m_state.code()) {
        if (status.ok()) {
            spdlog::info("audit: entries are chained again");
        } else {
            spdlog::warn("audit: entries wait to be chained: {}", describe(status));
        }
    }
    m_state = status;
}

absl::Status ChainWriter::state() const
{
    const std::lock_guard lock(m_mutex);
    return m_state;
}

} // namespace pilothouse::audit
