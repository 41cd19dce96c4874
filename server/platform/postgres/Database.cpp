// SPDX-License-Identifier: Apache-2.0
#include "server/platform/postgres/Database.h"

#include "server/platform/pool/Pool.h"
#include "server/platform/postgres/Connection.h"
#include "server/platform/postgres/ConnectionString.h"
#include "server/platform/postgres/Errors.h"
#include "server/platform/postgres/QueryMetrics.h"

#include <absl/time/clock.h>
#include <fmt/format.h>
#include <pqxx/pqxx>

#include <algorithm>
#include <chrono>

namespace pilothouse::postgres {

namespace {

constexpr const char* kConnectTimeoutSeconds = "5";
/// Share of the pool in use from which the database counts as degraded (requirement A3).
constexpr double kBusyShare = 0.8;

absl::Duration monotonic()
{
    return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

std::unique_ptr<pqxx::transaction_base> begin(
    pqxx::connection_base& connection, Database::Mode mode)
{
    switch (mode) {
    case Database::Mode::ReadOnly:
        return std::make_unique<pqxx::read_transaction>(connection);
    case Database::Mode::Serializable:
        return std::make_unique<pqxx::transaction<pqxx::serializable>>(connection);
    case Database::Mode::ReadWrite:
        break;
    }
    return std::make_unique<pqxx::work>(connection);
}

} // namespace

struct Database::State
{
    State(Options wanted, const std::string& text, prometheus::Registry& registry)
        : options(std::move(wanted)),
          connectionText(text),
          metrics(registry, options.name, options.slowQuery),
          pool(options.name, options.pool, [text] { return Connection::open(text); })
    {}

    absl::Duration limitFor(absl::Time deadline) const
    {
        if (options.statementLimit == absl::ZeroDuration() && deadline == absl::InfiniteFuture()) {
            return absl::ZeroDuration();
        }
        const absl::Duration left = deadline - absl::Now();
        return options.statementLimit == absl::ZeroDuration()
                   ? left
                   : std::min(left, options.statementLimit);
    }

    Options options;
    const std::string connectionText;
    QueryMetrics metrics;
    platform::Pool<Connection> pool;
};

Database::Database(std::unique_ptr<State> state) : m_state(std::move(state)) {}

Database::~Database() = default;

absl::StatusOr<std::unique_ptr<Database>> Database::create(
    Options options, prometheus::Registry& registry)
{
    PH_ASSIGN_OR_RETURN(ConnectionString string, ConnectionString::parse(options.url));
    string.setDefault("connect_timeout", kConnectTimeoutSeconds);
    string.setDefault("application_name", "pilothouse");
    string.set("client_encoding", "UTF8");
    return std::unique_ptr<Database>(
        new Database(std::make_unique<State>(std::move(options), string.text(), registry)));
}

absl::Status Database::runTransaction(const Body& body, absl::Time deadline, Mode mode)
{
    PH_ASSIGN_OR_RETURN(auto lease, m_state->pool.acquire(deadline));
    absl::Status status;
    try {
        lease->setStatementTimeout(m_state->limitFor(deadline));
        const auto raw = begin(lease->raw(), mode);
        Transaction transaction(*raw, m_state->metrics, deadline);
        status = body(transaction);
        if (status.ok()) {
            const absl::Duration started = monotonic();
            raw->commit();
            m_state->metrics.record("commit", monotonic() - started, 0, absl::OkStatus());
        } else {
            raw->abort();
        }
    } catch (...) {
        const absl::Status failure =
            currentExceptionAsStatus(fmt::format("transaction on {}", m_state->options.name));
        // What the body said comes first: a rollback that fails after it says nothing new.
        status = status.ok() ? failure : status;
    }
    if (!lease->looksAlive()) {
        lease.markBroken();
    }
    return status;
}

absl::Status Database::runSingle(const Body& body, absl::Time deadline)
{
    PH_ASSIGN_OR_RETURN(auto lease, m_state->pool.acquire(deadline));
    absl::Status status;
    try {
        lease->setStatementTimeout(m_state->limitFor(deadline));
        pqxx::nontransaction raw(lease->raw());
        Transaction transaction(raw, m_state->metrics, deadline);
        status = body(transaction);
    } catch (...) {
        status = currentExceptionAsStatus(fmt::format("statement on {}", m_state->options.name));
    }
    if (!lease->looksAlive()) {
        lease.markBroken();
    }
    return status;
}

absl::StatusOr<std::int64_t> Database::execute(
    const Statement& statement, const Params& params, absl::Time deadline)
{
    return single(
        [&](Transaction& transaction) { return transaction.execute(statement, params); }, deadline);
}

system::ComponentHealth Database::check(absl::Duration limit)
{
    static constexpr Statement kPing = {"system.ping", "SELECT 1"};
    system::ComponentHealth health;
    health.name = m_state->options.name;
    const absl::Duration started = monotonic();
    const auto answer = execute(kPing, {}, absl::Now() + limit);
    health.responseTime = monotonic() - started;
    health.lastCheck = absl::Now();
    if (!answer.ok()) {
        health.state = system::HealthState::Unhealthy;
        health.message = describe(answer.status());
        return health;
    }
    const system::PoolStatus pool = poolStatus();
    health.state = system::HealthState::Healthy;
    if (static_cast<double>(pool.inUse) / pool.maximum > kBusyShare) {
        health.state = system::HealthState::Degraded;
        health.message = fmt::format(
            "{} of {} connections are in use, {} wait. Raise database.pool.maximum if this lasts.",
            pool.inUse,
            pool.maximum,
            pool.waiting);
    }
    return health;
}

absl::StatusOr<std::unique_ptr<Listener>> Database::listen(
    const std::vector<std::string>& channels) const
{
    return Listener::open(m_state->connectionText, channels);
}

system::PoolStatus Database::poolStatus() const
{
    return m_state->pool.status();
}

void Database::invalidateConnections()
{
    m_state->pool.invalidate();
}

} // namespace pilothouse::postgres
