// SPDX-License-Identifier: Apache-2.0
#include "server/jobs/JobFeed.h"

#include "server/jobs/JobWatch.h"
#include "server/platform/crypto/Random.h"
#include "shared/base/StatusHelpers.h"

#include <absl/strings/numbers.h>

#include <algorithm>
#include <chrono>

namespace pilothouse::jobs {

namespace {

constexpr auto kShortestPause = std::chrono::milliseconds(100);
/// Other servers tell of new jobs, not of every step.
constexpr auto kLongestPause = std::chrono::seconds(1);
constexpr absl::Duration kLimit = absl::Seconds(5);
/// Removed jobs that are remembered for watchers that come back.
constexpr std::size_t kMostGone = 2000;
constexpr int kMostLogLines = 1000;

/// A stream's end of a watch that the feed knows too.
template <typename Watch, typename Response>
class WatchSource final : public rpc::Source<Response>
{
public:
    explicit WatchSource(std::shared_ptr<Watch> watch) : m_watch(std::move(watch)) {}
    bool next(Response& response) override { return m_watch->next(response); }

private:
    std::shared_ptr<Watch> m_watch;
};

} // namespace

JobFeed::JobFeed(JobQueries& queries, JobRecords& records, const Clock& clock)
    : m_queries(queries),
      m_records(records),
      m_clock(clock),
      m_epoch(platform::newId()),
      m_thread([this] { run(); })
{}

JobFeed::~JobFeed()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
    }
    m_wake.notify_all();
    m_thread.join();
}

void JobFeed::wake()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isChanged = true;
    }
    m_wake.notify_all();
}

std::unique_ptr<rpc::Source<v1::WatchJobsResponse>> JobFeed::watchAll(
    const v1::WatchJobsRequest& request, rpc::Waker waker)
{
    std::shared_ptr<JobsWatch> watch;
    {
        const std::lock_guard lock(m_mutex);
        watch = std::make_shared<JobsWatch>(*this, request, std::move(waker));
        m_all.push_back(watch);
        m_isChanged = true;
    }
    m_wake.notify_all();
    return std::make_unique<WatchSource<JobsWatch, v1::WatchJobsResponse>>(std::move(watch));
}

std::unique_ptr<rpc::Source<v1::WatchJobResponse>> JobFeed::watchOne(
    std::int64_t id, const v1::WatchJobRequest& request, rpc::Waker waker)
{
    std::int64_t after = 0;
    const bool isResumed = absl::SimpleAtoi(request.resume_token(), &after);
    const auto watch = std::make_shared<JobWatch>(
        id,
        isResumed ? 0 : std::clamp(request.log_lines(), 0, kMostLogLines),
        after,
        std::move(waker));
    {
        const std::lock_guard lock(m_mutex);
        m_ones.push_back(watch);
        m_isChanged = true;
    }
    m_wake.notify_all();
    return std::make_unique<WatchSource<JobWatch, v1::WatchJobResponse>>(watch);
}

bool JobFeed::hasWatchers()
{
    const auto isGone = [](const auto& watch) { return watch.expired(); };
    std::erase_if(m_all, isGone);
    std::erase_if(m_ones, isGone);
    return !m_all.empty() || !m_ones.empty();
}

void JobFeed::run()
{
    std::unique_lock lock(m_mutex);
    while (!m_isStopping) {
        m_wake.wait_for(lock, kLongestPause, [this] { return m_isStopping || m_isChanged; });
        m_isChanged = false;
        if (m_isStopping || !hasWatchers()) {
            continue;
        }
        const bool isAll = !m_all.empty();
        lock.unlock();
        if (isAll) {
            refreshAll();
        }
        refreshOnes();
        lock.lock();
        m_wake.wait_for(lock, kShortestPause, [this] { return m_isStopping; });
    }
}

void JobFeed::refreshAll()
{
    auto jobs = m_queries.recent(kWindow, m_clock.now() + kLimit);
    if (!jobs.ok()) {
        return; // watchers keep what they have; health says why
    }
    std::vector<std::shared_ptr<JobsWatch>> watches;
    {
        const std::lock_guard lock(m_mutex);
        take(*std::move(jobs));
        ++m_reading;
        for (const auto& weak : m_all) {
            if (auto watch = weak.lock()) {
                watches.push_back(std::move(watch));
            }
        }
    }
    for (const auto& watch : watches) {
        watch->wake();
    }
}

void JobFeed::take(std::vector<Job> jobs)
{
    std::map<std::int64_t, Entry> now;
    for (Job& job : jobs) {
        std::int64_t id = 0;
        if (!absl::SimpleAtoi(job.id, &id)) {
            continue;
        }
        const auto before = m_jobs.find(id);
        const bool isSame = before != m_jobs.end() && before->second.job == job;
        now.emplace(id, Entry{std::move(job), isSame ? before->second.change : ++m_change});
    }
    for (const auto& [id, entry] : m_jobs) {
        if (!now.contains(id)) {
            m_gone.push_back({id, ++m_change});
        }
    }
    while (m_gone.size() > kMostGone) {
        m_forgotten = m_gone.front().change;
        m_gone.pop_front();
    }
    m_jobs = std::move(now);
}

void JobFeed::refreshOnes()
{
    std::vector<std::shared_ptr<JobWatch>> watches;
    {
        const std::lock_guard lock(m_mutex);
        for (const auto& weak : m_ones) {
            if (auto watch = weak.lock(); watch != nullptr && !watch->isGone()) {
                watches.push_back(std::move(watch));
            }
        }
    }
    for (const auto& watch : watches) {
        watch->read(m_queries, m_records, m_clock);
    }
}

} // namespace pilothouse::jobs
