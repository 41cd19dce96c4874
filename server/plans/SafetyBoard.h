// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/plans/ApprovalStore.h"
#include "server/plans/PlanSettings.h"
#include "server/plans/PlanStore.h"
#include "server/plans/Requester.h"
#include "server/platform/postgres/Database.h"
#include "shared/base/Clock.h"

#include <absl/status/status.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace pilothouse::plans {

/// Leases and open approvals in memory, for those who watch: read from the database when something
/// changed, on this server or another. Decisions never look here. Thread-safe.
class SafetyBoard
{
public:
    SafetyBoard(postgres::Database& database, const Clock& clock, PlanSettings settings);

    /// Reads everything again. Blocks, at most until the deadline.
    absl::Status reload(absl::Time deadline);
    void setAccessRevision(std::int64_t revision);
    /// Each second: what has expired goes, and those who watch are looked at again.
    void tick();

    /// As `who` may see it.
    Safety safetyFor(const std::string& name, bool seesApprovals) const;
    /// Grows with every change.
    std::uint64_t version() const { return m_version.load(); }
    /// Called after every change and every second, on any thread. Set once, before anything
    /// changes.
    void onChange(std::function<void()> listener) { m_listener = std::move(listener); }

private:
    void changed();

    postgres::Database& m_database;
    const Clock& m_clock;
    const PlanSettings m_settings;
    const PlanStore m_plans{};
    const ApprovalStore m_approvals{};
    std::function<void()> m_listener;
    std::atomic<std::uint64_t> m_version{1};

    mutable std::mutex m_mutex;
    std::vector<Lease> m_leases;
    std::vector<Approval> m_open;
    std::int64_t m_accessRevision = 0;
};

} // namespace pilothouse::plans
