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
};

struct StoredSession
{
    Session session;
    /// BLAKE2b of the token.
    std::string tokenHash;
    std::int64_t operatorId = 0;
    Operator who;
};

struct SignInFailures
{
    int failures = 0;
    absl::Time lastFailed = absl::InfinitePast();
    absl::Time lockedUntil = absl::InfinitePast();
};

/// Operators and sessions in the control database. Stateless; the caller opens the transaction.
class AccessStore
{
public:
    using Transaction = postgres::Transaction;

    absl::StatusOr<std::optional<StoredOperator>> findOperator(
        Transaction& transaction, const std::string& name) const;
    absl::StatusOr<bool> hasOperators(Transaction& transaction) const;
    /// ALREADY_EXISTS when the name is taken.
    absl::Status addOperator(Transaction& transaction, const StoredOperator& row) const;
    absl::Status setPassword(
        Transaction& transaction, std::int64_t operatorId, const std::string& hash) const;

    absl::Status addSession(Transaction& transaction, const StoredSession& row) const;
    absl::StatusOr<std::optional<StoredSession>> findSession(
        Transaction& transaction, const std::string& tokenHash) const;
    /// Newest first, at most `limit`.
    absl::StatusOr<std::vector<StoredSession>> newestSessions(
        Transaction& transaction, absl::Time now, int limit) const;
    /// Of those ids, the sessions that still exist.
    absl::StatusOr<std::vector<StoredSession>> sessionsNamed(
        Transaction& transaction, const std::vector<std::string>& ids) const;
    /// One operator's, newest first, older than (`before`, `beforeId`).
    absl::StatusOr<std::vector<StoredSession>> sessionsOf(
        Transaction& transaction,
        std::int64_t operatorId,
        absl::Time before,
        const std::string& beforeId,
        int limit) const;
    /// False when the operator has no such session.
    absl::StatusOr<bool> removeSession(
        Transaction& transaction, std::int64_t operatorId, const std::string& id) const;
    /// Removes all of an operator's sessions but the newest `keepNewest` and `keepId`; answers
    /// their ids.
    absl::StatusOr<std::vector<std::string>> removeSessions(
        Transaction& transaction,
        std::int64_t operatorId,
        int keepNewest,
        const std::string& keepId) const;
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
