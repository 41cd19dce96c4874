// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Transaction.h"
#include "shared/access/Account.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pilothouse::access {

struct StoredAccount
{
    std::int64_t id = 0;
    Account account;
    /// Patterns that the operator's own (not built-in) roles grant.
    std::vector<std::string> rolePatterns;
};

/// Operators as administrators see them. Stateless; the caller opens the transaction.
class OperatorStore
{
public:
    using Transaction = postgres::Transaction;

    /// `lockAfter`: that many failed sign-ins are a lock, fewer only a pause.
    explicit OperatorStore(int lockAfter) : m_lockAfter(lockAfter) {}

    /// By name, after `after`. `search` is part of the name or display name.
    absl::StatusOr<std::vector<StoredAccount>> list(
        Transaction& transaction,
        const std::string& search,
        const std::string& after,
        int limit,
        absl::Time now) const;
    absl::StatusOr<std::optional<StoredAccount>> find(
        Transaction& transaction, const std::string& name, absl::Time now) const;
    /// Operators that have the role.
    absl::StatusOr<std::vector<StoredAccount>> holders(
        Transaction& transaction, const std::string& role, absl::Time now) const;
    /// Enabled operators with the role admin, without this one.
    absl::StatusOr<std::int64_t> otherAdmins(
        Transaction& transaction, const std::string& name) const;

    /// ALREADY_EXISTS when the name is taken.
    absl::Status add(
        Transaction& transaction, const Operator& who, const std::string& passwordHash) const;
    absl::Status update(Transaction& transaction, const Operator& who) const;
    absl::Status setDisabled(
        Transaction& transaction, const std::string& name, std::optional<absl::Time> since) const;
    absl::Status remove(Transaction& transaction, const std::string& name) const;

    /// Sessions and tokens, newest first, of one operator or (empty) of all.
    absl::StatusOr<std::vector<OperatorSession>> sessions(
        Transaction& transaction,
        const std::string& operatorName,
        absl::Time before,
        const std::string& beforeId,
        int limit) const;
    absl::StatusOr<std::optional<OperatorSession>> findSession(
        Transaction& transaction, const std::string& id) const;
    struct SessionCount
    {
        std::int64_t sessions = 0;
        std::int64_t tokens = 0;
        std::int64_t operators = 0;
    };
    /// Of one operator or (empty) of all, without the session `except`.
    absl::StatusOr<SessionCount> countSessions(
        Transaction& transaction, const std::string& operatorName, const std::string& except) const;
    /// Answers how many.
    absl::StatusOr<std::int64_t> endSessions(
        Transaction& transaction, const SessionChoice& choice, const std::string& except) const;

private:
    const int m_lockAfter;
};

} // namespace pilothouse::access
