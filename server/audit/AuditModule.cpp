// SPDX-License-Identifier: Apache-2.0
#include "server/audit/AuditModule.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

namespace pilothouse::audit {

namespace {

/// One export or verification works while the next piece of another is read.
constexpr int kBulkThreads = 2;
constexpr int kBulkQueue = 16;
/// Records what no use case did, after the call: one at a time is enough.
constexpr int kRecorderThreads = 1;
constexpr int kRecorderQueue = 1024;

} // namespace

AuditModule::AuditModule(const Parts& parts)
    : m_log(parts.log),
      m_writer(parts.database),
      m_feed(parts.database),
      m_retention(parts.database, m_log, parts.config.retention),
      m_keeper(parts.database, m_feed, m_retention),
      m_finder(parts.database, parts.clock),
      m_bulk("audit", kBulkThreads, kBulkQueue),
      m_recorder("audit-calls", kRecorderThreads, kRecorderQueue),
      m_calls(m_log, m_recorder, parts.clock, parts.registry),
      m_service(
          parts.guard,
          {parts.database, m_log, m_finder, m_feed, parts.pages, parts.db, m_bulk, parts.clock})
{
    m_log.onRecord([this] { m_writer.wake(); });
    parts.guard.setAuditor(m_calls);
    m_writer.start([this](const ChainWriter::Step& step) { m_feed.advance(step); });
    m_keeper.start();
}

AuditModule::~AuditModule()
{
    stop();
}

void AuditModule::stop()
{
    m_log.onRecord({}); // whoever records from now on leaves it to the next start
    m_keeper.stop();
    m_writer.stop();
}

system::ComponentHealth AuditModule::health() const
{
    system::ComponentHealth health;
    health.state = system::HealthState::Healthy;
    if (const ChainStatus status = m_feed.status(); status.firstBreak) {
        health.state = system::HealthState::Unhealthy;
        health.message = fmt::format(
            "The audit's hash chain is broken on {}{}: {}. See docs/audit.md.",
            dayText(status.firstBreak->day),
            status.firstBreak->sequence == 0
                ? ""
                : fmt::format(" at entry {}", status.firstBreak->sequence),
            status.firstBreak->problem);
    } else if (const absl::Status state = m_writer.state(); !state.ok()) {
        health.state = system::HealthState::Degraded;
        health.message = "Entries wait to be chained: " + describe(state);
    }
    return health;
}

} // namespace pilothouse::audit
