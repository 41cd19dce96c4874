// SPDX-License-Identifier: Apache-2.0
#include "server/scaling/ScalingStore.h"

#include "shared/base/StatusHelpers.h"
#include "shared/base/proto/JsonProto.h"
#include "shared/scaling/proto/ScalingProto.h"

#include <absl/strings/numbers.h>
#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::scaling {

namespace {

using postgres::Row;
using postgres::Statement;

/// Of each policy, whichever is reached first.
constexpr absl::Duration kKeptFor = absl::Hours(24 * 30);
constexpr int kMostKept = 10'000;
/// More than any window holds at the shortest usual interval.
constexpr int kMostRestored = 1'000;

constexpr Statement kAll{
    "scaling.all",
    "SELECT name, look, problem, paused_by, pause_reason, paused_at"
    " FROM pilothouse.scaling_policies"};
constexpr Statement kProvide{
    "scaling.provide",
    "INSERT INTO pilothouse.scaling_policies (name) VALUES ($1) ON CONFLICT DO NOTHING"};
constexpr Statement kLock{
    "scaling.lock",
    "SELECT name, look, problem, paused_by, pause_reason, paused_at"
    " FROM pilothouse.scaling_policies WHERE name = $1 FOR UPDATE"};
constexpr Statement kSetLook{
    "scaling.set_look",
    "UPDATE pilothouse.scaling_policies SET looked_at = $2, look = $3, problem = $4"
    " WHERE name = $1"};
constexpr Statement kSetPause{
    "scaling.set_pause",
    "UPDATE pilothouse.scaling_policies SET paused_by = $2, pause_reason = $3, paused_at = $4"
    " WHERE name = $1"};
constexpr Statement kAdd{
    "scaling.add",
    "INSERT INTO pilothouse.scaling_decisions (policy, decided_at, current, asked, recommended,"
    " decision, act, message, acted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id"};
constexpr Statement kForget{
    "scaling.forget",
    "DELETE FROM pilothouse.scaling_decisions WHERE policy = $1 AND act <> 'pending'"
    " AND (decided_at < clock_timestamp() - $2::interval OR id <= (SELECT id"
    " FROM pilothouse.scaling_decisions WHERE policy = $1 ORDER BY id DESC OFFSET $3 LIMIT 1))"};
constexpr Statement kFinish{
    "scaling.finish",
    "UPDATE pilothouse.scaling_decisions SET act = $2, message = $3, acted_at = $4 WHERE id = $1"};

#define PH_DECISION "SELECT id, policy, decision, act, message, acted_at"
constexpr Statement kList{
    "scaling.list",
    PH_DECISION " FROM pilothouse.scaling_decisions WHERE ($1 = '' OR policy = $1)"
                " AND ($2 = 0 OR id < $2) ORDER BY id DESC LIMIT $3"};
constexpr Statement kNewest{
    "scaling.newest",
    PH_DECISION " FROM pilothouse.scaling_decisions WHERE id IN (SELECT (SELECT max(d.id)"
                " FROM pilothouse.scaling_decisions d WHERE d.policy = p.name)"
                " FROM pilothouse.scaling_policies p)"};
constexpr Statement kSince{
    "scaling.since",
    PH_DECISION " FROM pilothouse.scaling_decisions WHERE policy = $1 AND id >= coalesce("
                "(SELECT max(id) FROM pilothouse.scaling_decisions"
                " WHERE policy = $1 AND decided_at <= $2), 0) ORDER BY id DESC LIMIT $3"};
#undef PH_DECISION

Decision decisionIn(const std::string& text)
{
    v1::ScalingDecision message;
    return fromJson(text, message).ok() ? fromProto(message) : Decision{};
}

StoredPolicy policyIn(const Row& row)
{
    StoredPolicy stored;
    stored.name = row.text("name");
    if (const std::string look = row.text("look"); !look.empty()) {
        stored.last = decisionIn(look);
    }
    stored.problem = row.text("problem");
    if (const auto time = row.timeOrNull("paused_at")) {
        stored.pause = Pause{row.text("paused_by"), row.text("pause_reason"), *time};
    }
    return stored;
}

Record recordIn(const Row& row)
{
    return {
        std::to_string(row.integer("id")),
        row.text("policy"),
        decisionIn(row.text("decision")),
        actOf(row.text("act")),
        row.text("message"),
        row.timeOrNull("acted_at").value_or(absl::InfinitePast())};
}

std::optional<absl::Time> timeOrNull(absl::Time time)
{
    return time == absl::InfinitePast() ? std::nullopt : std::optional(time);
}

} // namespace

