// SPDX-License-Identifier: Apache-2.0
// The claiming side of the engine: JobEngineRun.cpp has what becomes of the tasks,
// JobEnginePulse.cpp what is done in between, JobEngineLocal.cpp what is claimed as it is made.
#include "server/jobs/JobEngine.h"

#include "server/platform/faults/Faults.h"
#include "shared/base/StatusHelpers.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace pilothouse::jobs {

namespace {

/// Ends and claims of one round trip.
constexpr int kBatch = TaskQueue::kMostAtOnce;
/// Without a word from anybody the queue is looked at so often.
constexpr absl::Duration kPoll = absl::Seconds(1);
/// After an error, so that a database that is coming up is left in peace.
constexpr absl::Duration kErrorWait = absl::Milliseconds(500);
/// Tasks are claimed beyond the free threads for so much work, not more: what lies here nobody else
/// can take.
constexpr absl::Duration kPrefetched = absl::Milliseconds(50);
/// So long at the most the ends of short tasks wait for one another.
constexpr auto kGather = std::chrono::microseconds(500);
/// Threads that hang in handlers; with more of them this server claims nothing.
constexpr int kMostLostThreads = 16;

TaskQueue::Limits limitsOf(const JobKinds& kinds)
{
    TaskQueue::Limits limits;
    for (const Kind& kind : kinds.all()) {
        limits.kinds.push_back(kind.name);
        limits.concurrency.push_back(kind.concurrency);
    }
    return limits;
}

} // namespace

JobEngine::JobEngine(const Parts& parts, Options options)
    : m_parts(parts),
      m_options(std::move(options)),
      m_queue(parts.database, limitsOf(parts.kinds)),
      m_claimThread([this] { claimLoop(); }),
      m_pulseThread([this] { pulseLoop(); })
{}

JobEngine::~JobEngine()
{
    stop(absl::ZeroDuration());
}

void JobEngine::wakeForWork()
{
    {
        const std::lock_guard lock(m_mutex);
        m_hasWork = true;
    }
    m_claimWake.notify_one();
}

void JobEngine::wakeForStops()
{
    {
        const std::lock_guard lock(m_mutex);
        m_hasStops = true;
    }
    m_pulseWake.notify_one();
}

int JobEngine::stop(absl::Duration limit)
{
    if (!m_claimThread.joinable()) {
        return m_tasks.lostThreads();
    }
    {
        const std::lock_guard lock(m_mutex);
        m_mayClaim = false;
    }
    m_tasks.askAllToStop(StopReason::ServerStops);
    const absl::Duration until = m_parts.clock.monotonic() + limit;
    {
        std::unique_lock lock(m_mutex);
        // The ends wake it too.
        while ((m_tasks.size() > 0 || m_reserved > 0) && m_parts.clock.monotonic() < until) {
            m_claimWake.wait_for(lock, std::chrono::milliseconds(20));
        }
        m_isStopping = true;
    }
    m_claimWake.notify_all();
    m_pulseWake.notify_all();
    m_claimThread.join();
    m_pulseThread.join();
    if (m_tasks.size() == 0) {
        m_queue.signOff(m_worker).IgnoreError();
    }
    for (const TaskTable::Task& task : m_tasks.abandonAll()) {
        spdlog::error("job {}: task {} did not stop", task->jobId(), task->task());
    }
    return m_tasks.lostThreads();
}

void JobEngine::claimLoop()
{
    while (true) {
        {
            std::unique_lock lock(m_mutex);
            const absl::Duration wait = std::clamp(
                m_nextPromotion - m_parts.clock.monotonic(), absl::ZeroDuration(), kPoll);
            m_claimWake.wait_for(lock, absl::ToChronoMilliseconds(wait), [this] {
                return m_isStopping || !m_ends.empty() || (m_hasWork && m_mayClaim);
            });
            // While there is more to claim nothing is waited for: the database works on the next
            // batch as this one runs, and ends go with a later one.
            if (!m_ends.empty() && m_meanRun < kShortRun) {
                m_claimWake.wait_for(lock, kGather, [this] {
                    return m_isStopping || areEndsDue() || (m_hasWork && wanted() > 0);
                });
            }
            if (m_isStopping && (m_ends.empty() || m_isUnsure)) {
                return; // what cannot be written is given up by the lease
            }
            m_hasWork = false;
            m_isDrained = false;
        }
        if (registerIfNeeded()) {
            claimOnce();
        } else {
            std::unique_lock lock(m_mutex);
            m_claimWake.wait_for(
                lock, absl::ToChronoMilliseconds(kErrorWait), [this] { return m_isStopping; });
            m_isUnsure = m_isUnsure || m_isStopping;
        }
    }
}

bool JobEngine::areEndsDue() const
{
    return m_ends.size() >= kBatch || m_tasks.size() == 0;
}

bool JobEngine::registerIfNeeded()
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_worker.id != 0) {
            return true;
        }
    }
    const absl::Duration asked = m_parts.clock.monotonic();
    const auto worker = m_queue.registerWorker(m_options.serverId, m_options.host, m_options.lease);
    const std::lock_guard lock(m_mutex);
    if (!worker.ok()) {
        m_problem = describe(worker.status());
        return false;
    }
    m_worker = *worker;
    m_lastBeat = asked;
    m_problem.clear();
    spdlog::debug("jobs: worker {}", m_worker.id);
    return true;
}

