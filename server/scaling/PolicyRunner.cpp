// SPDX-License-Identifier: Apache-2.0
#include "server/scaling/PolicyRunner.h"

#include "server/platform/faults/Faults.h"
#include "server/platform/postgres/Revisions.h"
#include "shared/base/StatusHelpers.h"
#include "shared/base/proto/JsonProto.h"
#include "shared/scaling/Rules.h"
#include "shared/scaling/proto/ScalingProto.h"

#include <absl/time/clock.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <utility>

namespace pilothouse::scaling {

namespace {

constexpr absl::Duration kDatabaseLimit = absl::Seconds(5);
/// Who is not the leader asks again so often.
constexpr absl::Duration kFollowerPause = absl::Milliseconds(250);
/// Looks at once after somebody else was quicker.
constexpr int kTries = 3;

/// Whether the target may have done it although it did not say so.
bool isUncertain(const absl::Status& status)
{
    return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
           absl::IsResourceExhausted(status);
}

/// Two decisions that say the same need not be written twice.
bool isSame(const Decision& one, const Decision& other)
{
    return one.count.wanted == other.count.wanted && one.asked == other.asked &&
           one.recommended == other.recommended;
}

std::string changeText(const Decision& decision)
{
    return fmt::format("{} → {}: {}", decision.count.wanted, decision.recommended, decision.text);
}

} // namespace

PolicyRunner::PolicyRunner(const Parts& parts, std::unique_ptr<ScaleTarget> target)
    : m_parts(parts),
      m_reader(parts.policy, parts.configured, parts.queries, parts.clock, std::move(target))
{
    m_thread = std::thread([this] { run(); });
}

PolicyRunner::~PolicyRunner()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
    }
    m_stop.request_stop();
    m_wake.notify_all();
    m_thread.join();
}

void PolicyRunner::wake()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isWoken = true;
    }
    m_wake.notify_all();
}

void PolicyRunner::run()
{
    std::unique_lock lock(m_mutex);
    while (!m_isStopping) {
        m_isWoken = false;
        lock.unlock();
        const absl::Duration begin = m_parts.clock.monotonic();
        const auto fence = m_parts.leader.fence();
        if (fence) {
            for (int tried = 0; tried < kTries && step(*fence); ++tried) {
            }
        } else {
            m_term.reset();
        }
        const absl::Duration took = m_parts.clock.monotonic() - begin;
        const absl::Duration pause =
            fence ? std::max(m_parts.interval - took, absl::ZeroDuration()) : kFollowerPause;
        lock.lock();
        m_wake.wait_for(
            lock, absl::ToChronoNanoseconds(pause), [this] { return m_isStopping || m_isWoken; });
    }
}

absl::Status PolicyRunner::restore(const leader::Fence& fence, absl::Time now)
{
    if (m_term == fence.number) {
        return absl::OkStatus();
    }
    const std::string& name = m_parts.policy.name;
    std::vector<Record> records;
    std::optional<Decision> last;
    const absl::Status read = m_parts.database.transact(
        [&](Transaction& transaction) -> absl::Status {
            PH_RETURN_IF_ERROR(fence.check(transaction));
            PH_ASSIGN_OR_RETURN(StoredPolicy stored, m_store.lock(transaction, name));
            last = std::move(stored.last);
            PH_ASSIGN_OR_RETURN(
                records, m_store.since(transaction, name, now - kLongestStabilisation));
            return absl::OkStatus();
        },
        m_parts.clock.now() + kDatabaseLimit);
    PH_RETURN_IF_ERROR(read);
    m_history = {};
    for (std::size_t index = 0; index < records.size(); ++index) {
        const Decision& decision = records[index].decision;
        // What was asked for lasted until something else was, the newest until the last look.
        const absl::Time until = index + 1 < records.size() ? records[index + 1].decision.time
                                 : last                     ? last->time
                                                            : decision.time;
        m_history.noteAsked(decision.time, std::max(until, decision.time), decision.asked);
        if (records[index].act == Act::Done) {
            m_history.noteScaled(
                records[index].actTime, decision.count.wanted, decision.recommended);
        }
    }
    m_last = records.empty() ? std::nullopt : std::optional(records.back());
    m_term = fence.number;
    return absl::OkStatus();
}

