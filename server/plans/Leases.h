// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/AuditLog.h"
#include "server/plans/PlanSettings.h"
#include "server/plans/PlanStore.h"
#include "server/plans/Requester.h"
#include "server/platform/postgres/Database.h"
#include "shared/base/Clock.h"

#include <absl/status/statusor.h>

#include <string>

namespace pilothouse::plans {

/// Write leases: taken, ended, run out. Blocks on the database; thread-safe.
class Leases
{
public:
    /// Everything outlives this.
    Leases(
        postgres::Database& database,
        const audit::AuditLog& audit,
        const Clock& clock,
        PlanSettings settings);

    /// A second one before the first has ended extends it. INVALID_ARGUMENT without a reason.
    absl::StatusOr<Lease> take(const Requester& requester, const std::string& reason);
    /// Without a lease it does nothing.
    absl::Status end(const Requester& requester);
    /// Records the leases that ran out, and forgets them and old plans and approvals.
    absl::Status removeEnded(absl::Time deadline);

private:
    postgres::Database& m_database;
    const audit::AuditLog& m_audit;
    const Clock& m_clock;
    const PlanSettings m_settings;
    const PlanStore m_store{};
};

} // namespace pilothouse::plans
