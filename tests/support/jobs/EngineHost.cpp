// SPDX-License-Identifier: Apache-2.0
#include "tests/support/jobs/EngineHost.h"

#include "shared/base/StatusHelpers.h"

#include <absl/time/clock.h>

namespace pilothouse::test {

namespace {

constexpr int kQueue = 5000;

} // namespace

EngineHost::Parts::Parts(EngineHost& host, const Options& options)
    : health(systemClock()),
      audit(*host.m_database),
      executor("jobs", options.threads, kQueue),
      queries(*host.m_database),
      records(*host.m_database),
      engine(
          {*host.m_database, host.m_kinds, records, executor, health, systemClock(), [] {}},
          {options.serverId, options.serverId, options.lease, options.threads, options.prefetch}),
      jobs(*host.m_database, host.m_kinds, audit, engine, [] {}),
      schedules(*host.m_database, host.m_kinds, audit, systemClock()),
      listener(
          *host.m_database, {[this] { engine.wakeForWork(); }, [this] { engine.wakeForStops(); }}),
      election(
          *host.m_database,
          systemClock(),
          {options.serverId, options.serverId, options.leaderLease}),
      duties(election, *host.m_database, jobs)
{}

absl::StatusOr<std::unique_ptr<EngineHost>> EngineHost::start(const Options& options)
{
    auto host = std::make_unique<EngineHost>();
    postgres::Database::Options database;
    database.name = "control";
    database.url = options.url;
    database.slowQuery = absl::Seconds(10);
    PH_ASSIGN_OR_RETURN(
        host->m_database, postgres::Database::create(std::move(database), host->m_registry));
    PH_RETURN_IF_ERROR(ScriptedHandler::createTable(*host->m_database));
    for (const ScriptedHandler::Options& kind : options.kinds) {
        host->m_handlers.push_back(std::make_shared<ScriptedHandler>(*host->m_database, kind));
        host->m_kinds.add(host->m_handlers.back());
    }
    host->m_parts = std::make_unique<Parts>(*host, options);
    return host;
}

EngineHost::~EngineHost()
{
    stop();
}

void EngineHost::stop()
{
    if (m_parts == nullptr) {
        return;
    }
    for (const auto& handler : m_handlers) {
        handler->release();
    }
    while (m_parts->engine.stop(absl::Seconds(5)) > 0) {
        absl::SleepFor(absl::Milliseconds(20));
    }
    m_parts.reset();
}

std::int64_t EngineHost::create(const jobs::Parameters& parameters, int priority)
{
    jobs::JobOrder order;
    order.kind = m_handlers.front()->kind().name;
    order.parameters = parameters;
    order.priority = priority;
    return jobs().create(order, {"tester", {}, "test", {}, {}}, absl::InfiniteFuture()).value_or(0);
}

std::string EngineHost::state(std::int64_t job)
{
    const auto found = queries().get(job, absl::InfiniteFuture());
    return found.ok() ? std::string(jobs::jobStateName(found->state)) : "";
}

} // namespace pilothouse::test
