// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Transaction.h"
#include "shared/access/Operator.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pilothouse::access {

struct StoredOperator
{
    std::int64_t id = 0;
    Operator who;
    std::string passwordHash;
    bool isDisabled = false;
};

struct StoredSession
{
    Session session;
    /// BLAKE2b of the token.
    std::string tokenHash;
    std::int64_t operatorId = 0;
    Operator who;
    /// Patterns that the operator's own (not built-in) roles grant.
    std::vector<std::string> rolePatterns;
    /// A personal token; its name is `session.client`.
    bool isToken = false;
    std::vector<std::string> scopes;
};

struct SignInFailures
{
    int failures = 0;
    absl::Time lastFailed = absl::InfinitePast();
    absl::Time lockedUntil = absl::InfinitePast();
};

/// Sign-in, sessions and tokens in the control database. Stateless; the caller opens the
/// transaction.
class AccessStore
{
public:
    using Transaction = postgres::Transaction;

    absl::StatusOr<std::optional<StoredOperator>> findOperator(
        Transaction& transaction, const std::string& name) const;
    /// The same, and the row stays as it is until the transaction is over.
    absl::StatusOr<std::optional<StoredOperator>> lockOperator(
        Transaction& transaction, const std::string& name) const;
    absl::StatusOr<bool> hasOperators(Transaction& transaction) const;
    /// ALREADY_EXISTS when the name is taken.
    absl::Status addOperator(Transaction& transaction, const StoredOperator& row) const;
    absl::Status setPassword(
        Transaction& transaction, std::int64_t operatorId, const std::string& hash) const;
    absl::Status enable(Transaction& transaction, std::int64_t operatorId) const;

    /// A session or a personal token.
    absl::Status addSession(Transaction& transaction, const StoredSession& row) const;
    absl::StatusOr<std::optional<StoredSession>> findSession(
        Transaction& transaction, const std::string& tokenHash) const;
    /// Newest first, at most `limit`.
    absl::StatusOr<std::vector<StoredSession>> newestSessions(
        Transaction& transaction, absl::Time now, int limit) const;
    /// Of those ids, the sessions that still exist.
    absl::StatusOr<std::vector<StoredSession>> sessionsNamed(
        Transaction& transaction, const std::vector<std::string>& ids) const;
    enum class Kind { Session, Token };
    /// One operator's, newest first, older than (`before`, `beforeId`).
    absl::StatusOr<std::vector<StoredSession>> sessionsOf(
        Transaction& transaction,
        std::int64_t operatorId,
        Kind kind,
        absl::Time before,
        const std::string& beforeId,
        int limit) const;
    absl::StatusOr<std::int64_t> countTokens(
        Transaction& transaction, std::int64_t operatorId) const;
    /// False when the operator has no such session.
    absl::StatusOr<bool> removeSession(
        Transaction& transaction, std::int64_t operatorId, Kind kind, const std::string& id) const;
    /// Removes all of an operator's sessions but the newest `keepNewest` and `keepId`; answers
    /// their ids. Tokens stay.
    absl::StatusOr<std::vector<std::string>> removeSessions(
        Transaction& transaction,
        std::int64_t operatorId,
        int keepNewest,
        const std::string& keepId) const;
    /// Everything that opens an operator's account but the password.
    absl::Status removeSessionsAndTokens(Transaction& transaction, std::int64_t operatorId) const;
    absl::Status writeLastUsed(
        Transaction& transaction,
        const std::vector<std::string>& ids,
        const std::vector<absl::Time>& times) const;
    absl::Status removeExpired(Transaction& transaction, absl::Time now, absl::Duration idle) const;

    absl::StatusOr<SignInFailures> failuresOf(
        Transaction& transaction, const std::string& name) const;
    absl::Status setFailures(
        Transaction& transaction, const std::string& name, const SignInFailures& failures) const;
    absl::Status clearFailures(Transaction& transaction, const std::string& name) const;
    absl::Status forgetFailuresBefore(Transaction& transaction, absl::Time time) const;
};

} // namespace pilothouse::access
