// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/jobs/JobResults.h"
#include "server/jobs/Reaper.h"
#include "server/jobs/Scheduler.h"
#include "server/leader/LeaderElection.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace pilothouse::jobs {

/// What of jobs only the leader does, each second while this server leads: tasks of dead servers,
/// results for the audit, schedules.
class LeaderDuties
{
public:
    /// All of it outlives this.
    LeaderDuties(const leader::LeaderElection& election, postgres::Database& database, Jobs& jobs);
    ~LeaderDuties();
    LeaderDuties(const LeaderDuties&) = delete;
    LeaderDuties& operator=(const LeaderDuties&) = delete;

private:
    void run();
    void step();

    const leader::LeaderElection& m_election;
    Reaper m_reaper;
    JobResults m_results;
    Scheduler m_scheduler;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_isStopping = false;
    std::thread m_thread;
};

} // namespace pilothouse::jobs
