// SPDX-License-Identifier: Apache-2.0
#include "server/access/Accounts.h"

#include "server/platform/crypto/Random.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <re2/re2.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace pilothouse::access {

namespace {

constexpr int kSessionsPerOperator = 100;
constexpr std::size_t kLongestName = 64;
constexpr std::size_t kLongestPassword = 1024;
constexpr std::size_t kLongestClient = 128;
constexpr const char* kNamePattern = "[a-z0-9][a-z0-9._@-]{0,63}";

absl::Status wrongPassword()
{
    return withHint(
        withReason(absl::UnauthenticatedError("name or password is wrong"), "WRONG_PASSWORD"),
        "Check both, then try again.");
}

absl::Status needsAccount()
{
    return withHint(
        absl::FailedPreconditionError("the local administrator of the socket has no account"),
        "Sign in with an operator's name.");
}

/// Shown in lists and logs, so without control characters and not without end.
std::string printable(std::string text)
{
    std::erase_if(
        text, [](char character) { return static_cast<unsigned char>(character) < 0x20U; });
    text.resize(std::min(text.size(), kLongestClient));
    return text;
}

constexpr const char* kSignIn = "access.sessions.create";

audit::Entry entryOf(const audit::Actor& actor, const char* action, const std::string& name)
{
    audit::Entry entry;
    entry.actor = actor;
    entry.action = action;
    entry.target = "operators/" + name;
    return entry;
}

/// Neither holds a quote: ids are hexadecimal, and of the client what would need escapes is left
/// out.
std::string sessionJson(const std::string& id, std::string client)
{
    const auto plain = [](std::string text) {
        std::erase_if(text, [](char letter) { return letter == '"' || letter == '\\'; });
        return printable(std::move(text));
    };
    std::string json = fmt::format(R"({{"session":"{}")", plain(id));
    if (!client.empty()) {
        json += fmt::format(R"(,"client":"{}")", plain(std::move(client)));
    }
    return json + "}";
}

absl::Status checkName(const std::string& name)
{
    if (RE2::FullMatch(name, kNamePattern)) {
        return absl::OkStatus();
    }
    return withHint(
        absl::InvalidArgumentError(
            fmt::format("'{}' cannot be an operator's name", printable(name))),
        "Use lower-case letters, digits and . _ @ -, beginning with a letter or digit.");
}

} // namespace

Accounts::Accounts(
    postgres::Database& database,
    const audit::AuditLog& log,
    SessionCache& cache,
    const Clock& clock,
    config::Access config)
    : m_database(database),
      m_log(log),
      m_cache(cache),
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
    audit::Entry entry = entryOf(attempt.actor, kSignIn, attempt.name);
    entry.outcome = audit::Outcome::Failed;
    entry.message = "name or password is wrong";
    PH_RETURN_IF_ERROR(recordFailure(attempt.name, failures, entry, deadline));
    spdlog::warn(
        "sign-in as {} from {} failed ({} in a row)",
        printable(attempt.name),
        attempt.address,
        failures.failures);
    const absl::Status wait = m_policy.mayTry(failures, m_clock.now());
    const auto delay = retryDelayOf(wait);
    return delay ? withRetryDelay(wrongPassword(), *delay) : wrongPassword();
}