bool PolicyRunner::step(const leader::Fence& fence)
{
    const absl::Time now = m_parts.clock.now();
    if (const absl::Status status = restore(fence, now); !status.ok()) {
        spdlog::debug("scaling of {}: {}", m_parts.policy.name, describe(status));
        return false;
    }
    PolicyReader::Seen seen = m_reader.read(m_stop.get_token());
    if (m_stop.stop_requested()) {
        return false;
    }
    // After a long silence nothing is known of the window: it begins with what is there.
    const absl::Duration window =
        std::max(m_parts.policy.up.stabilisation, m_parts.policy.down.stabilisation);
    if (window > absl::ZeroDuration() && seen.look.count && seen.look.count->wanted > 0 &&
        !m_history.hasAsked(seen.look.time - window)) {
        m_history.noteAsked(seen.look.time, seen.look.count->wanted);
    }
    const Decision decision = decide(m_parts.policy, seen.look, m_history);
    note(m_history, decision);
    const absl::StatusOr<bool> isToBeDone = write(fence, seen, decision);
    if (!isToBeDone.ok()) {
        // Losing the lead and a database that is away are told elsewhere.
        if (!absl::IsAborted(isToBeDone.status()) && !absl::IsUnavailable(isToBeDone.status())) {
            spdlog::warn("scaling of {}: {}", m_parts.policy.name, describe(isToBeDone.status()));
        }
        m_term.reset();
        return false;
    }
    return *isToBeDone && act(fence, *seen.target);
}

absl::StatusOr<bool> PolicyRunner::write(
    const leader::Fence& fence, const PolicyReader::Seen& seen, const Decision& decision)
{
    const std::string& name = m_parts.policy.name;
    return m_parts.database.transact(
        [&](Transaction& transaction) -> absl::StatusOr<bool> {
            PH_RETURN_IF_ERROR(fence.check(transaction));
            PH_ASSIGN_OR_RETURN(const StoredPolicy stored, m_store.lock(transaction, name));
            const bool mayEver = m_parts.policy.mode == Mode::Act;
            const std::string inTheWay =
                seen.target && mayEver ? seen.target->obstacle : std::string();
            const bool isHeld = !mayEver || !inTheWay.empty() || stored.pause.has_value();
            if (seen.target) {
                PH_RETURN_IF_ERROR(settleOpen(transaction, decision, isHeld));
            }
            const bool mayAct = seen.target && !isHeld && decision.isChange();
            PH_RETURN_IF_ERROR(writeRecord(transaction, decision, mayAct));
            PH_RETURN_IF_ERROR(m_store.setLook(
                transaction, name, decision, inTheWay.empty() ? lastProblem() : inTheWay));
            PH_RETURN_IF_ERROR(postgres::bumpRevision(transaction, kRevision).status());
            return mayAct && m_last && m_last->act == Act::Pending;
        },
        m_parts.clock.now() + kDatabaseLimit);
}

/// What the target said to the last act, until one is done.
std::string PolicyRunner::lastProblem() const
{
    if (m_last && m_last->act == Act::Failed) {
        return m_last->message;
    }
    return m_last && m_last->act == Act::Pending ? m_problem : std::string();
}

/// Of a decision that was not known to be done: whether it was, or is not wanted any more.
absl::Status PolicyRunner::settleOpen(
    Transaction& transaction, const Decision& decision, bool isHeld)
{
    if (!m_last || m_last->act != Act::Pending) {
        return absl::OkStatus();
    }
    const Decision& open = m_last->decision;
    if (decision.count.wanted == open.recommended) {
        return finish(transaction, Act::Done, "", decision.time);
    }
    if (decision.count.wanted != open.count.wanted) {
        return finish(
            transaction, Act::Superseded, "somebody else has scaled it meanwhile", decision.time);
    }
    if (isHeld) {
        return finish(transaction, Act::Superseded, "it was held up meanwhile", decision.time);
    }
    return decision.isValid && decision.recommended != open.recommended
               ? finish(transaction, Act::Superseded, "", decision.time)
               : absl::OkStatus();
}

