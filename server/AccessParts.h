// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/access/AccessAdminService.h"
#include "server/access/AccessService.h"
#include "server/access/Sessions.h"
#include "server/audit/AuditLog.h"
#include "server/config/Config.h"
#include "server/plans/PlanService.h"
#include "server/platform/executor/Executor.h"
#include "server/platform/postgres/Database.h"
#include "server/platform/postgres/Revisions.h"
#include "server/platform/rpc/Guard.h"
#include "server/platform/rpc/PageTokens.h"
#include "shared/base/Clock.h"

#include <absl/status/status.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace pilothouse {

/// Access and plans, wired: who may do what, and what an action needs before it runs. In order of
/// dependence.
class AccessParts
{
public:
    /// What they stand on; everything outlives them.
    struct Ground
    {
        const config::Config& config;
        const std::string& environmentName;
        const Clock& clock;
        postgres::Database& database;
        const audit::AuditLog& audit;
        const rpc::MethodTable& methods;
        const rpc::PageTokens& pages;
        platform::Executor& db;
        platform::Executor& hashing;
    };

    explicit AccessParts(const Ground& ground);

    /// Brings the newest sessions into memory. Blocks.
    absl::Status load();
    /// After the guard was made of `sessions`.
    void makeServices(rpc::Guard& guard);
    std::vector<rpc::Service*> services() const;

    access::Accounts& accounts() { return m_accounts; }
    access::Sessions& sessions() { return m_sessions; }
    /// The gate before actions on the platform, for every capability.
    plans::PlanGate& gate() { return m_gate; }
    const plans::PlanSettings& planSettings() const { return m_settings; }

    /// Each second, on the io thread: asks the database whether another server changed something.
    void tick();
    /// Once in a while; blocks, at most for `limit`.
    void maintain(absl::Duration limit);

private:
    const Ground m_ground;
    const plans::PlanSettings m_settings;
    access::SessionCache m_cache;
    access::Sessions m_sessions;
    access::Accounts m_accounts;
    access::Tokens m_tokens;
    plans::PlanGate m_gate;
    plans::Leases m_leases;
    plans::Approvals m_approvals;
    plans::SafetyBoard m_board;
    access::Operators m_operators;
    access::Roles m_roles;
    access::SessionAdmin m_sessionAdmin;
    postgres::RevisionPoll m_revisions;
    std::atomic<bool> m_isPolling{false};
    std::unique_ptr<access::AccessService> m_access;
    std::unique_ptr<access::AccessAdminService> m_admin;
    std::unique_ptr<plans::PlanService> m_plans;
};

} // namespace pilothouse
