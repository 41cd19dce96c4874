// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/leader/Fence.h"
#include "server/platform/postgres/Database.h"
#include "server/rollouts/ManagedApplication.h"
#include "server/rollouts/RolloutBoard.h"
#include "server/rollouts/RolloutRecords.h"
#include "shared/base/Clock.h"

#include <absl/status/statusor.h>
#include <prometheus/counter.h>
#include <prometheus/registry.h>

namespace pilothouse::rollouts {

/// Does what a rollout in Switching or SwitchingBack says: acts, verifies, and writes that it is
/// done. The decision is in the database before it comes here, so whoever finds one that is not
/// done (this server after a crash, or the next leader) does it again; nothing is different when it
/// was done already. Blocks; thread-safe.
class Switcher
{
public:
    /// All of it outlives this.
    Switcher(
        const RolloutRecords& records,
        RolloutBoard& board,
        const Clock& clock,
        prometheus::Registry& registry);

    /// The rollout as it is afterwards. ABORTED when another server leads by now or the rollout
    /// moved on by itself. With kRevisionChanged it was given up: it goes back.
    absl::StatusOr<Rollout> settle(
        ManagedApplication& application,
        const Rollout& rollout,
        const std::string& realm,
        const leader::Fence& fence,
        postgres::Database& database,
        absl::Time deadline);

private:
    absl::Status giveUp(
        const Rollout& rollout,
        const absl::Status& why,
        const leader::Fence& fence,
        postgres::Database& database,
        absl::Time deadline);

    const RolloutRecords& m_records;
    RolloutBoard& m_board;
    const Clock& m_clock;
    prometheus::Family<prometheus::Counter>& m_switches;
};

} // namespace pilothouse::rollouts
