// SPDX-License-Identifier: Apache-2.0
#include "server/plans/SafetyBoard.h"

#include "shared/base/StatusHelpers.h"
#include "shared/plans/FrictionRules.h"

#include <algorithm>

namespace pilothouse::plans {

namespace {

/// More than a person looks through; the list has pages for the rest.
constexpr int kOpenApprovals = 1000;
constexpr std::size_t kShownApprovals = 100;

} // namespace

SafetyBoard::SafetyBoard(postgres::Database& database, const Clock& clock, PlanSettings settings)
    : m_database(database), m_clock(clock), m_settings(std::move(settings))
{}

absl::Status SafetyBoard::reload(absl::Time deadline)
{
    const absl::Time now = m_clock.now();
    std::vector<Lease> leases;
    std::vector<Approval> open;
    const absl::Status read = m_database.transact(
        [&](postgres::Transaction& transaction) -> absl::Status {
            PH_ASSIGN_OR_RETURN(leases, m_plans.leases(transaction, now));
            PH_ASSIGN_OR_RETURN(open, m_approvals.open(transaction, now, kOpenApprovals));
            return absl::OkStatus();
        },
        deadline,
        postgres::Database::Mode::ReadOnly);
    PH_RETURN_IF_ERROR(read);
    {
        const std::lock_guard lock(m_mutex);
        m_leases = std::move(leases);
        m_open = std::move(open);
    }
    changed();
    return absl::OkStatus();
}

void SafetyBoard::setAccessRevision(std::int64_t revision)
{
    {
        const std::lock_guard lock(m_mutex);
        if (revision <= m_accessRevision) {
            return;
        }
        m_accessRevision = revision;
    }
    changed();
}

void SafetyBoard::tick()
{
    const absl::Time now = m_clock.now();
    std::size_t gone = 0;
    {
        const std::lock_guard lock(m_mutex);
        gone = std::erase_if(m_leases, [&](const Lease& one) { return one.expireTime <= now; });
        gone += std::erase_if(m_open, [&](const Approval& one) { return one.expireTime <= now; });
    }
    if (gone > 0) {
        m_version.fetch_add(1);
    }
    // Even when there is nothing to say: whose session has ended must not go on watching.
    if (m_listener) {
        m_listener();
    }
}

Safety SafetyBoard::safetyFor(const std::string& name, bool seesApprovals) const
{
    Safety safety;
    safety.environment = m_settings.environment;
    safety.environmentName = m_settings.environmentName;
    safety.needsLease = needsLease(m_settings.environment);
    safety.serverTime = m_clock.now();
    const std::lock_guard lock(m_mutex);
    safety.accessRevision = m_accessRevision;
    for (const Lease& lease : m_leases) {
        if (lease.expireTime <= safety.serverTime) {
            continue;
        }
        if (lease.operatorName == name) {
            safety.lease = lease;
        } else {
            safety.otherLeases.push_back(lease);
        }
    }
    for (const Approval& approval : m_open) {
        const bool isPending = approval.state == ApprovalState::Pending;
        if (isPending && seesApprovals && safety.pendingApprovals.size() < kShownApprovals) {
            safety.pendingApprovals.push_back(approval);
        } else if (!isPending && approval.requester == name) {
            safety.readyApprovals.push_back(approval);
        }
    }
    return safety;
}

void SafetyBoard::changed()
{
    m_version.fetch_add(1);
    if (m_listener) {
        m_listener();
    }
}

} // namespace pilothouse::plans
