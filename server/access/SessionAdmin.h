// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/access/OperatorStore.h"
#include "server/access/Sessions.h"
#include "server/config/Config.h"
#include "server/plans/PlanGate.h"
#include "server/platform/postgres/Database.h"

#include <absl/status/statusor.h>

#include <string>
#include <vector>

namespace pilothouse::access {

/// Sessions and personal tokens of all operators. Blocks on the database; thread-safe.
class SessionAdmin
{
public:
    /// Everything outlives this.
    SessionAdmin(
        postgres::Database& database,
        plans::PlanGate& gate,
        Sessions& sessions,
        config::Access config);

    struct Page
    {
        std::vector<OperatorSession> sessions;
        /// Where the next page begins; past the end both are empty.
        absl::Time before = absl::InfiniteFuture();
        std::string beforeId;
    };
    absl::StatusOr<Page> list(
        const rpc::Caller& caller,
        const std::string& operatorName,
        absl::Time before,
        const std::string& beforeId,
        int size,
        absl::Time deadline) const;

    struct Ended
    {
        plans::Plan plan;
        int count = 0;
    };
    /// The caller's own session stays unless it is the one that is named.
    absl::StatusOr<Ended> end(
        const rpc::Caller& caller,
        const plans::Requester& requester,
        const plans::Request& request,
        const SessionChoice& choice);

private:
    using Transaction = postgres::Transaction;

    absl::StatusOr<plans::Draft> look(
        Transaction& transaction, const SessionChoice& choice, const std::string& own) const;

    postgres::Database& m_database;
    plans::PlanGate& m_gate;
    Sessions& m_sessions;
    const OperatorStore m_store;
};

} // namespace pilothouse::access
