// SPDX-License-Identifier: Apache-2.0
#include "server/platform/postgres/Transaction.h"

#include "server/platform/postgres/Errors.h"
#include "server/platform/postgres/QueryMetrics.h"

#include <absl/time/clock.h>
#include <fmt/format.h>
#include <pqxx/pqxx>

#include <chrono>

namespace pilothouse::postgres {

namespace {

class Stopwatch
{
public:
    absl::Duration elapsed() const
    {
        return absl::FromChrono(std::chrono::steady_clock::now() - m_started);
    }

private:
    const std::chrono::steady_clock::time_point m_started = std::chrono::steady_clock::now();
};

/// The statement with its parameters as quoted literals.
std::string withValues(
    const pqxx::transaction_base& raw, const Statement& statement, const Params& params)
{
    std::string text;
    const std::string_view sql(statement.sql);
    for (std::size_t at = 0; at < sql.size();) {
        std::size_t end = at + 1;
        std::size_t number = 0;
        while (sql[at] == '$' && end < sql.size() && sql[end] >= '0' && sql[end] <= '9') {
            number = number * 10 + static_cast<std::size_t>(sql[end++] - '0');
        }
        if (number == 0) {
            text.append(sql.substr(at, end - at));
        } else {
            const auto& value = params.at(number - 1).text();
            text += value ? raw.quote(*value) : std::string("NULL");
        }
        at = end;
    }
    return text;
}

pqxx::result executePrepared(
    pqxx::transaction_base& raw, const Statement& statement, const Params& params)
{
    raw.conn().prepare(statement.name, statement.sql);
    std::vector<const char*> values;
    values.reserve(params.size());
    for (const Param& param : params) {
        values.push_back(param.text() ? param.text()->c_str() : nullptr);
    }
    return raw.exec_prepared(statement.name, pqxx::prepare::make_dynamic_params(values));
}

} // namespace

absl::StatusOr<std::int64_t> Transaction::execute(const Statement& statement, const Params& params)
{
    return run(statement, params, [](const Row&) {});
}

absl::StatusOr<std::int64_t> Transaction::run(
    const Statement& statement, const Params& params, const Visitor& visit)
{
    if (absl::Now() >= m_deadline) {
        return absl::DeadlineExceededError(
            fmt::format("{}: the request's deadline passed", statement.name));
    }
    const Stopwatch watch;
    absl::StatusOr<std::int64_t> rows;
    absl::Duration took;
    try {
        const pqxx::result result = executePrepared(m_raw, statement, params);
        took = watch.elapsed();
        Columns columns(result);
        for (auto row = result.begin(); row != result.end(); ++row) {
            pqxx::const_row_iterator fields = row->begin();
            visit(Row(fields, columns));
        }
        rows = static_cast<std::int64_t>(
            result.columns() > 0 ? result.size() : result.affected_rows());
    } catch (...) {
        took = watch.elapsed();
        rows = currentExceptionAsStatus(statement.name);
    }
    m_metrics.record(statement.name, took, rows.value_or(0), rows.status());
    return rows;
}

absl::Status Transaction::copyLines(
    const Statement& statement,
    const Params& params,
    const std::function<bool(std::string_view)>& take)
{
    if (absl::Now() >= m_deadline) {
        return absl::DeadlineExceededError(
            fmt::format("{}: the request's deadline passed", statement.name));
    }
    const Stopwatch watch;
    std::int64_t rows = 0;
    absl::Status status;
    try {
        pqxx::stream_from stream(m_raw, fmt::format("({})", withValues(m_raw, statement, params)));
        std::string line;
        while (stream.get_raw_line(line)) {
            ++rows;
            const std::string_view text(line);
            if (!take(text.substr(0, text.size() - (text.ends_with('\n') ? 1 : 0)))) {
                break;
            }
        }
        stream.complete();
    } catch (...) {
        status = currentExceptionAsStatus(statement.name);
    }
    m_metrics.record(statement.name, watch.elapsed(), rows, status, QueryMetrics::Slow::Expect);
    return status;
}

absl::Status Transaction::executeScript(const char* name, const std::string& sql)
{
    const Stopwatch watch;
    absl::Status status;
    try {
        m_raw.exec(sql);
    } catch (...) {
        status = currentExceptionAsStatus(name);
    }
    m_metrics.record(name, watch.elapsed(), 0, status, QueryMetrics::Slow::Expect);
    return status;
}

} // namespace pilothouse::postgres
