// SPDX-License-Identifier: Apache-2.0
#include "server/access/Tokens.h"

#include "server/access/AccessChecks.h"
#include "server/platform/crypto/Random.h"
#include "server/platform/postgres/Revisions.h"
#include "shared/access/Permissions.h"
#include "shared/access/proto/AccountProto.h"
#include "shared/base/StatusHelpers.h"
#include "shared/base/proto/JsonProto.h"

#include <fmt/format.h>

namespace pilothouse::access {

namespace {

using Kind = AccessStore::Kind;

constexpr int kTokensPerOperator = 100;
constexpr std::size_t kMostScopes = 64;
/// So that scanners of repositories know a token when they see one.
constexpr const char* kPrefix = "pht_";

std::vector<std::string> namesOf(const rpc::MethodTable& methods)
{
    std::vector<std::string> names;
    for (const auto& [permission, needing] : methods.permissions()) {
        names.push_back(permission);
    }
    return names;
}

Token tokenOf(const StoredSession& stored)
{
    return {
        stored.session.id,
        stored.session.client,
        stored.scopes,
        stored.session.createTime,
        stored.session.lastUsedTime,
        stored.session.expireTime};
}

} // namespace

Tokens::Tokens(
    postgres::Database& database,
    SessionCache& cache,
    const rpc::MethodTable& methods,
    const audit::AuditLog& audit,
    const Clock& clock,
    config::Access config)
    : m_database(database),
      m_cache(cache),
      m_methods(methods),
      m_audit(audit),
      m_clock(clock),
      m_config(config)
{}

absl::Status Tokens::check(const rpc::Caller& caller, const Token& wanted) const
{
    PH_RETURN_IF_ERROR(checkPerson(caller));
    if (wanted.name.empty()) {
        return withHint(absl::InvalidArgumentError("the token has no name"), "Say what it is for.");
    }
    PH_RETURN_IF_ERROR(checkText(wanted.name, "name"));
    if (wanted.scopes.size() > kMostScopes) {
        return absl::InvalidArgumentError(fmt::format("more than {} scopes", kMostScopes));
    }
    PH_RETURN_IF_ERROR(checkPatterns(wanted.scopes, namesOf(m_methods)));
    const auto foreign =
        without(m_methods.namesOf(m_methods.grantedBy(wanted.scopes)), caller.identity.permissions);
    if (!foreign.empty()) {
        return withHint(
            withReason(
                absl::PermissionDeniedError(fmt::format(
                    "{} has no {} to give to a token",
                    caller.identity.who.name,
                    fmt::join(foreign, ", "))),
                "SCOPE_TOO_WIDE"),
            "Choose scopes within your own permissions.");
    }
    const absl::Time now = m_clock.now();
    if (wanted.expireTime <= now || wanted.expireTime > now + m_config.tokenLifetime) {
        return withHint(
            absl::InvalidArgumentError(fmt::format(
                "a token ends in the future, at most {:g} days away",
                absl::ToDoubleHours(m_config.tokenLifetime) / 24)),
            "Give an earlier end.");
    }
    return absl::OkStatus();
}

absl::StatusOr<NewToken> Tokens::create(
    const rpc::Caller& caller, const audit::Actor& actor, const Token& wanted, absl::Time deadline)
{
    PH_RETURN_IF_ERROR(check(caller, wanted));
    const absl::Time now = m_clock.now();
    NewToken made;
    made.secret = kPrefix + platform::newToken();
    StoredSession stored;
    stored.session = {
        platform::newId(), wanted.name, actor.source, now, now, wanted.expireTime, false};
    stored.tokenHash = platform::hashToken(made.secret);
    stored.operatorId = caller.operatorId;
    stored.isToken = true;
    stored.scopes = wanted.scopes;
    made.token = tokenOf(stored);
    audit::Entry entry;
    entry.actor = actor;
    entry.action = "access.tokens.create";
    entry.target = "tokens/" + stored.session.id;
    entry.after = toJson(toProto(made.token));
    const absl::Status added = m_database.transact(
        [&](Transaction& transaction) -> absl::Status {
            PH_RETURN_IF_ERROR(postgres::lockRevision(transaction, kRevision));
            PH_ASSIGN_OR_RETURN(
                const auto tokens, m_store.countTokens(transaction, caller.operatorId));
            if (tokens >= kTokensPerOperator) {
                return withHint(
                    absl::ResourceExhaustedError(
                        fmt::format("{} has {} tokens already", actor.name, tokens)),
                    "Revoke those that are not needed any more.");
            }
            PH_RETURN_IF_ERROR(m_store.addSession(transaction, stored));
            PH_RETURN_IF_ERROR(postgres::bumpRevision(transaction, kRevision).status());
            return m_audit.record(transaction, entry);
        },
        deadline);
    PH_RETURN_IF_ERROR(added);
    return made;
}

absl::StatusOr<Tokens::Page> Tokens::list(
    const rpc::Caller& caller,
    absl::Time before,
    const std::string& beforeId,
    int size,
    absl::Time deadline) const
{
    PH_ASSIGN_OR_RETURN(
        auto stored,
        m_database.transact(
            [&](Transaction& transaction) {
                return m_store.sessionsOf(
                    transaction, caller.operatorId, Kind::Token, before, beforeId, size + 1);
            },
            deadline,
            postgres::Database::Mode::ReadOnly));
    Page page;
    if (stored.size() > static_cast<std::size_t>(size)) {
        stored.pop_back();
        page.before = stored.back().session.createTime;
        page.beforeId = stored.back().session.id;
    }
    for (const StoredSession& row : stored) {
        page.tokens.push_back(tokenOf(row));
    }
    return page;
}

absl::Status Tokens::revoke(
    const rpc::Caller& caller,
    const audit::Actor& actor,
    const std::string& id,
    absl::Time deadline)
{
    if (id != caller.sessionId) {
        PH_RETURN_IF_ERROR(checkPerson(caller));
    }
    audit::Entry entry;
    entry.actor = actor;
    entry.action = "access.tokens.revoke";
    entry.target = "tokens/" + printable(id);
    const absl::Status removed = m_database.transact(
        [&](Transaction& transaction) -> absl::Status {
            PH_RETURN_IF_ERROR(postgres::bumpRevision(transaction, kRevision).status());
            PH_ASSIGN_OR_RETURN(
                const bool isRemoved,
                m_store.removeSession(transaction, caller.operatorId, Kind::Token, id));
            if (!isRemoved) {
                return absl::NotFoundError(
                    fmt::format("{} has no token '{}'", actor.name, printable(id)));
            }
            return m_audit.record(transaction, entry);
        },
        deadline);
    PH_RETURN_IF_ERROR(removed);
    m_cache.remove(id);
    return absl::OkStatus();
}

} // namespace pilothouse::access
