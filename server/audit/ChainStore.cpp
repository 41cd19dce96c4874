// SPDX-License-Identifier: Apache-2.0
#include "server/audit/ChainStore.h"

#include "shared/base/StatusHelpers.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>

namespace pilothouse::audit {

namespace {

using postgres::Row;
using postgres::Statement;

/// "audit" in ASCII: one number that no other lock of the server has.
constexpr Statement kLock{"audit.lock", "SELECT pg_advisory_xact_lock(418498210164)"};
constexpr Statement kNow{"audit.now", "SELECT clock_timestamp() AS now"};
constexpr Statement kNewestDay{
    "audit.newest_day",
    "SELECT day, first_sequence, last_sequence, last_hash, seal, dropped_at IS NOT NULL AS dropped "
    "FROM pilothouse.audit_days ORDER BY day DESC LIMIT 1"};
constexpr Statement kDays{
    "audit.days",
    "SELECT day, first_sequence, last_sequence, last_hash, seal, dropped_at IS NOT NULL AS dropped "
    "FROM pilothouse.audit_days WHERE day >= $1 ORDER BY day"};
constexpr Statement kSealBefore{
    "audit.seal_before",
    "SELECT seal FROM pilothouse.audit_days WHERE day < $1 ORDER BY day DESC LIMIT 1"};
constexpr Statement kPending{
    "audit.pending",
    "SELECT id, recorded_at, actor, roles, action, target, before, after, plan_digest, reason, "
    "source, request_id, trace_id, outcome, message FROM pilothouse.audit_pending "
    "ORDER BY id LIMIT $1"};
constexpr Statement kMakeDay{"audit.make_day", "SELECT pilothouse.audit_make_day($1)"};
constexpr Statement kWriteDay{
    "audit.write_day",
    "INSERT INTO pilothouse.audit_days AS kept (day, first_sequence, last_sequence, last_hash, "
    "first_recorded_at, last_recorded_at) VALUES ($1, $2, $3, $4, $5, $6) "
    "ON CONFLICT (day) DO UPDATE SET last_sequence = excluded.last_sequence, "
    "last_hash = excluded.last_hash, "
    "first_recorded_at = least(kept.first_recorded_at, excluded.first_recorded_at), "
    "last_recorded_at = greatest(kept.last_recorded_at, excluded.last_recorded_at)"};
constexpr Statement kSealDay{
    "audit.seal_day",
    "UPDATE pilothouse.audit_days SET seal = $2, sealed_at = clock_timestamp() WHERE day = $1"};
constexpr Statement kMove{
    "audit.move",
    "WITH moved AS (DELETE FROM pilothouse.audit_pending WHERE id = ANY ($1::bigint[]) RETURNING "
    "*) "
    "INSERT INTO pilothouse.audit_entries (day, sequence, recorded_at, actor, roles, action, "
    "target, "
    "before, after, plan_digest, reason, source, request_id, trace_id, outcome, message, hash) "
    "SELECT place.day, place.sequence, recorded_at, actor, roles, action, target, before, after, "
    "plan_digest, reason, source, request_id, trace_id, outcome, message, place.hash "
    "FROM unnest($1::bigint[], $2::bigint[], $3::date[], $4::bytea[]) "
    "AS place (id, sequence, day, hash) JOIN moved USING (id)"};
constexpr Statement kCount{
    "audit.count",
    "INSERT INTO pilothouse.audit_hourly AS kept (hour, actor, action, outcome, entries) "
    "SELECT * FROM unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::bigint[]) "
    "ON CONFLICT (hour, actor, action, outcome) "
    "DO UPDATE SET entries = kept.entries + excluded.entries"};
constexpr Statement kEntriesOf{
    "audit.entries_of_day",
    "SELECT sequence, day, recorded_at, actor, roles, action, target, before, after, plan_digest, "
    "reason, source, request_id, trace_id, outcome, message, hash FROM pilothouse.audit_entries "
    "WHERE day = $1 AND sequence > $2 ORDER BY sequence LIMIT $3"};
constexpr Statement kStray{
    "audit.stray",
    "SELECT sequence, day, recorded_at, actor, roles, action, target, before, after, plan_digest, "
    "reason, source, request_id, trace_id, outcome, message, hash "
    "FROM pilothouse.audit_entries e WHERE NOT EXISTS (SELECT 1 FROM pilothouse.audit_days d "
    "WHERE d.day = e.day AND e.sequence BETWEEN d.first_sequence AND d.last_sequence) LIMIT 1"};
constexpr Statement kDropDay{"audit.drop_day", "SELECT pilothouse.audit_drop_day($1)"};
constexpr Statement kDropHours{
    "audit.drop_hours", "DELETE FROM pilothouse.audit_hourly WHERE hour < $1"};

ChainDay readDay(const Row& row)
{
    ChainDay day;
    day.day = dayOf(row.text("day"));
    day.firstSequence = row.integer("first_sequence");
    day.lastSequence = row.integer("last_sequence");
    day.lastHash = row.bytes("last_hash");
    day.seal = row.isNull("seal") ? std::string() : row.bytes("seal");
    day.isDropped = row.boolean("dropped");
    return day;
}

Entry readContent(const Row& row)
{
    Entry entry;
    entry.actor.name = row.text("actor");
    entry.actor.roles = row.textList("roles");
    entry.actor.source = row.text("source");
    entry.actor.requestId = row.text("request_id");
    entry.actor.traceId = row.text("trace_id");
    entry.action = row.text("action");
    entry.target = row.text("target");
    entry.before = row.text("before");
    entry.after = row.text("after");
    entry.planDigest = row.text("plan_digest");
    entry.reason = row.text("reason");
    // What is no outcome was put there from outside; its hash will not match.
    entry.outcome = parseOutcome(row.text("outcome")).value_or(Outcome::Failed);
    entry.message = row.text("message");
    return entry;
}

} // namespace

std::string dayText(absl::CivilDay day)
{
    return absl::FormatCivilTime(day);
}

absl::CivilDay dayOf(const std::string& text)
{
    absl::CivilDay day;
    absl::ParseCivilTime(text, &day);
    return day;
}

ChainedEntry ChainStore::readEntry(const Row& row)
{
    ChainedEntry entry;
    entry.sequence = row.integer("sequence");
    entry.day = dayOf(row.text("day"));
    entry.recordTime = row.time("recorded_at");
    entry.entry = readContent(row);
    entry.hash = row.bytes("hash");
    return entry;
}

absl::Status ChainStore::lock(Transaction& transaction) const
{
    return transaction.execute(kLock).status();
}

absl::StatusOr<absl::Time> ChainStore::now(Transaction& transaction) const
{
    PH_ASSIGN_OR_RETURN(const auto now, transaction.queryOne(kNow, {}, [](const Row& row) {
        return row.time("now");
    }));
    return now.value_or(absl::InfinitePast());
}

absl::StatusOr<std::optional<ChainDay>> ChainStore::newestDay(Transaction& transaction) const
{
    return transaction.queryOne(kNewestDay, {}, readDay);
}

absl::StatusOr<std::string> ChainStore::sealBefore(
    Transaction& transaction, absl::CivilDay day) const
{
    PH_ASSIGN_OR_RETURN(
        auto seal, transaction.queryOne(kSealBefore, {dayText(day)}, [](const Row& row) {
            return row.isNull("seal") ? std::string() : row.bytes("seal");
        }));
    return std::move(seal).value_or(std::string());
}

absl::StatusOr<std::vector<ChainDay>> ChainStore::days(
    Transaction& transaction, absl::CivilDay from) const
{
    return transaction.query(kDays, {dayText(from)}, readDay);
}

absl::StatusOr<std::vector<PendingEntry>> ChainStore::pending(
    Transaction& transaction, int limit) const
{
    return transaction.query(kPending, {limit}, [](const Row& row) {
        PendingEntry pending;
        pending.id = row.integer("id");
        pending.entry.recordTime = row.time("recorded_at");
        pending.entry.entry = readContent(row);
        return pending;
    });
}

absl::Status ChainStore::makeDay(Transaction& transaction, absl::CivilDay day) const
{
    return transaction.execute(kMakeDay, {dayText(day)}).status();
}

absl::Status ChainStore::writeDay(
    Transaction& transaction,
    const ChainDay& day,
    absl::Time firstRecorded,
    absl::Time lastRecorded) const
{
    return transaction
        .execute(
            kWriteDay,
            {dayText(day.day),
             day.firstSequence,
             day.lastSequence,
             postgres::Param::bytes(day.lastHash),
             firstRecorded,
             lastRecorded})
        .status();
}

absl::Status ChainStore::sealDay(Transaction& transaction, const ChainDay& day) const
{
    return transaction.execute(kSealDay, {dayText(day.day), postgres::Param::bytes(day.seal)})
        .status();
}

absl::Status ChainStore::move(
    Transaction& transaction, const std::vector<PendingEntry>& entries) const
{
    std::vector<std::string> ids;
    std::vector<std::string> sequences;
    std::vector<std::string> days;
    std::vector<std::string> hashes;
    for (const PendingEntry& pending : entries) {
        ids.push_back(std::to_string(pending.id));
        sequences.push_back(std::to_string(pending.entry.sequence));
        days.push_back(dayText(pending.entry.day));
        hashes.push_back(absl::StrCat("\\x", absl::BytesToHexString(pending.entry.hash)));
    }
    PH_ASSIGN_OR_RETURN(
        const std::int64_t moved, transaction.execute(kMove, {ids, sequences, days, hashes}));
    if (moved != static_cast<std::int64_t>(entries.size())) {
        return absl::AbortedError(absl::StrCat(
            "only ", moved, " of ", entries.size(), " audit entries were still there"));
    }
    return absl::OkStatus();
}

absl::Status ChainStore::count(Transaction& transaction, const std::vector<HourCount>& hours) const
{
    std::vector<std::string> starts;
    std::vector<std::string> actors;
    std::vector<std::string> actions;
    std::vector<std::string> outcomes;
    std::vector<std::string> entries;
    for (const HourCount& hour : hours) {
        starts.push_back(postgres::Param(hour.hour).text().value_or(std::string()));
        actors.push_back(hour.actor);
        actions.push_back(hour.action);
        outcomes.emplace_back(outcomeText(hour.outcome));
        entries.push_back(std::to_string(hour.entries));
    }
    return transaction.execute(kCount, {starts, actors, actions, outcomes, entries}).status();
}

absl::StatusOr<std::vector<ChainedEntry>> ChainStore::entriesOf(
    Transaction& transaction, absl::CivilDay day, std::int64_t after, int limit) const
{
    return transaction.query(kEntriesOf, {dayText(day), after, limit}, readEntry);
}

absl::StatusOr<std::optional<ChainedEntry>> ChainStore::strayEntry(Transaction& transaction) const
{
    return transaction.queryOne(kStray, {}, readEntry);
}

absl::Status ChainStore::dropDay(Transaction& transaction, absl::CivilDay day) const
{
    return transaction.execute(kDropDay, {dayText(day)}).status();
}

absl::StatusOr<std::int64_t> ChainStore::dropHoursBefore(
    Transaction& transaction, absl::Time time) const
{
    return transaction.execute(kDropHours, {time});
}

} // namespace pilothouse::audit
