// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/JournalImport.h"

#include "server/platform/faults/Faults.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace pilothouse::rollouts {

namespace {

constexpr const char* kHow = "done while the control database was away";

bool isRolledBackBy(Step step)
{
    return step != Step::Aborted && step != Step::RolledBack;
}

} // namespace

JournalImport::JournalImport(
    RollbackJournal& journal, const RolloutRecords& records, const audit::AuditLog& audit)
    : m_journal(journal), m_records(records), m_audit(audit)
{}

absl::Status JournalImport::run(postgres::Database& database, absl::Time deadline)
{
    for (const JournalEntry& entry : m_journal.entries()) {
        PH_RETURN_IF_ERROR(database.transact(
            [&](postgres::Transaction& transaction) { return take(transaction, entry); },
            deadline));
        PH_FAULT("rollouts.after_import");
        PH_RETURN_IF_ERROR(m_journal.remove(entry.id));
        spdlog::info("rollouts: the rollback of {} is recorded", entry.application);
    }
    return absl::OkStatus();
}

absl::Status JournalImport::take(
    postgres::Transaction& transaction, const JournalEntry& journalEntry) const
{
    const RolloutStore& store = m_records.store();
    PH_RETURN_IF_ERROR(store.lock(transaction, journalEntry.application).status());
    PH_ASSIGN_OR_RETURN(const std::int64_t id, rolloutIdOf(journalEntry.rolloutId));
    PH_ASSIGN_OR_RETURN(const auto found, store.find(transaction, id));
    if (!found) {
        return absl::OkStatus(); // of a database that is no more
    }
    Rollout after = *found;
    PH_ASSIGN_OR_RETURN(const auto open, store.open(transaction, journalEntry.application));
    // A later rollout has begun from where the traffic is by now: nothing moves, but it is told.
    const bool isCurrent = !open || open->id == after.id;
    const std::string how = journalEntry.reason.empty()
                                ? std::string(kHow)
                                : fmt::format("{}: {}", kHow, journalEntry.reason);
    const bool changes = isCurrent && isRolledBackBy(after.step);
    if (changes) {
        after.step = Step::RolledBack;
        after.stepTime = journalEntry.time;
        after.endTime = journalEntry.time;
        after.isPaused = false;
        after.message = fmt::format("{} has the traffic again; {}", colourName(after.stable), how);
    }
    PH_ASSIGN_OR_RETURN(
        const bool isNew,
        store.addEvent(
            transaction,
            after.id,
            {journalEntry.time, "rolled-back", after.step, journalEntry.actor.name, how},
            journalEntry.id));
    if (!isNew) {
        return absl::OkStatus();
    }
    audit::Entry entry;
    entry.actor = journalEntry.actor;
    entry.action = "rollouts.rollback";
    entry.target = "rollouts/" + journalEntry.application;
    entry.reason = journalEntry.reason;
    entry.message = fmt::format("{} at {}", kHow, absl::FormatTime(journalEntry.time));
    entry.before = auditJson(*found);
    if (changes) {
        PH_RETURN_IF_ERROR(store.setActive(transaction, after.application, after.stable));
        PH_ASSIGN_OR_RETURN(const bool isWritten, store.update(transaction, after));
        if (!isWritten) {
            return absl::AbortedError("the rollout was changed meanwhile");
        }
    }
    entry.after = auditJson(after);
    return m_audit.record(transaction, entry);
}

} // namespace pilothouse::rollouts
