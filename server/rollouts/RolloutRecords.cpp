// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/RolloutRecords.h"

#include "shared/base/StatusHelpers.h"
#include "shared/base/proto/JsonProto.h"
#include "shared/rollouts/proto/RolloutsProto.h"

#include <fmt/format.h>

namespace pilothouse::rollouts {

std::string auditJson(const Rollout& rollout)
{
    return toJson(toProto(rollout));
}

Rollout afterMove(const Rollout& rollout, const Move& move, absl::Time now)
{
    Rollout after = rollout;
    after.step = move.step;
    after.stepTime = now;
    after.message = move.message;
    if (move.voidsEvidence) {
        after.verdict = Verdict::Undecided;
        after.evidence.clear();
    }
    // Another candidate, or none: it begins without traffic.
    if (hasEnded(move.step) || move.step == Step::Planned) {
        after.candidatePercent = 0;
    }
    if (hasEnded(move.step)) {
        after.endTime = now;
        after.isPaused = false;
    }
    return after;
}

absl::Status RolloutRecords::keep(
    Transaction& transaction, Rollout& after, const Event& event) const
{
    PH_ASSIGN_OR_RETURN(const bool isWritten, m_store.update(transaction, after));
    if (!isWritten) {
        return withHint(
            absl::AbortedError(
                fmt::format("rollout {} was changed by somebody else meanwhile", after.id)),
            "Look at it again.");
    }
    return m_store.addEvent(transaction, after.id, event).status();
}

absl::Status RolloutRecords::keepOwn(
    Transaction& transaction,
    const Rollout& before,
    Rollout& after,
    const std::string& kind,
    absl::Time now) const
{
    audit::Entry entry;
    entry.actor = audit::serverActor();
    entry.action = "rollouts.step";
    entry.target = "rollouts/" + after.application;
    entry.before = auditJson(before);
    PH_RETURN_IF_ERROR(
        keep(transaction, after, {now, kind, after.step, entry.actor.name, after.message}));
    entry.after = auditJson(after);
    entry.message = after.message;
    return m_audit.record(transaction, entry);
}

absl::Status RolloutRecords::moveOwn(
    postgres::Database& database,
    const leader::Fence& fence,
    const Rollout& before,
    Rollout& after,
    const std::string& kind,
    absl::Time now,
    absl::Time deadline) const
{
    return database.transact(
        [&](Transaction& transaction) -> absl::Status {
            PH_RETURN_IF_ERROR(fence.check(transaction));
            PH_RETURN_IF_ERROR(m_store.lock(transaction, before.application).status());
            return keepOwn(transaction, before, after, kind, now);
        },
        deadline);
}

absl::Status RolloutRecords::keepDrift(
    Transaction& transaction,
    const std::string& application,
    const Rollout* open,
    const std::string& message,
    absl::Time now) const
{
    return keepNote(
        transaction, {application, open, "rollouts.drift.repair", "drift", message}, now);
}

absl::Status RolloutRecords::keepAdoption(
    Transaction& transaction,
    const std::string& application,
    const std::string& message,
    absl::Time now) const
{
    return keepNote(
        transaction, {application, nullptr, "rollouts.drift.adopt", "drift", message}, now);
}

absl::Status RolloutRecords::keepServers(
    Transaction& transaction, const Rollout& open, const std::string& message, absl::Time now) const
{
    return keepNote(
        transaction, {open.application, &open, "rollouts.servers", "servers", message}, now);
}

absl::Status RolloutRecords::keepNote(
    Transaction& transaction, const Note& note, absl::Time now) const
{
    audit::Entry entry;
    entry.actor = audit::serverActor();
    entry.action = note.action;
    entry.target = "rollouts/" + note.application;
    entry.message = note.message;
    if (note.open != nullptr) {
        PH_RETURN_IF_ERROR(
            m_store
                .addEvent(
                    transaction,
                    note.open->id,
                    {now, note.kind, note.open->step, entry.actor.name, note.message})
                .status());
    }
    return m_audit.record(transaction, entry);
}

} // namespace pilothouse::rollouts
