// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Database.h"
#include "server/rollouts/Leadership.h"
#include "server/rollouts/ManagedApplication.h"
#include "server/rollouts/RollbackJournal.h"
#include "server/rollouts/RolloutRecords.h"
#include "shared/base/Clock.h"

#include <absl/status/status.h>
#include <absl/time/time.h>
#include <prometheus/counter.h>

#include <functional>
#include <optional>
#include <string>

namespace pilothouse::rollouts {

/// Where the traffic should be: as the open rollout says, else on the active side.
Routing wantedRouting(
    const Desired& desired, const std::optional<Rollout>& open, const Policy& policy);

/// What is done about an application's traffic that somebody else has switched. It is put right,
/// unless it may be taken as it is: because the driver is shared with others (Driver::isShared), or
/// because no server is up where it should be. Used by one thread.
class DriftRepair
{
public:
    /// All of it outlives this.
    struct Parts
    {
        ManagedApplication& application;
        postgres::Database& database;
        const RolloutRecords& records;
        RollbackJournal& journal;
        Leadership& leadership;
        const Clock& clock;
        /// Counts what was put right.
        prometheus::Counter& repairs;
        /// Something is to be looked at soon.
        std::function<void()> wake;
    };

    explicit DriftRepair(Parts parts) : m_parts(std::move(parts)) {}

    /// It was seen where it should be.
    void noteInOrder(const Routing& routing) { m_lastRouting = routing; }

    /// After a look that found it elsewhere: looks at both sides again and puts right what is not
    /// as it was decided. UNAVAILABLE while somebody undoes each repair; FAILED_PRECONDITION when
    /// it cannot be put right.
    absl::Status run();

    std::int64_t repaired() const { return m_repaired; }
    /// For the operator, a while after it; else "".
    std::string recentText() const;

private:
    struct Stored
    {
        std::optional<Desired> desired;
        std::optional<Rollout> open;
    };

    absl::StatusOr<Stored> read() const;
    /// The traffic is taken as it is; nothing: it is not, and must be put right.
    std::optional<absl::Status> takeOver(
        const Stored& stored,
        const Routing& wanted,
        const Observation& observation,
        const leader::Fence& fence);
    absl::Status adopt(
        const Desired& desired, const Observation& observation, const leader::Fence& fence);
    absl::Status record(
        const leader::Fence& fence, const std::optional<Rollout>& open, const std::string& message);
    void told(const std::string& text);

    const Parts m_parts;
    std::int64_t m_repaired = 0;
    /// As it was in order last.
    std::optional<Routing> m_lastRouting;
    absl::Time m_lastRepair = absl::InfinitePast();
    std::string m_lastText;
    /// Grows while somebody undoes each repair.
    absl::Duration m_pause = absl::ZeroDuration();
};

} // namespace pilothouse::rollouts
