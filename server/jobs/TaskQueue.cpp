// SPDX-License-Identifier: Apache-2.0
#include "server/jobs/TaskQueue.h"

#include "server/jobs/Arrays.h"
#include "server/jobs/TaskQueueSql.h"
#include "shared/base/StatusHelpers.h"

#include <absl/time/clock.h>

#include <algorithm>

namespace pilothouse::jobs {

namespace {

static_assert(sql::kMostPicked == TaskQueue::kMostAtOnce);

/// A worker that waits longer than this for the queue has other problems. The same as everybody
/// else's: setting another limit is a round trip.
constexpr absl::Duration kLimit = absl::Minutes(1);
/// A heartbeat that is late is as bad as none.
constexpr absl::Duration kBeatLimit = absl::Seconds(2);
constexpr std::size_t kLongestMessage = 4000;

absl::Time within(absl::Duration limit)
{
    return absl::Now() + limit;
}

ClaimedTask claimedIn(const postgres::Row& row)
{
    ClaimedTask task;
    task.claim = row.integer("claim");
    task.id = {row.integer("job_id"), static_cast<int>(row.integer("position"))};
    task.kind = row.text("kind");
    task.name = row.text("name");
    task.parameters = parametersOf(row.textList("parameters"));
    task.tries = static_cast<int>(row.integer("tries")) + 1;
    task.retry.maxAttempts = static_cast<int>(row.integer("max_tries"));
    task.retry.firstWait = absl::Milliseconds(row.integer("first_wait_ms"));
    task.retry.longestWait = absl::Milliseconds(row.integer("longest_wait_ms"));
    task.timeout = absl::Milliseconds(row.integer("timeout_ms"));
    task.hasDependents = row.boolean("has_dependents");
    return task;
}

postgres::Param arrayOf(const std::vector<std::int64_t>& numbers)
{
    NumberArray array;
    for (const std::int64_t number : numbers) {
        array.add(number);
    }
    return array.param();
}

/// Nothing follows from it but that it is over.
bool isQuiet(const TaskEnd& end)
{
    return end.state == TaskState::Succeeded && end.result.empty() && !end.hasDependents;
}

/// The ends as one array a column, by id: as kCycle wants them, or kQuietCycle.
postgres::Params columnsOf(std::vector<const TaskEnd*> ends, bool areQuiet)
{
    std::ranges::sort(ends, {}, [](const TaskEnd* end) { return end->id; });
    NumberArray jobs;
    NumberArray positions;
    NumberArray claims;
    NumberArray ran;
    NumberArray waits;
    std::vector<std::string> states;
    std::vector<std::string> messages;
    std::vector<std::string> results;
    for (const TaskEnd* end : ends) {
        jobs.add(end->id.job);
        positions.add(end->id.position);
        claims.add(end->claim);
        ran.add(absl::ToInt64Microseconds(end->ran));
        if (!areQuiet) {
            waits.add(absl::ToInt64Milliseconds(end->wait));
            states.emplace_back(taskStateName(end->state));
            messages.push_back(end->message.substr(0, kLongestMessage));
            results.push_back(end->result);
        }
    }
    if (areQuiet) {
        return {jobs.param(), positions.param(), claims.param(), ran.param()};
    }
    return {
        jobs.param(),
        positions.param(),
        claims.param(),
        states,
        ran.param(),
        waits.param(),
        messages,
        results};
}

} // namespace

TaskQueue::TaskQueue(postgres::Database& database, Limits limits)
    : m_database(database), m_limits(std::move(limits))
{}

absl::StatusOr<TaskQueue::Worker> TaskQueue::registerWorker(
    const std::string& serverId, const std::string& host, absl::Duration lease)
{
    return m_database.transact(
        [&](postgres::Transaction& transaction) -> absl::StatusOr<Worker> {
            PH_RETURN_IF_ERROR(transaction.execute(sql::kExpireOwn, {serverId}).status());
            PH_ASSIGN_OR_RETURN(
                const auto id,
                transaction.queryOne(
                    sql::kRegister, {serverId, host, lease}, [](const postgres::Row& row) {
                        return row.integer("id");
                    }));
            return Worker{id.value_or(0), host};
        },
        within(kLimit));
}

absl::Status TaskQueue::beat(const Worker& worker, absl::Duration lease)
{
    PH_ASSIGN_OR_RETURN(
        const std::int64_t rows,
        m_database.execute(sql::kBeat, {worker.id, lease}, within(kBeatLimit)));
    return rows == 1 ? absl::OkStatus() : absl::NotFoundError("the worker's lease has run out");
}

absl::Status TaskQueue::signOff(const Worker& worker)
{
    return m_database.execute(sql::kSignOff, {worker.id}, within(kBeatLimit)).status();
}

absl::StatusOr<std::int64_t> TaskQueue::markStarted(const std::vector<std::int64_t>& jobs)
{
    return m_database.execute(sql::kMarkStarted, {arrayOf(jobs)}, within(kBeatLimit));
}

absl::StatusOr<std::vector<std::int64_t>> TaskQueue::cancelling(
    const std::vector<std::int64_t>& jobs)
{
    return m_database.query(
        sql::kCancelling,
        {arrayOf(jobs)},
        [](const postgres::Row& row) { return row.integer("id"); },
        within(kBeatLimit));
}

absl::StatusOr<TaskQueue::Cycle> TaskQueue::cycle(
    const Worker& worker,
    const std::vector<TaskEnd>& ends,
    const std::vector<std::int64_t>& finished,
    int want)
{
    Cycle result;
    const auto read = [&](const postgres::Row& row) {
        // They are the same in every row.
        if (result.claimed.empty()) {
            result.accepted = static_cast<int>(row.integer("accepted"));
            result.freed = static_cast<int>(row.integer("freed"));
            result.hasLimited = row.boolean("has_limited");
        }
        if (!row.isNull("claim")) {
            result.claimed.push_back(claimedIn(row));
        }
        return 0;
    };
    if (ends.empty()) {
        PH_RETURN_IF_ERROR(
            m_database.query(sql::kClaim, {worker.id, m_limits.kinds, want}, read, within(kLimit))
                .status());
        return result;
    }
    std::vector<const TaskEnd*> pointers;
    bool hasFailure = false;
    for (const TaskEnd& end : ends) {
        pointers.push_back(&end);
        hasFailure = hasFailure || end.state == TaskState::Failed;
    }
    const bool areQuiet = std::ranges::all_of(ends, isQuiet);
    postgres::Params params = columnsOf(std::move(pointers), areQuiet);
    const postgres::Param jobs = params.front();
    params.insert(params.end(), {worker.id, worker.host, arrayOf(finished), m_limits.kinds, want});
    if (!hasFailure) {
        const auto& statement = areQuiet ? sql::kQuietCycle : sql::kCycle;
        PH_RETURN_IF_ERROR(m_database.query(statement, params, read, within(kLimit)).status());
        return result;
    }
    // A failure ends more than its own task; that needs to see what the first statement did.
    const absl::Status status = m_database.transact(
        [&](postgres::Transaction& transaction) -> absl::Status {
            result = {};
            PH_RETURN_IF_ERROR(transaction.query(sql::kCycle, params, read).status());
            return transaction.execute(sql::kSettleFailures, {jobs}).status();
        },
        within(kLimit));
    PH_RETURN_IF_ERROR(status);
    return result;
}

absl::StatusOr<std::vector<ClaimedTask>> TaskQueue::claimLimited(const Worker& worker, int want)
{
    NumberArray concurrency;
    for (const int limit : m_limits.concurrency) {
        concurrency.add(limit);
    }
    return m_database.transact(
        [&](postgres::Transaction& transaction) -> absl::StatusOr<std::vector<ClaimedTask>> {
            PH_ASSIGN_OR_RETURN(
                const auto isAlone,
                transaction.queryOne(sql::kLimitsLock, {}, [](const postgres::Row& row) {
                    return row.boolean("locked");
                }));
            if (!isAlone.value_or(false)) {
                return std::vector<ClaimedTask>();
            }
            return transaction.query(
                sql::kClaimLimited,
                {m_limits.kinds, concurrency.param(), want, worker.id},
                claimedIn);
        },
        within(kLimit));
}

absl::StatusOr<std::vector<TaskQueue::Held>> TaskQueue::heldBy(const Worker& worker)
{
    return m_database.query(
        sql::kHeldBy,
        {worker.id},
        [](const postgres::Row& row) {
            return Held{
                {row.integer("job_id"), static_cast<int>(row.integer("position"))},
                row.integer("claim")};
        },
        within(kLimit));
}

absl::StatusOr<TaskQueue::Promoted> TaskQueue::promote()
{
    PH_ASSIGN_OR_RETURN(
        const auto row,
        m_database.queryOne(
            sql::kPromote,
            {},
            [](const postgres::Row& found) {
                Promoted promoted;
                promoted.count = static_cast<int>(found.integer("promoted"));
                if (const auto wait = found.integerOrNull("wait_ms")) {
                    promoted.untilNext = absl::Milliseconds(*wait);
                }
                return promoted;
            },
            within(kLimit)));
    return row.value_or(Promoted{});
}

} // namespace pilothouse::jobs
