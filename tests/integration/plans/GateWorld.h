// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/plans/Approvals.h"
#include "server/plans/Leases.h"
#include "server/plans/PlanGate.h"
#include "tests/integration/postgres/Cluster.h"

#include <prometheus/registry.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace pilothouse::test {

class HandClock final : public Clock
{
public:
    absl::Time now() const override { return time; }
    absl::Duration monotonic() const override { return time - absl::UnixEpoch(); }
    /// Ahead of the present: a deadline that is made from it must not pass while a test runs.
    absl::Time time = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now())) + absl::Hours(24);
};

/// The gate, leases and approvals over a real PostgreSQL, with a clock that the test turns, and one
/// thing of the world to act on: a number, which an action sets.
class GateWorld
{
public:
    /// The status says why not.
    absl::Status start(system::Environment environment = system::Environment::Production);
    ~GateWorld();

    static plans::Requester person(const std::string& name);

    /// Wants the number to become `value`; how far that can be undone and reaches is the caller's.
    struct Wish
    {
        int value = 1;
        plans::Reversibility reversibility = plans::Reversibility::Easy;
        plans::Reach reach = plans::Reach::Narrow;
        /// Runs while the action is under way.
        std::function<absl::Status()> during;
    };
    absl::StatusOr<plans::Plan> run(
        const plans::Requester& requester, const plans::Request& request, const Wish& wish);
    /// The plan with the least confirmation that fits it, and an approval when one is named.
    plans::Confirmation confirmationOf(
        const plans::Plan& plan, const std::string& approvalId = {}) const;

    /// As when the operator is disabled.
    absl::Status forget(const std::string& name);

    int number();
    /// Somebody else changes the world.
    void setNumber(int value);
    /// Of the newest audit entries, newest first: "action outcome actor message".
    std::vector<std::string> audit(int count);

    HandClock clock;
    plans::PlanSettings settings;
    std::unique_ptr<plans::PlanGate> gate;
    std::unique_ptr<plans::Leases> leases;
    std::unique_ptr<plans::Approvals> approvals;

private:
    Cluster m_cluster;
    prometheus::Registry m_registry;
    std::unique_ptr<postgres::Database> m_database;
    std::unique_ptr<audit::AuditLog> m_audit;
};

} // namespace pilothouse::test
