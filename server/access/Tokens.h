// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/access/AccessStore.h"
#include "server/access/SessionCache.h"
#include "server/audit/AuditLog.h"
#include "server/config/Config.h"
#include "server/platform/postgres/Database.h"
#include "server/platform/rpc/MethodTable.h"
#include "shared/access/Account.h"
#include "shared/base/Clock.h"

#include <absl/status/statusor.h>

#include <string>
#include <vector>

namespace pilothouse::access {

/// Personal tokens of the calling operator. Blocks on the database; thread-safe.
class Tokens
{
public:
    /// Everything outlives this.
    Tokens(
        postgres::Database& database,
        SessionCache& cache,
        const rpc::MethodTable& methods,
        const audit::AuditLog& audit,
        const Clock& clock,
        config::Access config);

    /// `name`, `scopes` and `expireTime` of `wanted` count. PERMISSION_DENIED for a scope that
    /// grants more than the caller has.
    absl::StatusOr<NewToken> create(
        const rpc::Caller& caller,
        const audit::Actor& actor,
        const Token& wanted,
        absl::Time deadline);

    struct Page
    {
        std::vector<Token> tokens;
        /// Where the next page begins; past the end both are empty.
        absl::Time before = absl::InfiniteFuture();
        std::string beforeId;
    };
    absl::StatusOr<Page> list(
        const rpc::Caller& caller,
        absl::Time before,
        const std::string& beforeId,
        int size,
        absl::Time deadline) const;
    /// NOT_FOUND. A personal token may end itself, and no other.
    absl::Status revoke(
        const rpc::Caller& caller,
        const audit::Actor& actor,
        const std::string& id,
        absl::Time deadline);

private:
    using Transaction = postgres::Transaction;

    absl::Status check(const rpc::Caller& caller, const Token& wanted) const;

    postgres::Database& m_database;
    SessionCache& m_cache;
    const rpc::MethodTable& m_methods;
    const audit::AuditLog& m_audit;
    const Clock& m_clock;
    const config::Access m_config;
    const AccessStore m_store{};
};

} // namespace pilothouse::access
