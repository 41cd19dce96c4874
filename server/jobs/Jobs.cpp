// SPDX-License-Identifier: Apache-2.0
#include "server/jobs/Jobs.h"

#include "server/platform/postgres/Errors.h"
#include "shared/base/StatusHelpers.h"

#include <absl/time/clock.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace pilothouse::jobs {

namespace {

constexpr int kLargestPriority = 100;
constexpr std::size_t kLongestRequestId = 128;
constexpr std::size_t kLongestReason = 500;
/// Beyond it a "later" is a schedule.
constexpr absl::Duration kLongestDelay = absl::Hours(24 * 366);

absl::Status checkOrder(const JobOrder& order)
{
    if (order.priority < -kLargestPriority || order.priority > kLargestPriority) {
        return absl::InvalidArgumentError(fmt::format(
            "priority {} is not between -{} and {}",
            order.priority,
            kLargestPriority,
            kLargestPriority));
    }
    if (order.requestId.size() > kLongestRequestId) {
        return absl::InvalidArgumentError(
            fmt::format("request_id is longer than {} bytes", kLongestRequestId));
    }
    if (order.earliestStart > absl::Now() + kLongestDelay) {
        return absl::InvalidArgumentError("earliest_start_time is more than a year away");
    }
    return absl::OkStatus();
}

constexpr const char* kTarget = "jobs";

/// The request was made before.
bool isRepeated(const absl::Status& status)
{
    return postgres::constraintOf(status) == "jobs_by_request";
}

std::string targetOf(std::int64_t id)
{
    return fmt::format("{}/{}", kTarget, id);
}

std::string stateJson(JobState state)
{
    return nlohmann::json{{"state", jobStateName(state)}}.dump();
}

std::string orderJson(const JobOrder& order)
{
    nlohmann::json json{
        {"kind", order.kind}, {"parameters", order.parameters}, {"priority", order.priority}};
    if (!order.schedule.empty()) {
        json["schedule"] = order.schedule;
    }
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace

Jobs::Jobs(
    postgres::Database& database,
    const JobKinds& kinds,
    const audit::AuditLog& audit,
    LocalWorker& worker,
    Changed changed)
    : m_database(database),
      m_kinds(kinds),
      m_audit(audit),
      m_worker(worker),
      m_changed(std::move(changed))
{}

absl::StatusOr<Job> Jobs::validate(const JobOrder& order, const std::string& createdBy) const
{
    PH_RETURN_IF_ERROR(checkOrder(order));
    PH_ASSIGN_OR_RETURN(const auto prepared, m_kinds.prepare(order.kind, order.parameters));
    Job job;
    job.kind = order.kind;
    job.title = prepared.plan.title;
    job.target = prepared.plan.target;
    job.concurrencyKey = prepared.plan.concurrencyKey;
    job.parameters = prepared.parameters;
    job.priority = order.priority;
    job.createdBy = createdBy;
    job.schedule = order.schedule;
    job.tasks = tasksOf(prepared.plan);
    job.progress.tasksTotal = static_cast<int>(job.tasks.size());
    return job;
}

absl::StatusOr<JobDraft> Jobs::draft(const JobOrder& order, const std::string& createdBy) const
{
    PH_RETURN_IF_ERROR(checkOrder(order));
    PH_ASSIGN_OR_RETURN(auto prepared, m_kinds.prepare(order.kind, order.parameters));
    return JobDraft{
        prepared.handler->kind(),
        std::move(prepared.parameters),
        std::move(prepared.plan),
        order.priority,
        createdBy,
        order.schedule,
        order.requestId,
        order.earliestStart};
}

absl::StatusOr<JobStore::Added> Jobs::add(
    postgres::Transaction& transaction,
    const JobOrder& order,
    const JobDraft& draft,
    const audit::Actor& actor,
    const ClaimAtOnce& atOnce) const
{
    audit::Entry entry;
    entry.actor = actor;
    entry.action = "jobs.create";
    entry.target = kTarget; // with the id, which the statement knows
    entry.after = orderJson(order);
    PH_ASSIGN_OR_RETURN(
        const JobStore::Added added, m_store.add(transaction, draft, entry, atOnce));
    m_audit.recorded(entry);
    return added;
}

absl::StatusOr<std::int64_t> Jobs::create(
    postgres::Transaction& transaction, const JobOrder& order, const audit::Actor& actor) const
{
    PH_ASSIGN_OR_RETURN(const JobDraft draft, this->draft(order, actor.name));
    if (!order.requestId.empty()) {
        PH_ASSIGN_OR_RETURN(
            const auto earlier, m_store.findRequest(transaction, actor.name, order.requestId));
        if (earlier) {
            if (actor.receipt != nullptr) {
                actor.receipt->success.store(true); // what the call asks for is recorded already
            }
            return *earlier;
        }
    }
    PH_ASSIGN_OR_RETURN(const JobStore::Added added, add(transaction, order, draft, actor, {}));
    return added.id;
}

absl::StatusOr<std::int64_t> Jobs::create(
    const JobOrder& order, const audit::Actor& actor, absl::Time deadline)
{
    PH_ASSIGN_OR_RETURN(const JobDraft draft, this->draft(order, actor.name));
    ClaimAtOnce atOnce;
    LocalWorker::Place place;
    if (!draft.isLimited() && draft.earliestStart == absl::InfinitePast()) {
        atOnce.positions = draft.firstPositions();
        place = m_worker.reserve(static_cast<int>(atOnce.positions.size()));
    }
    const bool isAllAtOnce = place.tasks == static_cast<int>(atOnce.positions.size());
    atOnce.worker = place.worker;
    atOnce.positions.resize(static_cast<std::size_t>(place.tasks));
    const auto added = m_database.single(
        [&](postgres::Transaction& transaction) {
            return add(transaction, order, draft, actor, atOnce);
        },
        deadline);
    const bool isStarted = added.ok() && added->claim != 0;
    if (isStarted) {
        m_worker.start(place, JobStore::claimed(draft, atOnce, *added));
    } else {
        const bool isKnown = added.ok() || isRepeated(added.status());
        m_worker.giveUp(place, isKnown ? LocalWorker::Made::No : LocalWorker::Made::Unknown);
    }
    absl::StatusOr<std::int64_t> id = added.ok() ? absl::StatusOr<std::int64_t>(added->id)
                                                 : absl::StatusOr<std::int64_t>(added.status());
    if (isRepeated(added.status())) {
        // The same request came before: its job is there.
        id = m_database.transact(
            [&](postgres::Transaction& transaction) { return create(transaction, order, actor); },
            deadline);
    }
    if (id.ok()) {
        if (!isStarted || !isAllAtOnce) {
            m_worker.wakeForWork();
        }
        m_changed();
    }
    return id;
}

void Jobs::changed() const
{
    m_worker.wakeForWork();
    m_changed();
}

absl::Status Jobs::change(
    std::int64_t id,
    const char* verb,
    bool (*isAllowed)(JobState),
    const std::string& reason,
    const audit::Actor& actor,
    absl::Time deadline,
    const Change& change)
{
    absl::Status status = m_database.transact(
        [&](postgres::Transaction& transaction) -> absl::Status {
            PH_ASSIGN_OR_RETURN(const auto job, m_store.lock(transaction, id));
            if (!isAllowed(job.state)) {
                return withReason(
                    absl::FailedPreconditionError(fmt::format(
                        "job {} is {}: it cannot {}", id, jobStateName(job.state), verb)),
                    "JOB_STATE");
            }
            PH_RETURN_IF_ERROR(change(transaction));
            PH_ASSIGN_OR_RETURN(const auto after, m_store.lock(transaction, id));
            audit::Entry entry;
            entry.actor = actor;
            entry.action = fmt::format("jobs.{}", verb);
            entry.target = targetOf(id);
            entry.before = stateJson(job.state);
            entry.after = stateJson(after.state);
            entry.reason = reason;
            return m_audit.record(transaction, entry);
        },
        deadline);
    if (status.ok()) {
        m_worker.wakeForStops();
        changed();
    }
    return status;
}

absl::Status Jobs::cancel(
    std::int64_t id, const std::string& reason, const audit::Actor& actor, absl::Time deadline)
{
    if (reason.size() > kLongestReason) {
        return absl::InvalidArgumentError(
            fmt::format("the reason is longer than {} bytes", kLongestReason));
    }
    const std::string message = reason.empty()
                                    ? fmt::format("cancelled by {}", actor.name)
                                    : fmt::format("cancelled by {}: {}", actor.name, reason);
    return change(
        id, "cancel", canCancel, reason, actor, deadline, [&](postgres::Transaction& transaction) {
            return m_store.cancel(transaction, id, message);
        });
}

absl::Status Jobs::pause(std::int64_t id, const audit::Actor& actor, absl::Time deadline)
{
    return change(
        id, "pause", canPause, {}, actor, deadline, [&](postgres::Transaction& transaction) {
            return m_store.pause(transaction, id);
        });
}

absl::Status Jobs::resume(std::int64_t id, const audit::Actor& actor, absl::Time deadline)
{
    return change(
        id, "resume", canResume, {}, actor, deadline, [&](postgres::Transaction& transaction) {
            return m_store.resume(transaction, id);
        });
}

absl::Status Jobs::retry(std::int64_t id, const audit::Actor& actor, absl::Time deadline)
{
    return change(
        id, "retry", canRetry, {}, actor, deadline, [&](postgres::Transaction& transaction) {
            return m_store.retry(transaction, id);
        });
}

} // namespace pilothouse::jobs
