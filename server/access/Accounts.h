// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/access/AccessStore.h"
#include "server/access/SessionCache.h"
#include "server/access/SignInPolicy.h"
#include "server/audit/AuditLog.h"
#include "server/config/Config.h"
#include "server/platform/crypto/PasswordHasher.h"
#include "server/platform/postgres/Database.h"
#include "shared/base/Clock.h"

#include <absl/status/statusor.h>

#include <string>
#include <vector>

namespace pilothouse::access {

/// What operators do with their accounts. Every call blocks, on the database or on a password hash.
/// Thread-safe.
class Accounts
{
public:
    /// Everything outlives this.
    Accounts(
        postgres::Database& database,
        SessionCache& cache,
        const audit::AuditLog& audit,
        const Clock& clock,
        config::Access config);

    struct SignInAttempt
    {
        std::string name;
        std::string password;
        std::string client;
        /// Where from; the name comes from above.
        audit::Actor actor;
    };
    /// UNAUTHENTICATED without telling whether the name or the password is wrong;
    /// RESOURCE_EXHAUSTED with a delay after failures; UNAVAILABLE without the database.
    absl::StatusOr<SignedIn> signIn(const SignInAttempt& attempt, absl::Time deadline);
    absl::Status signOut(const rpc::Caller& caller, const audit::Actor& actor, absl::Time deadline);
    /// Not with a personal token.
    absl::Status changePassword(
        const rpc::Caller& caller,
        const audit::Actor& actor,
        const std::string& current,
        const std::string& wanted,
        absl::Time deadline);

    struct SessionPage
    {
        std::vector<Session> sessions;
        /// Where the next page begins; past the end both are empty.
        absl::Time before = absl::InfiniteFuture();
        std::string beforeId;
    };
    absl::StatusOr<SessionPage> sessions(
        const rpc::Caller& caller,
        absl::Time before,
        const std::string& beforeId,
        int size,
        absl::Time deadline) const;
    absl::Status revokeSession(
        const rpc::Caller& caller,
        const audit::Actor& actor,
        const std::string& id,
        absl::Time deadline);

    absl::StatusOr<bool> hasOperators() const;
    /// ALREADY_EXISTS, INVALID_ARGUMENT for a name or password that will not do.
    absl::Status addOperator(const Operator& who, const std::string& password);
    /// Sets a new password, lifts a lock, enables the operator and ends sessions and tokens.
    /// NOT_FOUND. For root on the server, who has no other way when nobody can sign in.
    absl::Status resetPassword(const std::string& name, const std::string& password);
    /// Forgets failed sign-ins that count no more.
    absl::Status forgetOldFailures();

private:
    using Transaction = postgres::Transaction;

    absl::Status checkAttempt(
        const SignInAttempt& attempt,
        SignInFailures& failures,
        std::optional<StoredOperator>& found,
        absl::Time deadline) const;
    absl::StatusOr<SignedIn> openSession(
        const SignInAttempt& attempt, const StoredOperator& who, absl::Time deadline);

    absl::Status recordFailure(
        const char* action,
        const SignInAttempt& attempt,
        const SignInFailures& failures,
        absl::Time deadline) const;

    postgres::Database& m_database;
    SessionCache& m_cache;
    const audit::AuditLog& m_audit;
    const Clock& m_clock;
    const config::Access m_config;
    const SignInPolicy m_policy;
    const AccessStore m_store{};
    const platform::PasswordHasher m_hasher{};
};

} // namespace pilothouse::access