int JobEngine::wanted() const
{
    if (!m_mayClaim || m_tasks.lostThreads() >= kMostLostThreads) {
        return 0;
    }
    const double runs =
        absl::FDivDuration(kPrefetched, std::max(m_meanRun, absl::Microseconds(10)));
    const int ahead = static_cast<int>(
        std::min(runs * m_options.threads, static_cast<double>(m_options.prefetch)));
    const int held = static_cast<int>(m_tasks.size()) + m_reserved;
    return std::clamp(m_options.threads + ahead - held, 0, kBatch);
}

void JobEngine::claimOnce()
{
    giveBackUnknown();
    std::vector<TaskEnd> ends;
    std::vector<std::int64_t> finished;
    std::vector<LogEntry> log;
    TaskQueue::Worker worker;
    int want = 0;
    {
        const std::lock_guard lock(m_mutex);
        const auto count = std::min<std::size_t>(m_ends.size(), kBatch);
        const auto middle = m_ends.begin() + static_cast<std::ptrdiff_t>(count);
        ends.assign(std::make_move_iterator(m_ends.begin()), std::make_move_iterator(middle));
        m_ends.erase(m_ends.begin(), middle);
        finished = m_claims.finishedBy(ends);
        log = std::exchange(m_log, {});
        worker = m_worker;
        want = m_isUnsure ? 0 : wanted();
    }
    // What a task said stands before its end.
    if (!log.empty()) {
        m_parts.records.writeLog(log).IgnoreError();
    }
    const absl::Duration now = m_parts.clock.monotonic();
    if (now >= m_nextPromotion) {
        const auto promoted = m_queue.promote();
        m_nextPromotion = now + (promoted.ok() ? std::min(promoted->untilNext, kPoll) : kPoll);
    }
    if (m_hasLimited && want > 0) {
        claimLimited(worker, (want + 1) / 2);
        const std::lock_guard lock(m_mutex);
        want = wanted();
    }
    PH_FAULT("jobs.before_cycle");
    auto cycle = m_queue.cycle(worker, ends, finished, want);
    if (!cycle.ok()) {
        std::unique_lock lock(m_mutex);
        m_problem = describe(cycle.status());
        m_isUnsure = true; // whether it was done before the answer was lost nobody knows
        m_ends.insert(m_ends.begin(), ends.begin(), ends.end());
        m_claimWake.wait_for(
            lock, absl::ToChronoMilliseconds(kErrorWait), [this] { return m_isStopping; });
        return;
    }
    PH_FAULT("jobs.after_cycle");
    if (cycle->accepted < static_cast<int>(ends.size())) {
        spdlog::warn(
            "jobs: {} results came from tries that were not current any more",
            static_cast<int>(ends.size()) - cycle->accepted);
    }
    m_hasLimited = cycle->hasLimited;
    const bool isMore =
        cycle->freed > 0 || cycle->hasLimited || static_cast<int>(cycle->claimed.size()) == want;
    const bool isChange = !ends.empty() || !cycle->claimed.empty();
    begin(std::move(cycle->claimed));
    {
        const std::lock_guard lock(m_mutex);
        m_problem.clear();
        m_claims.remove(ends);
        m_isDrained = want > 0 && !isMore;
        // With all threads busy the next end comes here by itself.
        m_hasWork = m_hasWork || (isMore && isChange && want > 0);
    }
    if (isChange) {
        m_parts.changed();
    }
}

void JobEngine::claimLimited(const TaskQueue::Worker& worker, int want)
{
    auto tasks = m_queue.claimLimited(worker, want);
    if (tasks.ok()) {
        if (!tasks->empty()) {
            begin(*std::move(tasks));
            m_parts.changed();
        }
        return;
    }
    const std::lock_guard lock(m_mutex);
    m_isUnsure = true;
}

/// Tasks that were claimed for this worker in an answer that never came are given back.
void JobEngine::giveBackUnknown()
{
    TaskQueue::Worker worker;
    {
        const std::lock_guard lock(m_mutex);
        // What is just being made will be known when it has been.
        if (!m_isUnsure || m_reserved > 0) {
            return;
        }
        worker = m_worker;
    }
    const auto held = m_queue.heldBy(worker);
    if (!held.ok()) {
        return;
    }
    const std::lock_guard lock(m_mutex);
    std::vector<TaskQueue::Held> known;
    for (const TaskTable::Task& task : m_tasks.all()) {
        known.push_back({task->claimed().id, task->claimed().claim});
    }
    for (const TaskEnd& end : m_ends) {
        known.push_back({end.id, end.claim});
    }
    for (const TaskQueue::Held& one : *held) {
        if (std::ranges::find(known, one) == known.end()) {
            TaskEnd end;
            end.id = one.id;
            end.claim = one.claim;
            end.state = TaskState::Ready;
            m_claims.add(end.claim);
            m_ends.push_back(std::move(end));
        }
    }
    m_isUnsure = false;
}

} // namespace pilothouse::jobs
