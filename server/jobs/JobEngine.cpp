// SPDX-License-Identifier: Apache-2.0
// The claiming side of the engine; JobEnginePulse.cpp and JobEngineLocal.cpp have the others.
#include "server/jobs/JobEngine.h"

#include "server/jobs/TaskOutcome.h"
#include "server/platform/faults/Faults.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
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
/// The ends of tasks that are shorter than this on average go together, after so long at the most:
/// a round trip for each would cost more than the tasks.
constexpr absl::Duration kShortRun = absl::Milliseconds(1);
constexpr auto kGather = std::chrono::microseconds(500);
/// Weight of the newest run in the mean: a flood of short ones is known as such after some twenty.
constexpr double kMeanWeight = 0.3;
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

void JobEngine::begin(std::vector<ClaimedTask> tasks)
{
    std::vector<std::int64_t> jobs;
    for (const TaskTable::Task& task : launch(std::move(tasks))) {
        jobs.push_back(task->claimed().id.job);
    }
    if (!jobs.empty() && areLong()) {
        m_queue.markStarted(jobs).IgnoreError();
    }
}

std::vector<TaskTable::Task> JobEngine::launch(std::vector<ClaimedTask> tasks)
{
    {
        const std::lock_guard lock(m_mutex);
        m_claims.add(tasks);
    }
    std::vector<TaskTable::Task> begun;
    std::vector<std::function<void()>> runs;
    begun.reserve(tasks.size());
    runs.reserve(tasks.size());
    for (ClaimedTask& claimed : tasks) {
        auto handler = m_parts.kinds.find(claimed.kind);
        const auto task = std::make_shared<RunningTask>(
            std::move(claimed), std::move(handler), m_parts.records, m_parts.clock);
        begun.push_back(task);
        runs.emplace_back([this, task] { run(task); });
    }
    m_tasks.add(begun);
    const absl::Status status = m_parts.executor.submitAll(std::move(runs));
    if (!status.ok()) {
        const std::lock_guard lock(m_mutex);
        for (const TaskTable::Task& task : begun) {
            m_tasks.remove(*task);
            m_ends.push_back(endOf(task->claimed(), status, StopReason::ServerStops, 0));
        }
        m_claimWake.notify_all();
    }
    return begun;
}

/// Then operators see at once that a job runs. In a flood of short tasks that would be a quarter of
/// the cost of one: there its end says it, soon, or the pulse.
bool JobEngine::areLong() const
{
    const std::lock_guard lock(m_mutex);
    return m_meanRun >= kShortRun;
}

void JobEngine::run(const TaskTable::Task& task)
{
    PH_FAULT("jobs.before_run");
    const absl::Duration started = m_parts.clock.monotonic();
    const absl::Status status = task->run();
    PH_FAULT("jobs.after_run");
    finished(task, status, m_parts.clock.monotonic() - started);
}

void JobEngine::finished(
    const TaskTable::Task& task, const absl::Status& status, absl::Duration ran)
{
    std::vector<LogEntry> log = task->takeLog();
    TaskTable::Removed removed = TaskTable::Removed::Held;
    bool isAwaited = true;
    {
        // Together, so that the try is always in the table or among the ends.
        const std::lock_guard lock(m_mutex);
        m_meanRun += (ran - m_meanRun) * kMeanWeight;
        removed = m_tasks.remove(*task);
        if (removed == TaskTable::Removed::Held) {
            m_ends.push_back(endOfLocked(task, status));
            m_log.insert(m_log.end(), log.begin(), log.end());
        }
        // A waking for each of many short tasks would cost more than they do.
        isAwaited = m_meanRun >= kShortRun || m_ends.size() == 1 || areEndsDue();
    }
    if (removed == TaskTable::Removed::Lost) {
        m_parts.executor.retireThread(); // another took its place
    }
    if (isAwaited) {
        m_claimWake.notify_all();
    }
}

TaskEnd JobEngine::endOfLocked(const TaskTable::Task& task, const absl::Status& status)
{
    const double random = std::uniform_real_distribution<double>()(m_random);
    TaskEnd end = endOf(task->claimed(), status, task->stopReason(), random);
    if (end.state == TaskState::Succeeded) {
        end.result = task->takeResult();
        if (end.result.size() > kLargestResult) {
            end = endOf(
                task->claimed(),
                absl::OutOfRangeError(fmt::format(
                    "the result has {} bytes; {} is the limit", end.result.size(), kLargestResult)),
                StopReason::None,
                random);
        }
    }
    if (const auto started = task->startedAt()) {
        end.ran = m_parts.clock.monotonic() - *started;
    }
    return end;
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
