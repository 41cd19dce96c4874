// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/plans/PlanGate.h"
#include "server/scaling/ScalingBoard.h"
#include "server/scaling/ScalingStore.h"
#include "shared/base/Clock.h"

#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace pilothouse::scaling {

/// What operators do about policies. Blocks on the database; thread-safe.
class Scaling
{
public:
    /// What it needs; all of it outlives this.
    struct Parts
    {
        postgres::Database& database;
        plans::PlanGate& gate;
        const ScalingBoard& board;
        const Clock& clock;
        /// After a change: shows it, and looks at the policy soon.
        std::function<void(const std::string& policy)> changed;
    };

    explicit Scaling(Parts parts) : m_parts(std::move(parts)) {}

    absl::StatusOr<plans::Plan> pause(
        const plans::Requester& requester,
        const plans::Request& request,
        const std::string& policy);
    absl::StatusOr<plans::Plan> resume(
        const plans::Requester& requester,
        const plans::Request& request,
        const std::string& policy);

    /// Newest first; "" = of all policies; `before` 0 = from the newest.
    absl::StatusOr<std::vector<Record>> decisions(
        const std::string& policy, std::int64_t before, int limit, absl::Time deadline) const;

    /// NOT_FOUND for one that is not configured.
    absl::StatusOr<PolicyState> find(const std::string& policy) const;

private:
    absl::StatusOr<plans::Plan> change(
        const plans::Requester& requester,
        const plans::Request& request,
        const std::string& policy,
        bool isPause);

    const Parts m_parts;
    const ScalingStore m_store{};
};

} // namespace pilothouse::scaling
