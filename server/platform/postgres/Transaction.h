// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Row.h"
#include "server/platform/postgres/Statement.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

namespace pqxx {
class transaction_base;
}

namespace pilothouse::postgres {

class QueryMetrics;

/// What a use case does to the database in one step; Database::transact makes it. After a statement
/// failed, return its status: the transaction is rolled back.
class Transaction
{
public:
    Transaction(pqxx::transaction_base& raw, QueryMetrics& metrics, absl::Time deadline)
        : m_raw(raw), m_metrics(metrics), m_deadline(deadline)
    {}

    /// Runs a statement whose rows do not matter; returns how many rows it touched.
    absl::StatusOr<std::int64_t> execute(const Statement& statement, const Params& params = {});

    /// All rows, each through `map` (const Row& → value).
    template <typename Map>
    auto query(const Statement& statement, const Params& params, Map map)
        -> absl::StatusOr<std::vector<std::invoke_result_t<Map, const Row&>>>
    {
        std::vector<std::invoke_result_t<Map, const Row&>> values;
        const auto rows =
            run(statement, params, [&](const Row& row) { values.push_back(map(row)); });
        if (!rows.ok()) {
            return rows.status();
        }
        return values;
    }

    /// The first row, or nothing when there is none.
    template <typename Map>
    auto queryOne(const Statement& statement, const Params& params, Map map)
        -> absl::StatusOr<std::optional<std::invoke_result_t<Map, const Row&>>>
    {
        std::optional<std::invoke_result_t<Map, const Row&>> value;
        const auto rows = run(statement, params, [&](const Row& row) {
            if (!value) {
                value.emplace(map(row));
            }
        });
        if (!rows.ok()) {
            return rows.status();
        }
        return value;
    }

    /// Rows as the lines of COPY's text form, without their line ends, as fast as PostgreSQL sends
    /// them; `take` says false when it has enough. The parameters are put into the text of the
    /// statement, because COPY takes none: say their types there ("$1::bigint").
    absl::Status copyLines(
        const Statement& statement,
        const Params& params,
        const std::function<bool(std::string_view)>& take);

    /// Several statements without parameters, as a migration has; `name` as in Statement.
    absl::Status executeScript(const char* name, const std::string& sql);

private:
    using Visitor = std::function<void(const Row&)>;
    absl::StatusOr<std::int64_t> run(
        const Statement& statement, const Params& params, const Visitor& visit);

    pqxx::transaction_base& m_raw;
    QueryMetrics& m_metrics;
    const absl::Time m_deadline;
};

} // namespace pilothouse::postgres
