// SPDX-License-Identifier: Apache-2.0
#include "server/access/Accounts.h"

#include "server/access/AccessChecks.h"
#include "server/platform/crypto/Random.h"
#include "server/platform/postgres/Revisions.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace pilothouse::access {

namespace {

using Kind = AccessStore::Kind;

constexpr int kSessionsPerOperator = 100;
constexpr std::size_t kLongestName = 64;
constexpr std::size_t kLongestPassword = 1024;

absl::Status wrongPassword()
{
    return withHint(
        withReason(absl::UnauthenticatedError("name or password is wrong"), "WRONG_PASSWORD"),
        "Check both, then try again.");
}

absl::Status accountDisabled(const std::string& name)
{
    return withHint(
        withReason(
            absl::UnauthenticatedError(fmt::format("the account of {} is disabled", name)),
            "ACCOUNT_DISABLED"),
        "Ask an administrator.");
}

constexpr const char* kSignIn = "access.sessions.create";
constexpr const char* kChangePassword = "access.passwords.change";

audit::Entry entryOf(audit::Actor actor, const char* action, const std::string& name)
{
    audit::Entry entry;
    entry.actor = std::move(actor);
    entry.action = action;
    entry.target = "operators/" + name;
    return entry;
}

/// Neither holds a quote: ids are hexadecimal, and of the client what would need escapes is left
/// out.
std::string sessionJson(const std::string& id, std::string client)
{
    std::erase_if(client, [](char letter) { return letter == '"' || letter == '\\'; });
    return fmt::format(R"({{"session":"{}","client":"{}"}})", id, printable(std::move(client)));
}

/// Root on the server's machine, by `pilothoused init`.
audit::Actor root()
{
    return {"server", {}, "pilothoused init", {}, {}};
}

} // namespace

Accounts::Accounts(
    postgres::Database& database,
    SessionCache& cache,
    const audit::AuditLog& audit,
    const Clock& clock,
    config::Access config)
    : m_database(database),
      m_cache(cache),
      m_audit(audit),
      m_clock(clock),
      m_config(config),
      m_policy(config)
{
    m_hasher.decoy(); // made now, so that the first unknown name takes no longer than the others
}

absl::StatusOr<SignedIn> Accounts::signIn(const SignInAttempt& attempt, absl::Time deadline)
{
    if (attempt.name.empty() || attempt.name.size() > kLongestName ||
        attempt.password.size() > kLongestPassword) {
        return wrongPassword();
    }
    SignInFailures failures;
    std::optional<StoredOperator> found;
    PH_RETURN_IF_ERROR(checkAttempt(attempt, failures, found, deadline));
    // An unknown name costs the same hash, so that the time tells nothing.
    const bool isRight =
        m_hasher.verify(found ? found->passwordHash : m_hasher.decoy(), attempt.password) &&
        found.has_value();
    if (isRight) {
        return openSession(attempt, *found, deadline);
    }
    failures = m_policy.afterFailure(failures, m_clock.now());
    PH_RETURN_IF_ERROR(recordFailure(kSignIn, attempt, failures, deadline));
    spdlog::warn(
        "sign-in as {} from {} failed ({} in a row)",
        printable(attempt.name),
        attempt.actor.source,
        failures.failures);
    const absl::Status wait = m_policy.mayTry(failures, m_clock.now());
    const auto delay = retryDelayOf(wait);
    return delay ? withRetryDelay(wrongPassword(), *delay) : wrongPassword();
}

absl::Status Accounts::recordFailure(
    const char* action,
    const SignInAttempt& attempt,
    const SignInFailures& failures,
    absl::Time deadline) const
{
    audit::Entry entry = entryOf(attempt.actor, action, printable(attempt.name));
    entry.outcome = audit::Outcome::Failed;
    entry.message = fmt::format("wrong name or password ({} in a row)", failures.failures);
    return m_database.transact(
        [&](Transaction& transaction) -> absl::Status {
            PH_RETURN_IF_ERROR(m_store.setFailures(transaction, attempt.name, failures));
            return m_audit.record(transaction, entry);
        },
        deadline);
}

absl::Status Accounts::checkAttempt(
    const SignInAttempt& attempt,
    SignInFailures& failures,
    std::optional<StoredOperator>& found,
    absl::Time deadline) const
{
    const absl::Status status = m_database.transact(
        [&](Transaction& transaction) -> absl::Status {
            PH_ASSIGN_OR_RETURN(failures, m_store.failuresOf(transaction, attempt.name));
            PH_RETURN_IF_ERROR(m_policy.mayTry(failures, m_clock.now()));
            PH_ASSIGN_OR_RETURN(found, m_store.findOperator(transaction, attempt.name));
            return absl::OkStatus();
        },
        deadline,
        postgres::Database::Mode::ReadOnly);
    return absl::IsUnavailable(status)
               ? withContext(status, "nobody can sign in while the control database is away")
               : status;
}