absl::Status PolicyRunner::writeRecord(
    Transaction& transaction, const Decision& decision, bool isToBeDone)
{
    if (!decision.isValid || (m_last && m_last->act == Act::Pending)) {
        return absl::OkStatus(); // nothing new, or the same act again
    }
    const bool isAct = isToBeDone && decision.isChange();
    if (m_last && isSame(m_last->decision, decision)) {
        if (!isAct) {
            return absl::OkStatus();
        }
        if (m_last->act == Act::Failed) {
            // Tried again, and neither a new decision nor another line of the audit.
            m_last->act = Act::Pending;
            return m_store.finish(
                transaction, m_last->id, Act::Pending, m_last->message, absl::InfinitePast());
        }
    }
    Record record;
    record.policy = m_parts.policy.name;
    record.decision = decision;
    record.act = isAct ? Act::Pending : Act::None;
    PH_ASSIGN_OR_RETURN(record.id, m_store.add(transaction, record));
    if (isAct) {
        audit::Entry entry;
        entry.actor = audit::serverActor();
        entry.action = "scaling.scale";
        entry.target = "scaling/" + m_parts.policy.name;
        entry.after = toJson(toProto(decision));
        entry.message = changeText(decision);
        PH_RETURN_IF_ERROR(m_parts.audit.record(transaction, entry));
    }
    m_last = std::move(record);
    return absl::OkStatus();
}

absl::Status PolicyRunner::finish(
    Transaction& transaction, Act act, const std::string& message, absl::Time now)
{
    PH_RETURN_IF_ERROR(m_store.finish(transaction, m_last->id, act, message, now));
    const bool isNews = m_last->message != message;
    m_last->act = act;
    m_last->message = message;
    m_last->actTime = now;
    if (act == Act::Done) {
        m_history.noteScaled(now, m_last->decision.count.wanted, m_last->decision.recommended);
    }
    if (act != Act::Failed || !isNews) {
        return absl::OkStatus();
    }
    audit::Entry entry;
    entry.actor = audit::serverActor();
    entry.action = "scaling.scale";
    entry.target = "scaling/" + m_parts.policy.name;
    entry.outcome = audit::Outcome::Failed;
    entry.message = message;
    return m_parts.audit.record(transaction, entry);
}

bool PolicyRunner::act(const leader::Fence& fence, const ScaleTarget::Seen& seen)
{
    PH_FAULT("scaling.after_intent");
    // The decision was this leader's; another one may lead by now.
    const auto now = m_parts.leader.fence();
    if (!now || now->number != fence.number || m_stop.stop_requested()) {
        return false;
    }
    const absl::Status done = m_reader.target()->scale(seen, m_last->decision.recommended);
    PH_FAULT("scaling.after_act");
    m_problem = done.ok() ? std::string() : std::string(done.message());
    m_parts.acts.Add({{"policy", m_parts.policy.name}, {"result", done.ok() ? "done" : "failed"}})
        .Increment();
    if (absl::IsAborted(done)) {
        return true; // something happened to it: what, the next look tells
    }
    if (isUncertain(done)) {
        return false;
    }
    const absl::Status written = m_parts.database.transact(
        [&](Transaction& transaction) -> absl::Status {
            PH_RETURN_IF_ERROR(fence.check(transaction));
            const absl::Time time = m_parts.clock.now();
            PH_RETURN_IF_ERROR(
                finish(transaction, done.ok() ? Act::Done : Act::Failed, m_problem, time));
            return postgres::bumpRevision(transaction, kRevision).status();
        },
        m_parts.clock.now() + kDatabaseLimit);
    if (!written.ok()) {
        m_term.reset(); // what stands in the database is read again
    }
    return false;
}

} // namespace pilothouse::scaling
