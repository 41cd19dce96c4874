// SPDX-License-Identifier: Apache-2.0
#include "server/access/OperatorStore.h"

#include "shared/base/StatusHelpers.h"

namespace pilothouse::access {

namespace {

using postgres::Param;
using postgres::Row;
using postgres::Statement;

/// $1 is now, $2 how many failures are a lock.
#define PH_ACCOUNTS                                                                                \
    "SELECT o.id, o.name, o.display_name, o.roles, o.disabled_at, o.created_at,"                   \
    " o.password_changed_at, o.revision, f.locked_until,"                                          \
    " (SELECT max(s.last_used_at) FROM pilothouse.sessions s WHERE s.operator_id = o.id)"          \
    "  AS last_seen_at,"                                                                           \
    " (SELECT count(*) FROM pilothouse.sessions s WHERE s.operator_id = o.id"                      \
    "  AND s.kind = 'session' AND s.expires_at > $1) AS sessions,"                                 \
    " (SELECT count(*) FROM pilothouse.sessions s WHERE s.operator_id = o.id"                      \
    "  AND s.kind = 'token' AND s.expires_at > $1) AS tokens,"                                     \
    " ARRAY (SELECT p FROM pilothouse.roles r, unnest(r.permissions) AS p"                         \
    "  WHERE r.name = ANY (o.roles) ORDER BY p) AS role_patterns"                                  \
    " FROM pilothouse.operators o LEFT JOIN pilothouse.sign_in_failures f"                         \
    " ON f.name = o.name AND f.locked_until > $1 AND f.failures >= $2 "

constexpr Statement kListAccounts{
    "operators.list",
    PH_ACCOUNTS "WHERE o.name > $3 AND ($4 = '' OR strpos(o.name, lower($4)) > 0"
                " OR strpos(lower(o.display_name), lower($4)) > 0) ORDER BY o.name LIMIT $5"};
constexpr Statement kFindAccount{"operators.find", PH_ACCOUNTS "WHERE o.name = $3"};
constexpr Statement kHolders{
    "operators.holders", PH_ACCOUNTS "WHERE $3 = ANY (o.roles) ORDER BY o.name"};
#undef PH_ACCOUNTS

constexpr Statement kOtherAdmins{
    "operators.other_admins",
    "SELECT count(*) AS admins FROM pilothouse.operators"
    " WHERE 'admin' = ANY (roles) AND disabled_at IS NULL AND name <> $1"};
constexpr Statement kAddAccount{
    "operators.add",
    "INSERT INTO pilothouse.operators (name, display_name, roles, password_hash)"
    " VALUES ($1, $2, $3, $4)"};
constexpr Statement kUpdateAccount{
    "operators.update",
    "UPDATE pilothouse.operators SET display_name = $2, roles = $3, revision = revision + 1"
    " WHERE name = $1"};
constexpr Statement kSetDisabled{
    "operators.set_disabled",
    "UPDATE pilothouse.operators SET disabled_at = $2, revision = revision + 1 WHERE name = $1"};
constexpr Statement kRemoveAccount{
    "operators.remove", "DELETE FROM pilothouse.operators WHERE name = $1"};

#define PH_SESSIONS                                                                                \
    "SELECT s.id, s.client, s.address, s.created_at, s.last_used_at, s.expires_at, s.kind,"        \
    " s.scopes, o.name FROM pilothouse.sessions s"                                                 \
    " JOIN pilothouse.operators o ON o.id = s.operator_id "

constexpr Statement kSessions{
    "operators.sessions",
    PH_SESSIONS "WHERE (s.created_at, s.id) < ($2::timestamptz, $3) AND ($1 = '' OR o.name = $1)"
                " ORDER BY s.created_at DESC, s.id DESC LIMIT $4"};
constexpr Statement kFindAnySession{"operators.find_session", PH_SESSIONS "WHERE s.id = $1"};
#undef PH_SESSIONS

constexpr Statement kCountSessions{
    "operators.count_sessions",
    "SELECT count(*) FILTER (WHERE s.kind = 'session') AS sessions,"
    " count(*) FILTER (WHERE s.kind = 'token') AS tokens,"
    " count(DISTINCT s.operator_id) AS operators"
    " FROM pilothouse.sessions s JOIN pilothouse.operators o ON o.id = s.operator_id"
    " WHERE ($1 = '' OR o.name = $1) AND s.id <> $2"};
constexpr Statement kEndSession{
    "operators.end_session", "DELETE FROM pilothouse.sessions WHERE id = $1"};
constexpr Statement kEndSessions{
    "operators.end_sessions",
    "DELETE FROM pilothouse.sessions s USING pilothouse.operators o"
    " WHERE o.id = s.operator_id AND ($1 = '' OR o.name = $1) AND s.id <> $2"
    " AND (s.kind = 'session' OR $3::boolean)"};

StoredAccount readAccount(const Row& row)
{
    StoredAccount stored;
    stored.id = row.integer("id");
    Account& account = stored.account;
    account.who = {row.text("name"), row.text("display_name"), row.textList("roles")};
    account.isDisabled = !row.isNull("disabled_at");
    account.disableTime = row.timeOrNull("disabled_at").value_or(absl::InfinitePast());
    account.createTime = row.time("created_at");
    account.passwordChangeTime = row.time("password_changed_at");
    account.lastSeenTime = row.timeOrNull("last_seen_at").value_or(absl::InfinitePast());
    account.lockedUntil = row.timeOrNull("locked_until").value_or(absl::InfinitePast());
    account.sessions = static_cast<int>(row.integer("sessions"));
    account.tokens = static_cast<int>(row.integer("tokens"));
    account.etag = std::to_string(row.integer("revision"));
    stored.rolePatterns = row.textList("role_patterns");
    return stored;
}

OperatorSession readOperatorSession(const Row& row)
{
    OperatorSession session;
    session.operatorName = row.text("name");
    session.isToken = row.text("kind") == "token";
    session.scopes = row.textList("scopes");
    session.session.id = row.text("id");
    session.session.client = row.text("client");
    session.session.address = row.text("address");
    session.session.createTime = row.time("created_at");
    session.session.lastUsedTime = row.time("last_used_at");
    session.session.expireTime = row.time("expires_at");
    return session;
}

} // namespace

absl::StatusOr<std::vector<StoredAccount>> OperatorStore::list(
    Transaction& transaction,
    const std::string& search,
    const std::string& after,
    int limit,
    absl::Time now) const
{
    return transaction.query(kListAccounts, {now, m_lockAfter, after, search, limit}, readAccount);
}

absl::StatusOr<std::optional<StoredAccount>> OperatorStore::find(
    Transaction& transaction, const std::string& name, absl::Time now) const
{
    return transaction.queryOne(kFindAccount, {now, m_lockAfter, name}, readAccount);
}

absl::StatusOr<std::vector<StoredAccount>> OperatorStore::holders(
    Transaction& transaction, const std::string& role, absl::Time now) const
{
    return transaction.query(kHolders, {now, m_lockAfter, role}, readAccount);
}

absl::StatusOr<std::int64_t> OperatorStore::otherAdmins(
    Transaction& transaction, const std::string& name) const
{
    PH_ASSIGN_OR_RETURN(
        const auto admins, transaction.queryOne(kOtherAdmins, {name}, [](const Row& row) {
            return row.integer("admins");
        }));
    return admins.value_or(0);
}

absl::Status OperatorStore::add(
    Transaction& transaction, const Operator& who, const std::string& passwordHash) const
{
    return transaction
        .execute(kAddAccount, {who.name, who.displayName, Param(who.roles), passwordHash})
        .status();
}

absl::Status OperatorStore::update(Transaction& transaction, const Operator& who) const
{
    return transaction.execute(kUpdateAccount, {who.name, who.displayName, Param(who.roles)})
        .status();
}

absl::Status OperatorStore::setDisabled(
    Transaction& transaction, const std::string& name, std::optional<absl::Time> since) const
{
    return transaction.execute(kSetDisabled, {name, since}).status();
}

absl::Status OperatorStore::remove(Transaction& transaction, const std::string& name) const
{
    return transaction.execute(kRemoveAccount, {name}).status();
}

absl::StatusOr<std::vector<OperatorSession>> OperatorStore::sessions(
    Transaction& transaction,
    const std::string& operatorName,
    absl::Time before,
    const std::string& beforeId,
    int limit) const
{
    return transaction.query(
        kSessions, {operatorName, before, beforeId, limit}, readOperatorSession);
}

absl::StatusOr<std::optional<OperatorSession>> OperatorStore::findSession(
    Transaction& transaction, const std::string& id) const
{
    return transaction.queryOne(kFindAnySession, {id}, readOperatorSession);
}

absl::StatusOr<OperatorStore::SessionCount> OperatorStore::countSessions(
    Transaction& transaction, const std::string& operatorName, const std::string& except) const
{
    PH_ASSIGN_OR_RETURN(
        const auto count,
        transaction.queryOne(kCountSessions, {operatorName, except}, [](const Row& row) {
            return SessionCount{
                row.integer("sessions"), row.integer("tokens"), row.integer("operators")};
        }));
    return count.value_or(SessionCount{});
}

absl::StatusOr<std::int64_t> OperatorStore::endSessions(
    Transaction& transaction, const SessionChoice& choice, const std::string& except) const
{
    if (!choice.sessionId.empty()) {
        return transaction.execute(kEndSession, {choice.sessionId});
    }
    return transaction.execute(kEndSessions, {choice.operatorName, except, choice.includeTokens});
}

} // namespace pilothouse::access