absl::StatusOr<SignedIn> Accounts::openSession(
    const SignInAttempt& attempt, const StoredOperator& who, absl::Time deadline)
{
    if (who.isDisabled) {
        return accountDisabled(who.who.name);
    }
    SignedIn result;
    result.token = platform::newToken();
    result.who = who.who;
    const absl::Time now = m_clock.now();
    result.expireTime = now + m_config.sessionLifetime;
    StoredSession stored;
    stored.session = {
        platform::newId(),
        printable(attempt.client),
        attempt.actor.source,
        now,
        now,
        result.expireTime,
        true};
    stored.tokenHash = platform::hashToken(result.token);
    stored.operatorId = who.id;
    audit::Entry entry = entryOf(attempt.actor, kSignIn, who.who.name);
    entry.actor.name = who.who.name;
    entry.actor.roles = who.who.roles;
    entry.after = sessionJson(stored.session.id, stored.session.client);
    const auto ended = m_database.transact(
        [&](Transaction& transaction) -> absl::StatusOr<std::vector<std::string>> {
            // The hash took a while: the password may have been reset meanwhile.
            PH_ASSIGN_OR_RETURN(const auto still, m_store.lockOperator(transaction, attempt.name));
            if (!still || still->passwordHash != who.passwordHash || still->isDisabled) {
                return wrongPassword();
            }
            PH_RETURN_IF_ERROR(m_store.clearFailures(transaction, attempt.name));
            PH_RETURN_IF_ERROR(m_store.addSession(transaction, stored));
            PH_RETURN_IF_ERROR(m_audit.record(transaction, entry));
            return m_store.removeSessions(
                transaction, who.id, kSessionsPerOperator, stored.session.id);
        },
        deadline);
    PH_RETURN_IF_ERROR(ended.status());
    for (const std::string& id : *ended) {
        m_cache.remove(id);
    }
    spdlog::info(
        "{} signed in from {} ({})", who.who.name, attempt.actor.source, stored.session.client);
    return result;
}

absl::Status Accounts::signOut(
    const rpc::Caller& caller, const audit::Actor& actor, absl::Time deadline)
{
    if (caller.sessionId.empty()) {
        // The socket's administrator has no session to end, so there is nothing to record either.
        if (actor.receipt != nullptr) {
            actor.receipt->success.store(true);
        }
        return absl::OkStatus();
    }
    const auto kind =
        caller.identity.authentication == kByPersonalToken ? Kind::Token : Kind::Session;
    audit::Entry entry = entryOf(actor, "access.sessions.end", caller.identity.who.name);
    entry.before = sessionJson(caller.sessionId, {});
    const absl::Status ended = m_database.transact(
        [&](Transaction& transaction) -> absl::Status {
            PH_RETURN_IF_ERROR(
                m_store.removeSession(transaction, caller.operatorId, kind, caller.sessionId)
                    .status());
            return m_audit.record(transaction, entry);
        },
        deadline);
    PH_RETURN_IF_ERROR(ended);
    m_cache.remove(caller.sessionId);
    return absl::OkStatus();
}

absl::Status Accounts::changePassword(
    const rpc::Caller& caller,
    const audit::Actor& actor,
    const std::string& current,
    const std::string& wanted,
    absl::Time deadline)
{
    PH_RETURN_IF_ERROR(checkPerson(caller));
    const std::string& name = caller.identity.who.name;
    PH_RETURN_IF_ERROR(platform::checkPasswordStrength(wanted, name));
    SignInFailures failures;
    std::optional<StoredOperator> found;
    const SignInAttempt attempt{name, {}, {}, actor};
    PH_RETURN_IF_ERROR(checkAttempt(attempt, failures, found, deadline));
    if (!found || !m_hasher.verify(found->passwordHash, current)) {
        failures = m_policy.afterFailure(failures, m_clock.now());
        PH_RETURN_IF_ERROR(recordFailure(kChangePassword, attempt, failures, deadline));
        return withHint(
            withReason(
                absl::InvalidArgumentError("the current password is wrong"), "WRONG_PASSWORD"),
            "Type the password that you signed in with.");
    }
    PH_ASSIGN_OR_RETURN(const std::string hash, m_hasher.hash(wanted));
    PH_ASSIGN_OR_RETURN(
        const auto ended,
        m_database.transact(
            [&](Transaction& transaction) -> absl::StatusOr<std::vector<std::string>> {
                PH_RETURN_IF_ERROR(postgres::bumpRevision(transaction, kRevision).status());
                PH_RETURN_IF_ERROR(m_store.setPassword(transaction, found->id, hash));
                PH_RETURN_IF_ERROR(m_store.clearFailures(transaction, name));
                PH_RETURN_IF_ERROR(
                    m_audit.record(transaction, entryOf(actor, kChangePassword, name)));
                return m_store.removeSessions(transaction, found->id, 0, caller.sessionId);
            },
            deadline));
    for (const std::string& id : ended) {
        m_cache.remove(id);
    }
    spdlog::info("{} changed the password; {} other sessions ended", name, ended.size());
    return absl::OkStatus();
}

