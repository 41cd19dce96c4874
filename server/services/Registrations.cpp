// SPDX-License-Identifier: Apache-2.0
#include "server/services/Registrations.h"

#include "server/platform/crypto/Random.h"
#include "server/platform/postgres/Revisions.h"
#include "server/services/RegistryDrafts.h"
#include "shared/base/StatusHelpers.h"
#include "shared/services/SpecRules.h"

#include <fmt/format.h>

namespace pilothouse::services {

namespace {

absl::Status notFound(const InstanceKey& key)
{
    return withHint(
        absl::NotFoundError(fmt::format("there is no instance '{}'", key.text())),
        "List them with 'pilothousectl services show SERVICE'.");
}

audit::Entry entryOf(const audit::Actor& actor, const char* verb, const InstanceKey& key)
{
    audit::Entry entry;
    entry.actor = actor;
    entry.action = fmt::format("services.instances.{}", verb);
    entry.target = "services/" + key.text();
    return entry;
}

} // namespace

/// The revision before the row, as every other change does, so that none waits for another in a
/// circle.
absl::StatusOr<StoredInstance> Registrations::lock(
    Transaction& transaction, const InstanceKey& key) const
{
    PH_RETURN_IF_ERROR(checkKey(key));
    PH_RETURN_IF_ERROR(postgres::lockRevision(transaction, kRevision));
    PH_ASSIGN_OR_RETURN(auto found, m_store.lock(transaction, key));
    if (!found) {
        return notFound(key);
    }
    return *std::move(found);
}

absl::StatusOr<Registrations::Registered> Registrations::add(
    const InstanceSpec& wish, const audit::Actor& actor, absl::Time deadline)
{
    Registered registered;
    PH_ASSIGN_OR_RETURN(registered.spec, completeSpec(wish));
    registered.registration = platform::newToken();
    StoredInstance wanted;
    wanted.spec = registered.spec;
    wanted.registration = platform::hashToken(registered.registration);
    wanted.registeredBy = actor.name;
    PH_ASSIGN_OR_RETURN(
        const StoredInstance stored,
        m_database.transact(
            [&](Transaction& transaction) -> absl::StatusOr<StoredInstance> {
                // First: registrations come one after the other from here on, so that the greater
                // revision is the later one.
                PH_ASSIGN_OR_RETURN(
                    wanted.revision, postgres::bumpRevision(transaction, kRevision));
                PH_ASSIGN_OR_RETURN(
                    const auto before, m_store.lock(transaction, registered.spec.key));
                PH_ASSIGN_OR_RETURN(const std::int64_t count, m_store.count(transaction));
                if (!before && count >= m_maxInstances) {
                    return withHint(
                        absl::ResourceExhaustedError(
                            fmt::format("the registry is full: {} instances", count)),
                        "Remove instances that are gone, or raise services.max_instances.");
                }
                PH_ASSIGN_OR_RETURN(StoredInstance made, m_store.put(transaction, wanted));
                audit::Entry entry = entryOf(actor, "register", made.spec.key);
                entry.before = before ? jsonOf(*before) : "";
                entry.after = jsonOf(made);
                PH_RETURN_IF_ERROR(m_audit.record(transaction, entry));
                return made;
            },
            deadline));
    m_registry.put(stored);
    // Whoever registers is alive. Another registration may have come meanwhile: then it is not.
    m_registry.beat(stored.spec.key, registered.registration, {}, {}).status().IgnoreError();
    return registered;
}

absl::Status Registrations::leave(
    const InstanceKey& key,
    const std::string& registration,
    const audit::Actor& actor,
    absl::Time deadline)
{
    std::int64_t revision = 0;
    absl::Status status = m_database.transact(
        [&](Transaction& transaction) -> absl::Status {
            PH_ASSIGN_OR_RETURN(revision, postgres::bumpRevision(transaction, kRevision));
            PH_ASSIGN_OR_RETURN(const StoredInstance stored, lock(transaction, key));
            if (!platform::equalSecrets(platform::hashToken(registration), stored.registration)) {
                return withReason(
                    withHint(
                        absl::FailedPreconditionError(
                            fmt::format("{} is not registered with this registration", key.text())),
                        "Show the registration that the last RegisterInstance answered; an "
                        "operator "
                        "removes it without one."),
                    "REGISTRATION_REPLACED");
            }
            PH_RETURN_IF_ERROR(m_store.remove(transaction, key));
            audit::Entry entry = entryOf(actor, "deregister", key);
            entry.before = jsonOf(stored);
            return m_audit.record(transaction, entry);
        },
        deadline);
    if (status.ok()) {
        m_registry.remove(key, revision);
    }
    return status;
}

absl::StatusOr<plans::Plan> Registrations::remove(
    const plans::Requester& requester, const plans::Request& request, const InstanceKey& key)
{
    std::int64_t revision = 0;
    auto plan = m_gate.run(
        requester,
        request,
        [&](Transaction& transaction) -> absl::StatusOr<plans::Draft> {
            PH_ASSIGN_OR_RETURN(const StoredInstance stored, lock(transaction, key));
            return draftOfRemoval(stored, m_registry.stateOf(key), m_registry.othersAble(key));
        },
        [&](Transaction& transaction) -> absl::Status {
            PH_ASSIGN_OR_RETURN(revision, postgres::bumpRevision(transaction, kRevision));
            return m_store.remove(transaction, key);
        });
    if (plan.ok() && !request.validateOnly) {
        m_registry.remove(key, revision);
    }
    return plan;
}

absl::StatusOr<plans::Plan> Registrations::setDraining(
    const plans::Requester& requester,
    const plans::Request& request,
    const InstanceKey& key,
    bool isDraining)
{
    StoredInstance stored;
    auto plan = m_gate.run(
        requester,
        request,
        [&](Transaction& transaction) -> absl::StatusOr<plans::Draft> {
            PH_ASSIGN_OR_RETURN(stored, lock(transaction, key));
            if (stored.isDraining == isDraining) {
                return absl::FailedPreconditionError(fmt::format(
                    "{} is {}", key.text(), isDraining ? "draining already" : "not draining"));
            }
            return draftOfDraining(
                stored, m_registry.stateOf(key), m_registry.othersAble(key), isDraining);
        },
        [&](Transaction& transaction) -> absl::Status {
            stored.isDraining = isDraining;
            PH_ASSIGN_OR_RETURN(stored.revision, postgres::bumpRevision(transaction, kRevision));
            return m_store.setDraining(transaction, key, isDraining, stored.revision);
        });
    if (plan.ok() && !request.validateOnly) {
        m_registry.put(stored);
    }
    return plan;
}

absl::Status Registrations::removeDead(
    const leader::Fence& fence, absl::Duration span, absl::Time deadline)
{
    for (const InstanceKey& key : m_registry.unhealthyFor(span)) {
        PH_RETURN_IF_ERROR(removeOne(fence, key, span, deadline).status());
    }
    return absl::OkStatus();
}

absl::StatusOr<bool> Registrations::removeOne(
    const leader::Fence& fence, const InstanceKey& key, absl::Duration span, absl::Time deadline)
{
    const std::int64_t known = m_registry.revisionOf(key);
    std::int64_t revision = 0;
    PH_ASSIGN_OR_RETURN(
        const bool isRemoved,
        m_database.transact(
            [&](Transaction& transaction) -> absl::StatusOr<bool> {
                PH_RETURN_IF_ERROR(fence.check(transaction));
                PH_ASSIGN_OR_RETURN(revision, postgres::bumpRevision(transaction, kRevision));
                PH_ASSIGN_OR_RETURN(const auto stored, m_store.lock(transaction, key));
                if (!stored || stored->revision != known) {
                    return false; // gone, or registered anew a moment ago
                }
                PH_RETURN_IF_ERROR(m_store.remove(transaction, key));
                audit::Entry entry = entryOf(audit::serverActor(), "remove", key);
                entry.before = jsonOf(*stored);
                entry.reason = fmt::format("unhealthy for {}", absl::FormatDuration(span));
                PH_RETURN_IF_ERROR(m_audit.record(transaction, entry));
                return true;
            },
            deadline));
    if (isRemoved) {
        m_registry.remove(key, revision);
    }
    return isRemoved;
}

absl::Status Registrations::load(std::int64_t revision, absl::Time deadline)
{
    PH_ASSIGN_OR_RETURN(
        const auto stored,
        m_database.transact(
            [&](Transaction& transaction) { return m_store.all(transaction); },
            deadline,
            postgres::Database::Mode::ReadOnly));
    m_registry.replaceAll(stored, revision);
    return absl::OkStatus();
}

} // namespace pilothouse::services