absl::StatusOr<std::vector<StoredPolicy>> ScalingStore::all(Transaction& transaction) const
{
    return transaction.query(kAll, {}, policyIn);
}

absl::StatusOr<StoredPolicy> ScalingStore::lock(
    Transaction& transaction, const std::string& policy) const
{
    PH_RETURN_IF_ERROR(transaction.execute(kProvide, {policy}).status());
    PH_ASSIGN_OR_RETURN(auto stored, transaction.queryOne(kLock, {policy}, policyIn));
    if (!stored) {
        return absl::AbortedError(fmt::format("the row of policy {} has gone", policy));
    }
    return *std::move(stored);
}

absl::Status ScalingStore::setLook(
    Transaction& transaction,
    const std::string& policy,
    const Decision& decision,
    const std::string& problem) const
{
    return transaction
        .execute(kSetLook, {policy, decision.time, toJson(toProto(decision)), problem})
        .status();
}

absl::Status ScalingStore::setPause(
    Transaction& transaction, const std::string& policy, const std::optional<Pause>& pause) const
{
    const Pause nothing;
    const Pause& shown = pause ? *pause : nothing;
    return transaction.execute(kSetPause, {policy, shown.by, shown.reason, timeOrNull(shown.time)})
        .status();
}

absl::StatusOr<std::string> ScalingStore::add(Transaction& transaction, const Record& record) const
{
    const Decision& decision = record.decision;
    PH_ASSIGN_OR_RETURN(
        const auto id,
        transaction.queryOne(
            kAdd,
            {record.policy,
             decision.time,
             decision.count.wanted,
             decision.asked,
             decision.recommended,
             toJson(toProto(decision)),
             actName(record.act),
             record.message,
             timeOrNull(record.actTime)},
            [](const Row& row) { return std::to_string(row.integer("id")); }));
    PH_RETURN_IF_ERROR(transaction.execute(kForget, {record.policy, kKeptFor, kMostKept}).status());
    return id.value_or(std::string());
}

absl::Status ScalingStore::finish(
    Transaction& transaction,
    const std::string& id,
    Act act,
    const std::string& message,
    absl::Time time) const
{
    std::int64_t number = 0;
    if (!absl::SimpleAtoi(id, &number)) {
        return absl::InternalError(fmt::format("'{}' is no decision's id", id));
    }
    return transaction.execute(kFinish, {number, actName(act), message, timeOrNull(time)}).status();
}

absl::StatusOr<std::vector<Record>> ScalingStore::list(
    Transaction& transaction, const std::string& policy, std::int64_t before, int limit) const
{
    return transaction.query(kList, {policy, before, limit}, recordIn);
}

absl::StatusOr<std::vector<Record>> ScalingStore::newest(Transaction& transaction) const
{
    return transaction.query(kNewest, {}, recordIn);
}

absl::StatusOr<std::vector<Record>> ScalingStore::since(
    Transaction& transaction, const std::string& policy, absl::Time time) const
{
    PH_ASSIGN_OR_RETURN(
        auto records, transaction.query(kSince, {policy, time, kMostRestored}, recordIn));
    std::ranges::reverse(records);
    return records;
}

} // namespace pilothouse::scaling
