// SPDX-License-Identifier: Apache-2.0
#include "server/platform/postgres/Connection.h"

#include "server/platform/postgres/Errors.h"

#include <fmt/format.h>
#include <pqxx/pqxx>

#include <algorithm>
#include <cmath>
#include <poll.h>
#include <sys/socket.h>

namespace pilothouse::postgres {

namespace {

/// A transaction that somebody forgot would hold its locks for ever. The control database is in
/// memory, and its tables are queues and logs whose statistics are always old: at the cost of a
/// spinning disk the planner would sort a whole queue to take its first rows.
constexpr const char* kSession =
    "SET timezone = 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'postgres'; "
    "SET client_min_messages = 'error'; "
    "SET idle_in_transaction_session_timeout = '5min'; SET random_page_cost = 1";
/// A time limit is rounded up by at most a quarter.
constexpr double kTimeoutStep = 1.25;
constexpr std::int64_t kShortestTimeoutMs = 5;

std::int64_t roundedMilliseconds(absl::Duration limit)
{
    const double wanted =
        std::max(absl::ToDoubleMilliseconds(limit), static_cast<double>(kShortestTimeoutMs));
    const double steps = std::ceil(std::log(wanted) / std::log(kTimeoutStep));
    return static_cast<std::int64_t>(std::ceil(std::pow(kTimeoutStep, steps)));
}

} // namespace

struct Connection::State
{
    explicit State(const std::string& text) : connection(text)
    {
        // libpqxx would reconnect behind our back and lose the session's settings.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
        connection.inhibit_reactivation(true);
#pragma GCC diagnostic pop
        pqxx::nontransaction(connection).exec(kSession);
    }

    pqxx::connection connection;
    /// Notices would be printed otherwise, and may quote data; what matters comes as an exception
    /// too.
    pqxx::quiet_errorhandler quiet{connection};
    std::int64_t timeoutMs = 0;
};

Connection::Connection(std::unique_ptr<State> state) : m_state(std::move(state)) {}

Connection::~Connection() = default;

absl::StatusOr<std::unique_ptr<Connection>> Connection::open(const std::string& text)
{
    try {
        return std::unique_ptr<Connection>(new Connection(std::make_unique<State>(text)));
    } catch (...) {
        return currentExceptionAsStatus("cannot connect to PostgreSQL");
    }
}

bool Connection::looksAlive() const
{
    const int socket = m_state->connection.is_open() ? m_state->connection.sock() : -1;
    if (socket < 0) {
        return false;
    }
    pollfd entry{socket, POLLIN, 0};
    if (poll(&entry, 1, 0) == 0) {
        return true;
    }
    // An idle connection has something to read when the server closed it ('E': the reason why), or
    // for a notification or a changed parameter.
    char kind = 0;
    const auto count = recv(socket, &kind, 1, MSG_PEEK | MSG_DONTWAIT);
    return count == 1 && (kind == 'N' || kind == 'S' || kind == 'A');
}

absl::Status Connection::validate()
{
    try {
        setStatementTimeout(absl::Seconds(5));
        pqxx::nontransaction(m_state->connection).exec("SELECT 1");
        return absl::OkStatus();
    } catch (...) {
        return currentExceptionAsStatus("connection check");
    }
}

void Connection::setStatementTimeout(absl::Duration limit)
{
    const std::int64_t milliseconds =
        limit == absl::ZeroDuration() ? 0 : roundedMilliseconds(limit);
    if (milliseconds != m_state->timeoutMs) {
        pqxx::nontransaction(m_state->connection)
            .exec(fmt::format("SET statement_timeout = {}", milliseconds));
        m_state->timeoutMs = milliseconds;
    }
}

pqxx::connection_base& Connection::raw()
{
    return m_state->connection;
}

} // namespace pilothouse::postgres
