// SPDX-License-Identifier: Apache-2.0
#include "server/plans/PlanStore.h"

#include "shared/base/StatusHelpers.h"
#include "shared/base/proto/JsonProto.h"
#include "shared/plans/proto/PlansProto.h"

namespace pilothouse::plans {

namespace {

using postgres::Row;
using postgres::Statement;

constexpr Statement kKeepPlan{
    "plans.keep_plan",
    "INSERT INTO pilothouse.plans (digest, operator_name, plan, expires_at) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (digest, operator_name) DO UPDATE SET plan = EXCLUDED.plan,"
    " expires_at = EXCLUDED.expires_at"};
constexpr Statement kShownPlan{
    "plans.shown_plan",
    "SELECT plan FROM pilothouse.plans"
    " WHERE digest = $1 AND operator_name = $2 AND expires_at > $3"};
constexpr Statement kTakeLease{
    "plans.take_lease",
    "INSERT INTO pilothouse.write_leases AS held (operator_name, reason, started_at, expires_at)"
    " VALUES ($1, $2, $3, $4) ON CONFLICT (operator_name) DO UPDATE SET reason = EXCLUDED.reason,"
    " expires_at = EXCLUDED.expires_at, started_at = CASE WHEN held.expires_at > "
    "EXCLUDED.started_at"
    " THEN held.started_at ELSE EXCLUDED.started_at END"
    " RETURNING operator_name, reason, started_at, expires_at"};
constexpr Statement kHoldLease{
    "plans.hold_lease",
    "SELECT operator_name, reason, started_at, expires_at FROM pilothouse.write_leases"
    " WHERE operator_name = $1 AND expires_at > $2 FOR SHARE"};
constexpr Statement kEndLease{
    "plans.end_lease", "DELETE FROM pilothouse.write_leases WHERE operator_name = $1"};
constexpr Statement kLeases{
    "plans.leases",
    "SELECT operator_name, reason, started_at, expires_at FROM pilothouse.write_leases"
    " WHERE expires_at > $1 ORDER BY operator_name LIMIT 1000"};
constexpr Statement kRemovePlans{
    "plans.remove_plans", "DELETE FROM pilothouse.plans WHERE expires_at <= $1"};
constexpr Statement kRemoveLeases{
    "plans.remove_leases",
    "DELETE FROM pilothouse.write_leases WHERE expires_at <= $1"
    " RETURNING operator_name, reason, started_at, expires_at"};

Lease readLease(const Row& row)
{
    return {
        row.text("operator_name"),
        row.text("reason"),
        row.time("started_at"),
        row.time("expires_at")};
}

} // namespace

absl::Status PlanStore::keepPlan(
    Transaction& transaction, const std::string& operatorName, const Plan& plan) const
{
    return transaction
        .execute(kKeepPlan, {plan.digest, operatorName, toJson(toProto(plan)), plan.expireTime})
        .status();
}

absl::StatusOr<std::optional<Plan>> PlanStore::shownPlan(
    Transaction& transaction,
    const std::string& operatorName,
    const std::string& digest,
    absl::Time now) const
{
    PH_ASSIGN_OR_RETURN(
        const auto text,
        transaction.queryOne(kShownPlan, {digest, operatorName, now}, [](const Row& row) {
            return row.text("plan");
        }));
    if (!text) {
        return std::nullopt;
    }
    v1::Plan plan;
    PH_RETURN_IF_ERROR(fromJson(*text, plan));
    return fromProto(plan);
}

absl::StatusOr<Lease> PlanStore::takeLease(Transaction& transaction, const Lease& lease) const
{
    PH_ASSIGN_OR_RETURN(
        const auto taken,
        transaction.queryOne(
            kTakeLease,
            {lease.operatorName, lease.reason, lease.startTime, lease.expireTime},
            readLease));
    return taken.value_or(lease);
}

absl::StatusOr<std::optional<Lease>> PlanStore::holdLease(
    Transaction& transaction, const std::string& operatorName, absl::Time now) const
{
    return transaction.queryOne(kHoldLease, {operatorName, now}, readLease);
}

absl::StatusOr<bool> PlanStore::endLease(
    Transaction& transaction, const std::string& operatorName) const
{
    PH_ASSIGN_OR_RETURN(const auto ended, transaction.execute(kEndLease, {operatorName}));
    return ended > 0;
}

absl::StatusOr<std::vector<Lease>> PlanStore::leases(Transaction& transaction, absl::Time now) const
{
    return transaction.query(kLeases, {now}, readLease);
}

absl::StatusOr<std::vector<Lease>> PlanStore::removeEnded(
    Transaction& transaction, absl::Time now) const
{
    PH_RETURN_IF_ERROR(transaction.execute(kRemovePlans, {now}).status());
    return transaction.query(kRemoveLeases, {now}, readLease);
}

} // namespace pilothouse::plans
