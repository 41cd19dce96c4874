// SPDX-License-Identifier: Apache-2.0
#include "server/access/AccessStore.h"

#include "server/platform/postgres/Row.h"
#include "shared/base/StatusHelpers.h"

namespace pilothouse::access {

namespace {

using postgres::Param;
using postgres::Row;
using postgres::Statement;

constexpr const char* kSessionKind = "session";
constexpr const char* kTokenKind = "token";

#define PH_OPERATOR                                                                                \
    "SELECT id, name, display_name, roles, password_hash, disabled_at IS NOT NULL AS is_disabled"  \
    " FROM pilothouse.operators WHERE name = $1"

constexpr Statement kFindOperator{"access.find_operator", PH_OPERATOR};
constexpr Statement kLockOperator{"access.lock_operator", PH_OPERATOR " FOR SHARE"};
#undef PH_OPERATOR

constexpr Statement kHasOperators{
    "access.has_operators", "SELECT EXISTS (SELECT FROM pilothouse.operators) AS found"};
constexpr Statement kAddOperator{
    "access.add_operator",
    "INSERT INTO pilothouse.operators (name, display_name, roles, password_hash)"
    " VALUES ($1, $2, $3, $4)"};
constexpr Statement kSetPassword{
    "access.set_password",
    "UPDATE pilothouse.operators SET password_hash = $2, password_changed_at = now() WHERE id = "
    "$1"};
constexpr Statement kEnable{
    "access.enable_by_root",
    "UPDATE pilothouse.operators SET disabled_at = NULL, revision = revision + 1"
    " WHERE id = $1 AND disabled_at IS NOT NULL"};
constexpr Statement kAddSession{
    "access.add_session",
    "INSERT INTO pilothouse.sessions (id, operator_id, token_hash, client, address, created_at,"
    " last_used_at, expires_at, kind, scopes) VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9)"};

#define PH_SESSION_COLUMNS                                                                         \
    "SELECT s.id, s.operator_id, s.token_hash, s.client, s.address, s.created_at,"                 \
    " s.last_used_at, s.expires_at, s.kind, s.scopes, o.name, o.display_name, o.roles,"            \
    " ARRAY (SELECT p FROM pilothouse.roles r, unnest(r.permissions) AS p"                         \
    "  WHERE r.name = ANY (o.roles) ORDER BY p) AS role_patterns"                                  \
    " FROM pilothouse.sessions s"                                                                  \
    " JOIN pilothouse.operators o ON o.id = s.operator_id AND o.disabled_at IS NULL "

constexpr Statement kFindSession{
    "access.find_session", PH_SESSION_COLUMNS "WHERE s.token_hash = $1"};
constexpr Statement kNewestSessions{
    "access.newest_sessions",
    PH_SESSION_COLUMNS "WHERE s.expires_at > $1 ORDER BY s.created_at DESC LIMIT $2"};
constexpr Statement kSessionsNamed{
    "access.sessions_named", PH_SESSION_COLUMNS "WHERE s.id = ANY ($1::text[])"};
constexpr Statement kSessionsOf{
    "access.sessions_of",
    PH_SESSION_COLUMNS "WHERE s.operator_id = $1 AND (s.created_at, s.id) < ($2::timestamptz, $3)"
                       " AND s.kind = $5 ORDER BY s.created_at DESC, s.id DESC LIMIT $4"};
#undef PH_SESSION_COLUMNS

constexpr Statement kRemoveSession{
    "access.remove_session",
    "DELETE FROM pilothouse.sessions WHERE operator_id = $1 AND id = $2 AND kind = $3"};
constexpr Statement kRemoveSessions{
    "access.remove_sessions",
    "DELETE FROM pilothouse.sessions WHERE operator_id = $1 AND kind = 'session' AND id <> $3"
    " AND id NOT IN (SELECT id FROM pilothouse.sessions WHERE operator_id = $1"
    "  AND kind = 'session' ORDER BY created_at DESC, id DESC LIMIT $2) RETURNING id"};
constexpr Statement kRemoveAll{
    "access.remove_sessions_and_tokens", "DELETE FROM pilothouse.sessions WHERE operator_id = $1"};
constexpr Statement kCountTokens{
    "access.count_tokens",
    "SELECT count(*) AS tokens FROM pilothouse.sessions WHERE operator_id = $1 AND kind = 'token'"};
constexpr Statement kWriteLastUsed{
    "access.write_last_used",
    "UPDATE pilothouse.sessions s SET last_used_at = used.at"
    " FROM unnest($1::text[], $2::text[]::timestamptz[]) AS used (id, at)"
    " WHERE s.id = used.id AND s.last_used_at < used.at"};
constexpr Statement kRemoveExpired{
    "access.remove_expired",
    "DELETE FROM pilothouse.sessions WHERE expires_at <= $1"
    " OR (kind = 'session' AND last_used_at <= $2)"};
constexpr Statement kFailuresOf{
    "access.failures_of",
    "SELECT failures, last_failed_at, locked_until FROM pilothouse.sign_in_failures WHERE name = "
    "$1"};
constexpr Statement kSetFailures{
    "access.set_failures",
    "INSERT INTO pilothouse.sign_in_failures (name, failures, last_failed_at, locked_until)"
    " VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO UPDATE SET failures = EXCLUDED.failures,"
    " last_failed_at = EXCLUDED.last_failed_at, locked_until = EXCLUDED.locked_until"};
constexpr Statement kClearFailures{
    "access.clear_failures", "DELETE FROM pilothouse.sign_in_failures WHERE name = $1"};
constexpr Statement kForgetFailures{
    "access.forget_failures", "DELETE FROM pilothouse.sign_in_failures WHERE last_failed_at < $1"};

Operator readOperator(const Row& row)
{
    return {row.text("name"), row.text("display_name"), row.textList("roles")};
}

StoredOperator readStoredOperator(const Row& row)
{
    return {
        row.integer("id"),
        readOperator(row),
        row.text("password_hash"),
        row.boolean("is_disabled")};
}

StoredSession readSession(const Row& row)
{
    StoredSession stored;
    stored.session.id = row.text("id");
    stored.session.client = row.text("client");
    stored.session.address = row.text("address");
    stored.session.createTime = row.time("created_at");
    stored.session.lastUsedTime = row.time("last_used_at");
    stored.session.expireTime = row.time("expires_at");
    stored.tokenHash = row.bytes("token_hash");
    stored.operatorId = row.integer("operator_id");
    stored.who = readOperator(row);
    stored.rolePatterns = row.textList("role_patterns");
    stored.isToken = row.text("kind") == kTokenKind;
    stored.scopes = row.textList("scopes");
    return stored;
}

const char* textOf(AccessStore::Kind kind)
{
    return kind == AccessStore::Kind::Token ? kTokenKind : kSessionKind;
}

} // namespace

absl::StatusOr<std::optional<StoredOperator>> AccessStore::findOperator(
    Transaction& transaction, const std::string& name) const
{
    return transaction.queryOne(kFindOperator, {name}, readStoredOperator);
}

absl::StatusOr<std::optional<StoredOperator>> AccessStore::lockOperator(
    Transaction& transaction, const std::string& name) const
{
    return transaction.queryOne(kLockOperator, {name}, readStoredOperator);
}

absl::StatusOr<bool> AccessStore::hasOperators(Transaction& transaction) const
{
    PH_ASSIGN_OR_RETURN(
        const auto found, transaction.queryOne(kHasOperators, {}, [](const Row& row) {
            return row.boolean("found");
        }));
    return found.value_or(false);
}

absl::Status AccessStore::addOperator(Transaction& transaction, const StoredOperator& row) const
{
    return transaction
        .execute(
            kAddOperator,
            {row.who.name, row.who.displayName, Param(row.who.roles), row.passwordHash})
        .status();
}

absl::Status AccessStore::setPassword(
    Transaction& transaction, std::int64_t operatorId, const std::string& hash) const
{
    return transaction.execute(kSetPassword, {operatorId, hash}).status();
}

absl::Status AccessStore::enable(Transaction& transaction, std::int64_t operatorId) const
{
    return transaction.execute(kEnable, {operatorId}).status();
}

absl::Status AccessStore::addSession(Transaction& transaction, const StoredSession& row) const
{
    return transaction
        .execute(
            kAddSession,
            {row.session.id,
             row.operatorId,
             Param::bytes(row.tokenHash),
             row.session.client,
             row.session.address,
             row.session.createTime,
             row.session.expireTime,
             row.isToken ? kTokenKind : kSessionKind,
             Param(row.scopes)})
        .status();
}

absl::StatusOr<std::optional<StoredSession>> AccessStore::findSession(
    Transaction& transaction, const std::string& tokenHash) const
{
    return transaction.queryOne(kFindSession, {Param::bytes(tokenHash)}, readSession);
}

absl::StatusOr<std::vector<StoredSession>> AccessStore::newestSessions(
    Transaction& transaction, absl::Time now, int limit) const
{
    return transaction.query(kNewestSessions, {now, limit}, readSession);
}

absl::StatusOr<std::vector<StoredSession>> AccessStore::sessionsNamed(
    Transaction& transaction, const std::vector<std::string>& ids) const
{
    return transaction.query(kSessionsNamed, {Param(ids)}, readSession);
}

absl::StatusOr<std::vector<StoredSession>> AccessStore::sessionsOf(
    Transaction& transaction,
    std::int64_t operatorId,
    Kind kind,
    absl::Time before,
    const std::string& beforeId,
    int limit) const
{
    return transaction.query(
        kSessionsOf, {operatorId, before, beforeId, limit, textOf(kind)}, readSession);
}

absl::StatusOr<std::int64_t> AccessStore::countTokens(
    Transaction& transaction, std::int64_t operatorId) const
{
    PH_ASSIGN_OR_RETURN(
        const auto tokens, transaction.queryOne(kCountTokens, {operatorId}, [](const Row& row) {
            return row.integer("tokens");
        }));
    return tokens.value_or(0);
}

absl::StatusOr<bool> AccessStore::removeSession(
    Transaction& transaction, std::int64_t operatorId, Kind kind, const std::string& id) const
{
    PH_ASSIGN_OR_RETURN(
        const auto removed, transaction.execute(kRemoveSession, {operatorId, id, textOf(kind)}));
    return removed > 0;
}

absl::Status AccessStore::removeSessionsAndTokens(
    Transaction& transaction, std::int64_t operatorId) const
{
    return transaction.execute(kRemoveAll, {operatorId}).status();
}

absl::StatusOr<std::vector<std::string>> AccessStore::removeSessions(
    Transaction& transaction,
    std::int64_t operatorId,
    int keepNewest,
    const std::string& keepId) const
{
    return transaction.query(kRemoveSessions, {operatorId, keepNewest, keepId}, [](const Row& row) {
        return row.text("id");
    });
}

absl::Status AccessStore::writeLastUsed(
    Transaction& transaction,
    const std::vector<std::string>& ids,
    const std::vector<absl::Time>& times) const
{
    std::vector<std::string> texts;
    texts.reserve(times.size());
    for (const absl::Time time : times) {
        texts.push_back(absl::FormatTime(absl::RFC3339_full, time, absl::UTCTimeZone()));
    }
    return transaction.execute(kWriteLastUsed, {Param(ids), Param(texts)}).status();
}

absl::Status AccessStore::removeExpired(
    Transaction& transaction, absl::Time now, absl::Duration idle) const
{
    return transaction.execute(kRemoveExpired, {now, now - idle}).status();
}

absl::StatusOr<SignInFailures> AccessStore::failuresOf(
    Transaction& transaction, const std::string& name) const
{
    PH_ASSIGN_OR_RETURN(
        const auto found, transaction.queryOne(kFailuresOf, {name}, [](const Row& row) {
            return SignInFailures{
                static_cast<int>(row.integer("failures")),
                row.time("last_failed_at"),
                row.time("locked_until")};
        }));
    return found.value_or(SignInFailures{});
}

absl::Status AccessStore::setFailures(
    Transaction& transaction, const std::string& name, const SignInFailures& failures) const
{
    return transaction
        .execute(kSetFailures, {name, failures.failures, failures.lastFailed, failures.lockedUntil})
        .status();
}

absl::Status AccessStore::clearFailures(Transaction& transaction, const std::string& name) const
{
    return transaction.execute(kClearFailures, {name}).status();
}

absl::Status AccessStore::forgetFailuresBefore(Transaction& transaction, absl::Time time) const
{
    return transaction.execute(kForgetFailures, {time}).status();
}

} // namespace pilothouse::access
