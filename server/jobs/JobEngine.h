// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/jobs/ClaimCounts.h"
#include "server/jobs/JobKinds.h"
#include "server/jobs/JobRecords.h"
#include "server/jobs/LocalWorker.h"
#include "server/jobs/TaskQueue.h"
#include "server/jobs/TaskTable.h"
#include "server/platform/executor/Executor.h"
#include "server/system/HealthRegistry.h"
#include "shared/base/Clock.h"

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace pilothouse::jobs {

/// Runs tasks on this server: claims them from the queue in batches, hands them to the `jobs`
/// executor, keeps their lease, and writes how they ended. Two threads: one claims and writes ends
/// (in one round trip), the other beats the lease, takes progress and logs to the database, and
/// stops what is cancelled, late or deaf. A handler that throws fails its task; one that hangs
/// loses its thread, for which the executor gets another, up to a bound. Thread-safe.
class JobEngine final : public LocalWorker
{
public:
    struct Options
    {
        /// Of the data directory, and the host's name for operators.
        std::string serverId;
        std::string host;
        absl::Duration lease = absl::Seconds(5);
        /// Of the executor: how many run at once.
        int threads = 2;
        /// Beyond the threads, for tasks that take next to no time.
        int prefetch = 64;
    };
    struct Parts
    {
        postgres::Database& database;
        const JobKinds& kinds;
        JobRecords& records;
        platform::Executor& executor;
        system::HealthRegistry& health;
        const Clock& clock;
        /// Called when jobs may look different, often; return fast.
        std::function<void()> changed;
    };

    /// Everything in `parts` outlives the engine.
    JobEngine(const Parts& parts, Options options);
    ~JobEngine() override;
    JobEngine(const JobEngine&) = delete;
    JobEngine& operator=(const JobEngine&) = delete;

    // LocalWorker
    Place reserve(int tasks) override;
    void start(const Place& place, std::vector<ClaimedTask> tasks) override;
    void giveUp(const Place& place, Made made) override;
    void wakeForWork() override;
    void wakeForStops() override;
    /// Claims nothing more, asks what runs to stop, gives it back to the queue and ends the
    /// threads. What does not stop in time keeps its lease until that runs out. Answers how many
    /// handlers still run.
    int stop(absl::Duration limit);

    static constexpr const char* kComponent = "jobs";

private:
    /// The ends of tasks that are shorter than this on average go together: a round trip for each
    /// would cost more than the tasks.
    static constexpr absl::Duration kShortRun = absl::Milliseconds(1);

    void claimLoop();
    void pulseLoop();

    bool registerIfNeeded();
    void claimOnce();
    /// With the mutex held.
    int wanted() const;
    bool areEndsDue() const;
    void claimLimited(const TaskQueue::Worker& worker, int want);
    void begin(std::vector<ClaimedTask> tasks);
    std::vector<TaskTable::Task> launch(std::vector<ClaimedTask> tasks);
    bool areLong() const;
    void run(const TaskTable::Task& task);
    void finished(const TaskTable::Task& task, const absl::Status& status, absl::Duration ran);
    void giveBackUnknown();

    void pulse();
    void beat();
    void leaseLost();
    void stopCancelled();
    void abandonDeaf();
    void markStarted();
    void writeReports();
    void reportHealth();
    /// With the mutex held.
    TaskEnd endOfLocked(const TaskTable::Task& task, const absl::Status& status);
    void giveUp(const std::vector<TaskTable::Task>& tasks);

    const Parts m_parts;
    const Options m_options;
    TaskQueue m_queue;
    TaskTable m_tasks;

    mutable std::mutex m_mutex;
    std::condition_variable m_claimWake;
    std::condition_variable m_pulseWake;
    bool m_isStopping = false;
    bool m_mayClaim = true;
    bool m_hasWork = true;
    bool m_hasStops = false;
    /// The last look at the queue left nothing there that this worker could claim.
    bool m_isDrained = false;
    /// What this worker holds in the database is not known.
    bool m_isUnsure = false;
    /// Tasks that start() or giveUp() will be called for.
    int m_reserved = 0;
    std::vector<TaskEnd> m_ends;
    std::vector<LogEntry> m_log;
    ClaimCounts m_claims;
    TaskQueue::Worker m_worker;
    absl::Duration m_meanRun = absl::Seconds(1);
    std::string m_problem;
    std::mt19937_64 m_random{std::random_device{}()};

    // Of the claiming thread.
    bool m_hasLimited = false;
    absl::Duration m_nextPromotion;
    // Of the pulse thread.
    absl::Duration m_lastBeat;
    absl::Duration m_lastReport;

    std::thread m_claimThread;
    std::thread m_pulseThread;
};

} // namespace pilothouse::jobs
