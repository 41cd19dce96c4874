// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/RolloutStore.h"

#include "shared/base/StatusHelpers.h"
#include "shared/base/proto/JsonProto.h"
#include "shared/rollouts/proto/RolloutsProto.h"

#include <absl/strings/numbers.h>
#include <fmt/format.h>

namespace pilothouse::rollouts {

namespace {

using postgres::Row;
using postgres::Statement;

constexpr Statement kProvide{
    "rollouts.provide",
    "INSERT INTO pilothouse.rollout_applications (name, active, realm) VALUES ($1, $2, $3)"
    " ON CONFLICT (name) DO NOTHING"};
constexpr Statement kDesired{
    "rollouts.desired", "SELECT name, active, realm FROM pilothouse.rollout_applications"};
constexpr Statement kLock{
    "rollouts.lock",
    "SELECT name, active, realm FROM pilothouse.rollout_applications WHERE name = $1 FOR UPDATE"};
constexpr Statement kSetActive{
    "rollouts.set_active",
    "UPDATE pilothouse.rollout_applications SET active = $2, updated_at = clock_timestamp()"
    " WHERE name = $1"};
constexpr Statement kAdd{
    "rollouts.add",
    "INSERT INTO pilothouse.rollouts (application, revision, description, stable, candidate, step,"
    " created_by, created_at, step_at, message)"
    " SELECT $1, $2, $3, $4, $5, $6, $7, $8, $8, $9 WHERE NOT EXISTS (SELECT 1 FROM"
    " pilothouse.rollouts WHERE application = $1 AND finished_at IS NULL) RETURNING id"};
constexpr Statement kUpdate{
    "rollouts.update",
    "UPDATE pilothouse.rollouts SET step = $3, paused = $4, step_at = $5, promoted_by = $6,"
    " promoted_at = $7, switched_at = $8, warm_until = $9, finished_at = $10, message = $11,"
    " verdict = $12, evidence = $13::text[], override_reason = $14, candidate_percent = $15,"
    " approved_servers = $16, generation = generation + 1"
    " WHERE id = $1 AND generation = $2"};

#define PH_ROLLOUT                                                                                 \
    "SELECT id, application, revision, description, stable, candidate, step, paused, generation,"  \
    " created_by, created_at, step_at, promoted_by, promoted_at, switched_at, warm_until,"         \
    " finished_at, message, verdict, evidence, override_reason, candidate_percent,"                \
    " approved_servers FROM pilothouse.rollouts "

constexpr Statement kOpen{
    "rollouts.open", PH_ROLLOUT "WHERE application = $1 AND finished_at IS NULL"};
constexpr Statement kFind{"rollouts.find", PH_ROLLOUT "WHERE id = $1"};
constexpr Statement kNewest{
    "rollouts.newest",
    PH_ROLLOUT "WHERE id IN (SELECT (SELECT max(r.id) FROM pilothouse.rollouts r"
               " WHERE r.application = a.name) FROM pilothouse.rollout_applications a)"};
constexpr Statement kList{
    "rollouts.list",
    PH_ROLLOUT "WHERE ($1 = '' OR application = $1) AND ($2 = 0 OR id < $2)"
               " ORDER BY id DESC LIMIT $3"};
#undef PH_ROLLOUT

constexpr Statement kAddEvent{
    "rollouts.add_event",
    "INSERT INTO pilothouse.rollout_events (rollout_id, journal_id, happened_at, kind, step, actor,"
    " message) VALUES ($1, nullif($2, ''), $3, $4, $5, $6, $7)"
    " ON CONFLICT (journal_id) DO NOTHING"};
constexpr Statement kEvents{
    "rollouts.events",
    "SELECT happened_at, kind, step, actor, message FROM (SELECT * FROM pilothouse.rollout_events"
    " WHERE rollout_id = $1 ORDER BY id DESC LIMIT $2) newest ORDER BY id"};

Desired readDesired(const Row& row)
{
    return {
        row.text("name"), colourOf(row.text("active")).value_or(Colour::Blue), row.text("realm")};
}

Rollout readRollout(const Row& row)
{
    Rollout rollout;
    rollout.id = std::to_string(row.integer("id"));
    rollout.application = row.text("application");
    rollout.revision = row.text("revision");
    rollout.description = row.text("description");
    rollout.stable = colourOf(row.text("stable")).value_or(Colour::Blue);
    rollout.candidate = colourOf(row.text("candidate")).value_or(Colour::Green);
    rollout.step = stepOf(row.text("step")).value_or(Step::Aborted);
    rollout.isPaused = row.boolean("paused");
    rollout.generation = row.integer("generation");
    rollout.createdBy = row.text("created_by");
    rollout.createTime = row.time("created_at");
    rollout.stepTime = row.time("step_at");
    rollout.promotedBy = row.text("promoted_by");
    rollout.promoteTime = row.timeOrNull("promoted_at").value_or(absl::InfinitePast());
    rollout.switchTime = row.timeOrNull("switched_at").value_or(absl::InfinitePast());
    rollout.warmUntil = row.timeOrNull("warm_until").value_or(absl::InfiniteFuture());
    rollout.endTime = row.timeOrNull("finished_at").value_or(absl::InfinitePast());
    rollout.message = row.text("message");
    rollout.verdict = verdictOf(row.text("verdict"));
    for (const std::string& text : row.textList("evidence")) {
        v1::MetricEvidence evidence;
        if (fromJson(text, evidence).ok()) {
            rollout.evidence.push_back(fromProto(evidence));
        }
    }
    rollout.overrideReason = row.text("override_reason");
    rollout.candidatePercent = static_cast<int>(row.integer("candidate_percent"));
    rollout.approvedServers = row.text("approved_servers");
    return rollout;
}

/// NULL for "never".
std::optional<absl::Time> orNull(absl::Time time)
{
    return time == absl::InfinitePast() || time == absl::InfiniteFuture() ? std::nullopt
                                                                          : std::optional(time);
}

std::string text(auto name)
{
    return std::string(name);
}

} // namespace

absl::StatusOr<std::int64_t> rolloutIdOf(const std::string& text)
{
    std::int64_t id = 0;
    if (!absl::SimpleAtoi(text, &id) || id <= 0) {
        return withHint(
            absl::InvalidArgumentError(
                fmt::format("'{}' is not a rollout's id", text.substr(0, 40))),
            "Take one from 'pilothousectl rollouts history'.");
    }
    return id;
}

absl::Status RolloutStore::provide(Transaction& transaction, const Desired& desired) const
{
    return transaction
        .execute(kProvide, {desired.application, text(colourName(desired.active)), desired.realm})
        .status();
}

absl::StatusOr<std::vector<Desired>> RolloutStore::desired(Transaction& transaction) const
{
    return transaction.query(kDesired, {}, readDesired);
}

absl::StatusOr<std::optional<Desired>> RolloutStore::lock(
    Transaction& transaction, const std::string& application) const
{
    return transaction.queryOne(kLock, {application}, readDesired);
}

absl::Status RolloutStore::setActive(
    Transaction& transaction, const std::string& application, Colour active) const
{
    return transaction.execute(kSetActive, {application, text(colourName(active))}).status();
}

absl::StatusOr<std::string> RolloutStore::add(
    Transaction& transaction, const Rollout& rollout) const
{
    PH_ASSIGN_OR_RETURN(
        const auto id,
        transaction.queryOne(
            kAdd,
            {rollout.application,
             rollout.revision,
             rollout.description,
             text(colourName(rollout.stable)),
             text(colourName(rollout.candidate)),
             text(stepName(rollout.step)),
             rollout.createdBy,
             rollout.createTime,
             rollout.message},
            [](const Row& row) { return std::to_string(row.integer("id")); }));
    if (!id) {
        return absl::AlreadyExistsError(
            fmt::format("a rollout of {} is open already", rollout.application));
    }
    return *id;
}

absl::StatusOr<bool> RolloutStore::update(Transaction& transaction, Rollout& rollout) const
{
    PH_ASSIGN_OR_RETURN(const std::int64_t id, rolloutIdOf(rollout.id));
    std::vector<std::string> evidence;
    for (const MetricEvidence& one : rollout.evidence) {
        evidence.push_back(toJson(toProto(one)));
    }
    PH_ASSIGN_OR_RETURN(
        const std::int64_t rows,
        transaction.execute(
            kUpdate,
            {id,
             rollout.generation,
             text(stepName(rollout.step)),
             rollout.isPaused,
             rollout.stepTime,
             rollout.promotedBy,
             orNull(rollout.promoteTime),
             orNull(rollout.switchTime),
             orNull(rollout.warmUntil),
             orNull(rollout.endTime),
             rollout.message,
             text(verdictName(rollout.verdict)),
             evidence,
             rollout.overrideReason,
             rollout.candidatePercent,
             rollout.approvedServers}));
    rollout.generation += rows;
    return rows == 1;
}

absl::StatusOr<std::optional<Rollout>> RolloutStore::open(
    Transaction& transaction, const std::string& application) const
{
    return transaction.queryOne(kOpen, {application}, readRollout);
}

absl::StatusOr<std::optional<Rollout>> RolloutStore::find(
    Transaction& transaction, std::int64_t id) const
{
    return transaction.queryOne(kFind, {id}, readRollout);
}

absl::StatusOr<std::vector<Rollout>> RolloutStore::newest(Transaction& transaction) const
{
    return transaction.query(kNewest, {}, readRollout);
}

absl::StatusOr<std::vector<Rollout>> RolloutStore::list(
    Transaction& transaction, const std::string& application, std::int64_t before, int limit) const
{
    return transaction.query(kList, {application, before, limit}, readRollout);
}

absl::StatusOr<bool> RolloutStore::addEvent(
    Transaction& transaction,
    const std::string& rolloutId,
    const Event& event,
    const std::string& journalId) const
{
    PH_ASSIGN_OR_RETURN(const std::int64_t id, rolloutIdOf(rolloutId));
    PH_ASSIGN_OR_RETURN(
        const std::int64_t rows,
        transaction.execute(
            kAddEvent,
            {id,
             journalId,
             event.time,
             event.kind,
             text(stepName(event.step)),
             event.actor,
             event.message}));
    return rows == 1;
}

absl::StatusOr<std::vector<Event>> RolloutStore::events(
    Transaction& transaction, std::int64_t rolloutId, int limit) const
{
    return transaction.query(kEvents, {rolloutId, limit}, [](const Row& row) {
        return Event{
            row.time("happened_at"),
            row.text("kind"),
            stepOf(row.text("step")).value_or(Step::Aborted),
            row.text("actor"),
            row.text("message")};
    });
}

} // namespace pilothouse::rollouts