absl::StatusOr<Accounts::SessionPage> Accounts::sessions(
    const rpc::Caller& caller,
    absl::Time before,
    const std::string& beforeId,
    int size,
    absl::Time deadline) const
{
    SessionPage page;
    if (caller.operatorId == 0) {
        return page;
    }
    PH_ASSIGN_OR_RETURN(
        auto stored,
        m_database.transact(
            [&](Transaction& transaction) {
                return m_store.sessionsOf(
                    transaction, caller.operatorId, Kind::Session, before, beforeId, size + 1);
            },
            deadline,
            postgres::Database::Mode::ReadOnly));
    if (stored.size() > static_cast<std::size_t>(size)) {
        stored.pop_back();
        page.before = stored.back().session.createTime;
        page.beforeId = stored.back().session.id;
    }
    for (StoredSession& row : stored) {
        row.session.current = row.session.id == caller.sessionId;
        page.sessions.push_back(std::move(row.session));
    }
    return page;
}

absl::Status Accounts::revokeSession(
    const rpc::Caller& caller,
    const audit::Actor& actor,
    const std::string& id,
    absl::Time deadline)
{
    PH_RETURN_IF_ERROR(checkPerson(caller));
    const auto removed = m_database.transact(
        [&](Transaction& transaction) -> absl::StatusOr<bool> {
            PH_RETURN_IF_ERROR(postgres::bumpRevision(transaction, kRevision).status());
            PH_ASSIGN_OR_RETURN(
                const bool isRemoved,
                m_store.removeSession(transaction, caller.operatorId, Kind::Session, id));
            if (!isRemoved) {
                return false;
            }
            audit::Entry entry = entryOf(actor, "access.sessions.revoke", actor.name);
            entry.before = sessionJson(id, {});
            PH_RETURN_IF_ERROR(m_audit.record(transaction, entry));
            return true;
        },
        deadline);
    PH_RETURN_IF_ERROR(removed.status());
    if (!*removed) {
        return absl::NotFoundError(
            fmt::format("{} has no session '{}'", caller.identity.who.name, printable(id)));
    }
    m_cache.remove(id);
    return absl::OkStatus();
}

absl::StatusOr<bool> Accounts::hasOperators() const
{
    return m_database.transact(
        [&](Transaction& transaction) { return m_store.hasOperators(transaction); },
        m_clock.now() + absl::Seconds(5),
        postgres::Database::Mode::ReadOnly);
}

absl::Status Accounts::addOperator(const Operator& who, const std::string& password)
{
    PH_RETURN_IF_ERROR(checkOperatorName(who.name));
    PH_RETURN_IF_ERROR(platform::checkPasswordStrength(password, who.name));
    PH_ASSIGN_OR_RETURN(const std::string hash, m_hasher.hash(password));
    const absl::Status status = m_database.transact([&](Transaction& transaction) -> absl::Status {
        PH_RETURN_IF_ERROR(postgres::bumpRevision(transaction, kRevision).status());
        PH_RETURN_IF_ERROR(m_store.addOperator(transaction, {0, who, hash, false}));
        return m_audit.record(transaction, entryOf(root(), "access.operators.create", who.name));
    });
    return absl::IsAlreadyExists(status)
               ? absl::AlreadyExistsError(fmt::format("there is an operator {} already", who.name))
               : status;
}

absl::Status Accounts::resetPassword(const std::string& name, const std::string& password)
{
    PH_RETURN_IF_ERROR(platform::checkPasswordStrength(password, name));
    PH_ASSIGN_OR_RETURN(const std::string hash, m_hasher.hash(password));
    return m_database.transact([&](Transaction& transaction) -> absl::Status {
        PH_RETURN_IF_ERROR(postgres::bumpRevision(transaction, kRevision).status());
        PH_ASSIGN_OR_RETURN(const auto found, m_store.findOperator(transaction, name));
        if (!found) {
            return absl::NotFoundError(fmt::format("there is no operator {}", name));
        }
        PH_RETURN_IF_ERROR(m_store.setPassword(transaction, found->id, hash));
        PH_RETURN_IF_ERROR(m_store.enable(transaction, found->id));
        PH_RETURN_IF_ERROR(m_store.clearFailures(transaction, name));
        PH_RETURN_IF_ERROR(m_store.removeSessionsAndTokens(transaction, found->id));
        return m_audit.record(
            transaction, entryOf(root(), "access.operators.reset_password", name));
    });
}

absl::Status Accounts::forgetOldFailures()
{
    return m_database.transact([&](Transaction& transaction) {
        return m_store.forgetFailuresBefore(transaction, m_clock.now() - m_policy.memory());
    });
}

} // namespace pilothouse::access
