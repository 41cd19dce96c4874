// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/jobs/JobQueries.h"
#include "server/jobs/JobRecords.h"
#include "server/platform/rpc/Stream.h"
#include "shared/base/Clock.h"

#include <pilothouse/v1/jobs.pb.h>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace pilothouse::jobs {

class JobWatch;
class JobsWatch;

/// What watchers see: one thread reads the jobs when something changed, at most ten times a second
/// and at least once, as long as anybody watches, and wakes the streams. They take the newest state
/// from here, so a slow watcher costs nothing. Thread-safe.
class JobFeed
{
public:
    /// Jobs that are followed: the newest, and the newest open ones.
    static constexpr int kWindow = 500;

    JobFeed(JobQueries& queries, JobRecords& records, const Clock& clock);
    ~JobFeed();
    JobFeed(const JobFeed&) = delete;
    JobFeed& operator=(const JobFeed&) = delete;

    /// Something may have changed.
    void wake();

    // The feed outlives the streams.
    std::unique_ptr<rpc::Source<v1::WatchJobsResponse>> watchAll(
        const v1::WatchJobsRequest& request, rpc::Waker waker);
    std::unique_ptr<rpc::Source<v1::WatchJobResponse>> watchOne(
        std::int64_t id, const v1::WatchJobRequest& request, rpc::Waker waker);

private:
    friend class JobsWatch;

    struct Entry
    {
        Job job;
        /// Number of the change that made it what it is.
        std::int64_t change = 0;
    };
    struct Gone
    {
        std::int64_t id = 0;
        std::int64_t change = 0;
    };

    void run();
    void refreshAll();
    void take(std::vector<Job> jobs);
    void refreshOnes();
    bool hasWatchers();

    JobQueries& m_queries;
    JobRecords& m_records;
    const Clock& m_clock;
    /// Of this process: resume tokens of another one mean nothing here.
    const std::string m_epoch;

    std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_isStopping = false;
    bool m_isChanged = false;
    std::vector<std::weak_ptr<JobsWatch>> m_all;
    std::vector<std::weak_ptr<JobWatch>> m_ones;
    /// By id. Read and written with the mutex held.
    std::map<std::int64_t, Entry> m_jobs;
    std::deque<Gone> m_gone;
    std::int64_t m_change = 0;
    /// Changes up to here are not all known any more.
    std::int64_t m_forgotten = 0;
    /// Counts the readings; a new watcher waits for the next.
    std::int64_t m_reading = 0;
    std::thread m_thread;
};

} // namespace pilothouse::jobs
