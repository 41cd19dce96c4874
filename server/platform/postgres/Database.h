// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Config.h"
#include "server/platform/postgres/Listener.h"
#include "server/platform/postgres/Transaction.h"
#include "shared/base/StatusHelpers.h"
#include "shared/system/Health.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <prometheus/registry.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace pilothouse::postgres {

/// Answers of Transaction as statuses.
inline const absl::Status& statusOf(const absl::Status& status)
{
    return status;
}
template <typename Value>
const absl::Status& statusOf(const absl::StatusOr<Value>& result)
{
    return result.status();
}

/// One PostgreSQL database behind a pool of connections. Every call blocks: run it on the `db`
/// executor. A call ends at its deadline: it stops waiting for a connection, and PostgreSQL stops
/// the statement. Thread-safe.
class Database
{
public:
    struct Options
    {
        /// Names the pool and the metrics: "control".
        std::string name;
        /// libpq URL or key=value string.
        std::string url;
        config::Pool pool;
        absl::Duration slowQuery = absl::Milliseconds(10);
        /// Statements without an earlier deadline are stopped after this; zero = never.
        absl::Duration statementLimit = absl::Seconds(60);
    };
    enum class Mode { ReadWrite, ReadOnly, Serializable };

    /// INVALID_ARGUMENT when the URL cannot be read. Does not connect yet: the pool does, in the
    /// background. The registry outlives the database.
    static absl::StatusOr<std::unique_ptr<Database>> create(
        Options options, prometheus::Registry& registry);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// Runs `function` (Transaction& → Status or StatusOr) in a transaction: committed when it
    /// returns OK, else rolled back. Returns its result, or why there was no connection, or why the
    /// commit failed.
    template <typename Function>
    auto transact(
        Function function,
        absl::Time deadline = absl::InfiniteFuture(),
        Mode mode = Mode::ReadWrite) -> std::invoke_result_t<Function, Transaction&>
    {
        std::optional<std::invoke_result_t<Function, Transaction&>> result;
        absl::Status status = runTransaction(
            [&](Transaction& transaction) -> absl::Status {
                result.emplace(function(transaction));
                return statusOf(*result);
            },
            deadline,
            mode);
        if (!status.ok()) {
            return status;
        }
        return std::move(*result);
    }

    /// As transact, for a function that makes one statement and no more: that is a transaction by
    /// itself, without the round trips of BEGIN and COMMIT.
    template <typename Function>
    auto single(Function function, absl::Time deadline = absl::InfiniteFuture())
        -> std::invoke_result_t<Function, Transaction&>
    {
        std::optional<std::invoke_result_t<Function, Transaction&>> result;
        PH_RETURN_IF_ERROR(runSingle(
            [&](Transaction& transaction) -> absl::Status {
                result.emplace(function(transaction));
                return statusOf(*result);
            },
            deadline));
        return std::move(*result);
    }

    /// A single statement, a transaction by itself, in one round trip. As in Transaction.
    absl::StatusOr<std::int64_t> execute(
        const Statement& statement,
        const Params& params = {},
        absl::Time deadline = absl::InfiniteFuture());
    template <typename Map>
    auto query(
        const Statement& statement,
        const Params& params,
        Map map,
        absl::Time deadline = absl::InfiniteFuture())
    {
        return single(
            [&](Transaction& transaction) { return transaction.query(statement, params, map); },
            deadline);
    }
    template <typename Map>
    auto queryOne(
        const Statement& statement,
        const Params& params,
        Map map,
        absl::Time deadline = absl::InfiniteFuture())
    {
        return single(
            [&](Transaction& transaction) { return transaction.queryOne(statement, params, map); },
            deadline);
    }

    /// Asks the database for a sign of life within `limit`: state, response time and, when it is
    /// not healthy, why and what to do. Degraded: the pool is nearly used up.
    system::ComponentHealth check(absl::Duration limit = absl::Seconds(2));
    /// A connection outside of the pool that hears NOTIFY on the channels. Blocks while it
    /// connects.
    absl::StatusOr<std::unique_ptr<Listener>> listen(
        const std::vector<std::string>& channels) const;
    system::PoolStatus poolStatus() const;
    /// Every idle connection is checked before its next use: PostgreSQL is known to have restarted.
    void invalidateConnections();

private:
    using Body = std::function<absl::Status(Transaction&)>;
    struct State;
    explicit Database(std::unique_ptr<State> state);
    absl::Status runTransaction(const Body& body, absl::Time deadline, Mode mode);
    absl::Status runSingle(const Body& body, absl::Time deadline);
    std::unique_ptr<State> m_state;
};

} // namespace pilothouse::postgres
