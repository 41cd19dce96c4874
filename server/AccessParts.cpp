// SPDX-License-Identifier: Apache-2.0
#include "server/AccessParts.h"

#include "shared/base/StatusHelpers.h"

#include <spdlog/spdlog.h>

namespace pilothouse {

namespace {

constexpr double kRateBurst = 2;
constexpr auto kPollLimit = absl::Seconds(5);

plans::PlanSettings settingsOf(const config::Config& config, const std::string& environmentName)
{
    return {
        config.server.environment,
        environmentName,
        config.access.planLifetime,
        config.access.leaseLifetime,
        config.access.approvalLifetime};
}

access::SessionCache::Limits limitsOf(const config::Config& config)
{
    return {
        config.access.sessionIdle,
        static_cast<double>(config.grpc.operatorRate),
        kRateBurst * config.grpc.operatorRate};
}

} // namespace

AccessParts::AccessParts(const Ground& ground)
    : m_ground(ground),
      m_settings(settingsOf(ground.config, ground.environmentName)),
      m_cache(ground.methods, ground.clock, limitsOf(ground.config)),
      m_sessions(
          ground.database, ground.db, m_cache, ground.clock, ground.config.access.sessionIdle),
      m_accounts(ground.database, m_cache, ground.audit, ground.clock, ground.config.access),
      m_tokens(
          ground.database,
          m_cache,
          ground.methods,
          ground.audit,
          ground.clock,
          ground.config.access),
      m_gate(ground.database, ground.audit, ground.clock, m_settings),
      m_leases(ground.database, ground.audit, ground.clock, m_settings),
      m_approvals(ground.database, ground.audit, ground.clock, m_settings),
      m_board(ground.database, ground.clock, m_settings),
      m_operators(
          ground.database, m_gate, m_sessions, ground.methods, ground.clock, ground.config.access),
      m_roles(
          ground.database, m_gate, m_sessions, ground.methods, ground.clock, ground.config.access),
      m_sessionAdmin(ground.database, m_gate, m_sessions, ground.config.access),
      m_revisions(ground.database)
{
    m_revisions.add("access", [this](std::int64_t revision) -> absl::Status {
        PH_RETURN_IF_ERROR(m_sessions.refresh(m_ground.clock.now() + kPollLimit));
        m_board.setAccessRevision(revision);
        return absl::OkStatus();
    });
    m_revisions.add("safety", [this](std::int64_t) {
        return m_board.reload(m_ground.clock.now() + kPollLimit);
    });
}

absl::Status AccessParts::load()
{
    return m_sessions.load();
}

void AccessParts::makeServices(rpc::Guard& guard)
{
    m_access = std::make_unique<access::AccessService>(
        guard, m_accounts, m_tokens, m_ground.pages, m_ground.db, m_ground.hashing);
    m_admin = std::make_unique<access::AccessAdminService>(
        guard,
        access::AccessAdminService::UseCases{m_operators, m_roles, m_sessionAdmin},
        m_ground.pages,
        m_ground.db,
        m_ground.hashing);
    m_plans = std::make_unique<plans::PlanService>(
        guard, m_leases, m_approvals, m_board, m_ground.pages, m_ground.db);
}

std::vector<rpc::Service*> AccessParts::services() const
{
    return {m_access.get(), m_admin.get(), m_plans.get()};
}

void AccessParts::tick()
{
    m_board.tick();
    if (m_isPolling.exchange(true)) {
        return; // the one before is still waiting for the database
    }
    const absl::Status submitted = m_ground.db.submit([this] {
        if (const absl::Status status = m_revisions.poll(m_ground.clock.now() + kPollLimit);
            !status.ok()) {
            spdlog::debug(
                "changes of other servers were not read: {}", std::string(status.message()));
        }
        m_isPolling.store(false);
    });
    if (!submitted.ok()) {
        m_isPolling.store(false); // a full executor only means that the next second does it
    }
}

void AccessParts::maintain(absl::Duration limit)
{
    if (const absl::Status status = m_sessions.maintain(limit); !status.ok()) {
        spdlog::debug("sessions were not maintained: {}", std::string(status.message()));
        return;
    }
    m_accounts.forgetOldFailures().IgnoreError();
    m_leases.removeEnded(m_ground.clock.now() + limit).IgnoreError();
}

} // namespace pilothouse
