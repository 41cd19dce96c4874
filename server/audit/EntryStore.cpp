// SPDX-License-Identifier: Apache-2.0
#include "server/audit/EntryStore.h"

#include "server/audit/ChainStore.h"
#include "shared/base/StatusHelpers.h"

#include <absl/strings/str_cat.h>

namespace pilothouse::audit {

namespace {

using postgres::Param;
using postgres::Params;
using postgres::Row;
using postgres::Statement;

// What is wanted besides the range. A condition that is not wanted is the empty text.
#define PH_AUDIT_FILTERS                                                                           \
    "AND recorded_at >= $3::timestamptz AND recorded_at < $4::timestamptz "                        \
    "AND ($5::text = '' OR actor = $5::text) "                                                     \
    "AND ($6::text = '' OR action = $6::text) "                                                    \
    "AND ($7::text = '' OR starts_with(action, $7::text)) "                                        \
    "AND ($8::text = '' OR target = $8::text) "                                                    \
    "AND ($9::text = '' OR starts_with(target, $9::text)) "                                        \
    "AND ($10::text = '{}' OR outcome = ANY ($10::text[])) "                                       \
    "AND ($11::text = '' OR concat_ws(E'\\n', actor, action, target, reason, message, "            \
    "request_id) ILIKE $11::text) "
// Sequences have no gaps and days follow each other, so a range of sequences is a range of days:
// the two subqueries are evaluated once and leave out all other partitions.
#define PH_AUDIT_MATCHES                                                                           \
    "day >= (SELECT min(day) FROM pilothouse.audit_days WHERE last_sequence >= $1::bigint) "       \
    "AND day <= (SELECT max(day) FROM pilothouse.audit_days WHERE first_sequence <= $2::bigint) "  \
    "AND sequence BETWEEN $1::bigint AND $2::bigint " PH_AUDIT_FILTERS

constexpr Statement kHead{
    "audit.head", "SELECT coalesce(max(last_sequence), 0) AS head FROM pilothouse.audit_days"};
constexpr Statement kRange{
    "audit.range",
    "SELECT coalesce(min(first_sequence), 1) AS first, coalesce(max(last_sequence), 0) AS last "
    "FROM pilothouse.audit_days WHERE dropped_at IS NULL "
    "AND last_recorded_at >= $1 AND first_recorded_at < $2"};
constexpr Statement kNewest{
    "audit.newest",
    "SELECT sequence, day, recorded_at, actor, roles, action, target, before, after, plan_digest, "
    "reason, source, request_id, trace_id, outcome, message, hash FROM pilothouse.audit_entries "
    "WHERE " PH_AUDIT_MATCHES "ORDER BY day DESC, sequence DESC LIMIT $12"};
/// By target there is an index; what stands in the list above would hide it from the planner.
constexpr Statement kNewestOfTarget{
    "audit.newest_of_target",
    "SELECT sequence, day, recorded_at, actor, roles, action, target, before, after, plan_digest, "
    "reason, source, request_id, trace_id, outcome, message, hash FROM pilothouse.audit_entries "
    "WHERE target = $8 AND " PH_AUDIT_MATCHES "ORDER BY day DESC, sequence DESC LIMIT $12"};
constexpr Statement kFind{
    "audit.find",
    "SELECT sequence, day, recorded_at, actor, roles, action, target, before, after, plan_digest, "
    "reason, source, request_id, trace_id, outcome, message, hash FROM pilothouse.audit_entries "
    "WHERE sequence = $1 AND day = (SELECT day FROM pilothouse.audit_days "
    "WHERE first_sequence <= $1 AND last_sequence >= $1)"};
constexpr Statement kEndOfDay{
    "audit.end_of_day",
    "SELECT last_sequence FROM pilothouse.audit_days WHERE first_sequence <= $1 "
    "AND last_sequence >= $1"};
/// Of one day: only so does the key's index begin where the range does. A day may have a million
/// entries, which an export walks through in a few hundred pieces.
constexpr Statement kCopy{
    "audit.copy",
    "SELECT sequence, recorded_at, actor, array_to_string(roles, ' '), action, target, before, "
    "after, plan_digest, reason, source, request_id, trace_id, outcome, message, day, "
    "encode(hash, 'hex') FROM pilothouse.audit_entries "
    "WHERE day = (SELECT day FROM pilothouse.audit_days WHERE first_sequence <= $1::bigint "
    "AND last_sequence >= $1::bigint) AND sequence BETWEEN $1::bigint AND "
    "$2::bigint " PH_AUDIT_FILTERS "ORDER BY sequence"};
constexpr Statement kActivity{
    "audit.activity",
    "SELECT hour, actor, action, outcome, entries FROM pilothouse.audit_hourly "
    "WHERE hour >= $1 AND hour < $2 AND ($3::text = '' OR actor = $3) "
    "AND ($4::text = '' OR action = $4) AND ($5::text = '' OR starts_with(action, $5)) "
    "ORDER BY hour DESC, entries DESC, actor, action, outcome LIMIT $6"};

#undef PH_AUDIT_MATCHES
#undef PH_AUDIT_FILTERS

/// The text as a pattern of LIKE that finds it anywhere.
std::string likePattern(const std::string& text)
{
    if (text.empty()) {
        return {};
    }
    std::string pattern = "%";
    for (const char letter : text) {
        if (letter == '%' || letter == '_' || letter == '\\') {
            pattern.push_back('\\');
        }
        pattern.push_back(letter);
    }
    return pattern + "%";
}

void addPattern(Params& params, const std::string& text)
{
    const Pattern pattern = patternOf(text);
    params.emplace_back(pattern.isPrefix ? std::string() : pattern.text);
    params.emplace_back(pattern.isPrefix ? pattern.text : std::string());
}

Params paramsOf(const Filter& filter, const Range& range)
{
    Params params = {range.first, range.last, filter.start, filter.end, filter.actor};
    addPattern(params, filter.action);
    addPattern(params, filter.target);
    std::vector<std::string> outcomes;
    for (const Outcome outcome : filter.outcomes) {
        outcomes.emplace_back(outcomeText(outcome));
    }
    params.emplace_back(outcomes);
    params.emplace_back(likePattern(filter.text));
    return params;
}

} // namespace

absl::StatusOr<std::int64_t> EntryStore::head(Transaction& transaction) const
{
    PH_ASSIGN_OR_RETURN(const auto head, transaction.queryOne(kHead, {}, [](const Row& row) {
        return row.integer("head");
    }));
    return head.value_or(0);
}

absl::StatusOr<Range> EntryStore::rangeOf(Transaction& transaction, const Filter& filter) const
{
    PH_ASSIGN_OR_RETURN(
        const auto range,
        transaction.queryOne(kRange, {filter.start, filter.end}, [](const Row& row) {
            return Range{row.integer("first"), row.integer("last")};
        }));
    return range.value_or(Range{});
}

absl::StatusOr<std::vector<ChainedEntry>> EntryStore::newest(
    Transaction& transaction, const Filter& filter, const Range& range, int limit) const
{
    Params params = paramsOf(filter, range);
    params.emplace_back(limit);
    const bool isByTarget = !filter.target.empty() && !patternOf(filter.target).isPrefix;
    return transaction.query(isByTarget ? kNewestOfTarget : kNewest, params, ChainStore::readEntry);
}

absl::StatusOr<std::optional<ChainedEntry>> EntryStore::find(
    Transaction& transaction, std::int64_t sequence) const
{
    return transaction.queryOne(kFind, {sequence}, ChainStore::readEntry);
}

absl::StatusOr<std::int64_t> EntryStore::endOfDay(
    Transaction& transaction, std::int64_t sequence) const
{
    PH_ASSIGN_OR_RETURN(
        const auto last, transaction.queryOne(kEndOfDay, {sequence}, [](const Row& row) {
            return row.integer("last_sequence");
        }));
    return last.value_or(sequence);
}

absl::Status EntryStore::copy(
    Transaction& transaction,
    const Filter& filter,
    const Range& range,
    const std::function<bool(std::string_view)>& take) const
{
    return transaction.copyLines(kCopy, paramsOf(filter, range), take);
}

absl::StatusOr<std::vector<ActivityHour>> EntryStore::activity(
    Transaction& transaction, const Hours& hours, int limit) const
{
    Params params = {hours.start, hours.end, hours.actor};
    addPattern(params, hours.action);
    params.emplace_back(limit);
    return transaction.query(kActivity, params, [](const Row& row) {
        return ActivityHour{
            row.time("hour"),
            row.text("actor"),
            row.text("action"),
            parseOutcome(row.text("outcome")).value_or(Outcome::Failed),
            row.integer("entries")};
    });
}

} // namespace pilothouse::audit
