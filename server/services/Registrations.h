// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/AuditLog.h"
#include "server/leader/Fence.h"
#include "server/plans/PlanGate.h"
#include "server/platform/postgres/Database.h"
#include "server/services/Registry.h"
#include "server/services/RegistryStore.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <string>

namespace pilothouse::services {

/// Who is in the registry: every change is durable before it shows. Thread-safe; blocks on the
/// database.
class Registrations
{
public:
    /// Everything outlives this.
    Registrations(
        postgres::Database& database,
        const audit::AuditLog& audit,
        plans::PlanGate& gate,
        Registry& registry,
        int maxInstances)
        : m_database(database),
          m_audit(audit),
          m_gate(gate),
          m_registry(registry),
          m_maxInstances(maxInstances)
    {}

    struct Registered
    {
        InstanceSpec spec;
        /// A secret.
        std::string registration;
    };
    /// By whoever registers; takes the place of an instance with the same key.
    absl::StatusOr<Registered> add(
        const InstanceSpec& wish, const audit::Actor& actor, absl::Time deadline);
    /// By the program that registered, which shows that it did.
    absl::Status leave(
        const InstanceKey& key,
        const std::string& registration,
        const audit::Actor& actor,
        absl::Time deadline);

    // By an operator: planned actions.
    absl::StatusOr<plans::Plan> remove(
        const plans::Requester& requester, const plans::Request& request, const InstanceKey& key);
    absl::StatusOr<plans::Plan> setDraining(
        const plans::Requester& requester,
        const plans::Request& request,
        const InstanceKey& key,
        bool isDraining);

    /// By the leader: instances that have been unhealthy for `span` are given up.
    absl::Status removeDead(const leader::Fence& fence, absl::Duration span, absl::Time deadline);

    /// Reads everything that the database has into the registry.
    absl::Status load(std::int64_t revision, absl::Time deadline);

private:
    using Transaction = postgres::Transaction;

    absl::StatusOr<StoredInstance> lock(Transaction& transaction, const InstanceKey& key) const;
    absl::StatusOr<bool> removeOne(
        const leader::Fence& fence,
        const InstanceKey& key,
        absl::Duration span,
        absl::Time deadline);

    postgres::Database& m_database;
    const audit::AuditLog& m_audit;
    plans::PlanGate& m_gate;
    Registry& m_registry;
    const int m_maxInstances;
    const RegistryStore m_store{};
};

} // namespace pilothouse::services