absl::Status Accounts::recordFailure(
    const std::string& name,
    const SignInFailures& failures,
    const audit::Entry& entry,
    absl::Time deadline)
{
    return m_database.transact(
        [&](Transaction& transaction) -> absl::Status {
            PH_RETURN_IF_ERROR(m_store.setFailures(transaction, name, failures));
            return m_log.record(transaction, entry);
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
    SignedIn result;
    result.token = platform::newToken();
    result.who = who.who;
    const absl::Time now = m_clock.now();
    result.expireTime = now + m_config.sessionLifetime;
    StoredSession stored;
    stored.session = {
        platform::newId(),
        printable(attempt.client),
        attempt.address,
        now,
        now,
        result.expireTime,
        true};
    stored.tokenHash = platform::hashToken(result.token);
    stored.operatorId = who.id;
    stored.who = who.who;
    audit::Entry entry = entryOf(attempt.actor, kSignIn, who.who.name);
    entry.actor.name = who.who.name;
    entry.actor.roles = who.who.roles;
    entry.after = sessionJson(stored.session.id, stored.session.client);
    PH_ASSIGN_OR_RETURN(
        const auto ended,
        m_database.transact(
            [&](Transaction& transaction) -> absl::StatusOr<std::vector<std::string>> {
                PH_RETURN_IF_ERROR(m_store.clearFailures(transaction, attempt.name));
                PH_RETURN_IF_ERROR(m_store.addSession(transaction, stored));
                PH_RETURN_IF_ERROR(m_log.record(transaction, entry));
                return m_store.removeSessions(
                    transaction, who.id, kSessionsPerOperator, stored.session.id);
            },
            deadline));
    for (const std::string& id : ended) {
        m_cache.remove(id);
    }
    m_cache.add(stored);
    spdlog::info("{} signed in from {} ({})", who.who.name, attempt.address, stored.session.client);
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
    return endSession(
        caller,
        entryOf(actor, "access.sessions.end", caller.identity.who.name),
        caller.sessionId,
        deadline);
}

absl::Status Accounts::changePassword(
    const rpc::Caller& caller,
    const audit::Actor& actor,
    const std::string& current,
    const std::string& wanted,
    absl::Time deadline)
{
    if (caller.operatorId == 0) {
        return needsAccount();
    }
    const std::string& name = caller.identity.who.name;
    PH_RETURN_IF_ERROR(platform::checkPasswordStrength(wanted, name));
    SignInFailures failures;
    std::optional<StoredOperator> found;
    PH_RETURN_IF_ERROR(checkAttempt({name, {}, {}, {}, {}}, failures, found, deadline));
    audit::Entry entry = entryOf(actor, "access.passwords.change", name);
    if (!found || !m_hasher.verify(found->passwordHash, current)) {
        failures = m_policy.afterFailure(failures, m_clock.now());
        entry.outcome = audit::Outcome::Failed;
        entry.message = "the current password is wrong";
        PH_RETURN_IF_ERROR(recordFailure(name, failures, entry, deadline));
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
                PH_RETURN_IF_ERROR(m_store.setPassword(transaction, found->id, hash));
                PH_RETURN_IF_ERROR(m_store.clearFailures(transaction, name));
                PH_RETURN_IF_ERROR(m_log.record(transaction, entry));
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
                    transaction, caller.operatorId, before, beforeId, size + 1);
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
    return endSession(
        caller, entryOf(actor, "access.sessions.revoke", caller.identity.who.name), id, deadline);
}

absl::Status Accounts::endSession(
    const rpc::Caller& caller, audit::Entry entry, const std::string& id, absl::Time deadline)
{
    entry.before = sessionJson(id, {});
    PH_ASSIGN_OR_RETURN(
        const bool removed,
        m_database.transact(
            [&](Transaction& transaction) -> absl::StatusOr<bool> {
                PH_ASSIGN_OR_RETURN(
                    const bool found, m_store.removeSession(transaction, caller.operatorId, id));
                if (found) {
                    PH_RETURN_IF_ERROR(m_log.record(transaction, entry));
                }
                return found;
            },
            deadline));
    if (!removed) {
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
    PH_RETURN_IF_ERROR(checkName(who.name));
    PH_RETURN_IF_ERROR(platform::checkPasswordStrength(password, who.name));
    PH_ASSIGN_OR_RETURN(const std::string hash, m_hasher.hash(password));
    audit::Entry entry = entryOf(audit::serverActor(), "access.operators.create", who.name);
    entry.reason = "pilothoused init";
    entry.after = fmt::format(R"({{"roles":["{}"]}})", fmt::join(who.roles, R"(",")"));
    const absl::Status status = m_database.transact([&](Transaction& transaction) -> absl::Status {
        PH_RETURN_IF_ERROR(m_store.addOperator(transaction, {0, who, hash}));
        return m_log.record(transaction, entry);
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
        PH_ASSIGN_OR_RETURN(const auto found, m_store.findOperator(transaction, name));
        if (!found) {
            return absl::NotFoundError(fmt::format("there is no operator {}", name));
        }
        PH_RETURN_IF_ERROR(m_store.setPassword(transaction, found->id, hash));
        PH_RETURN_IF_ERROR(m_store.clearFailures(transaction, name));
        audit::Entry entry = entryOf(audit::serverActor(), "access.passwords.reset", name);
        entry.reason = "pilothoused init --reset-password";
        PH_RETURN_IF_ERROR(m_log.record(transaction, entry));
        return m_store.removeSessions(transaction, found->id, 0, "").status();
    });
}

absl::Status Accounts::forgetOldFailures()
{
    return m_database.transact([&](Transaction& transaction) {
        return m_store.forgetFailuresBefore(transaction, m_clock.now() - m_policy.memory());
    });
}

} // namespace pilothouse::access
