// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/jobs/JobFeed.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace pilothouse::jobs {

/// The stream of a list of jobs: remembers what the watcher has, and says what is different.
class JobsWatch
{
public:
    JobsWatch(JobFeed& feed, const v1::WatchJobsRequest& request, rpc::Waker waker);

    /// False when the stream has gone.
    bool wake() const { return m_waker.wake(); }
    bool next(v1::WatchJobsResponse& response);

private:
    using Matching = std::map<std::int64_t, const JobFeed::Entry*, std::greater<>>;
    Matching matching() const;
    bool snapshot(const Matching& jobs, v1::WatchJobsResponse& response);
    bool changes(const Matching& jobs, v1::WatchJobsResponse& response);
    void resume(std::int64_t change);

    JobFeed& m_feed;
    const JobFilter m_filter;
    const std::size_t m_limit;
    const rpc::Waker m_waker;
    const std::int64_t m_since;
    std::string m_token;
    bool m_hasBegun = false;
    std::int64_t m_change = 0;
    /// What the watcher has: id and the change that it knows.
    std::map<std::int64_t, std::int64_t> m_sent;
};

/// The stream of one job. The feed's thread reads, the stream takes.
class JobWatch
{
public:
    JobWatch(std::int64_t id, int logLines, std::int64_t logAfter, rpc::Waker waker);

    bool isGone() const { return m_waker.isGone(); }
    /// On the feed's thread: blocks on the database.
    void read(const JobQueries& queries, const JobRecords& records, const Clock& clock);
    bool next(v1::WatchJobResponse& response);

private:
    const std::int64_t m_id;
    const rpc::Waker m_waker;
    // Of the feed's thread.
    int m_logLines;
    std::int64_t m_logAfter;
    bool m_isOver = false;

    std::mutex m_mutex;
    Job m_job;
    std::vector<LogLine> m_log;
    std::int64_t m_sentLog = 0;
    bool m_hasNews = false;
    /// The job has ended and nothing more of its log will come.
    bool m_isAllRead = false;
};

} // namespace pilothouse::jobs
