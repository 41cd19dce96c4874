// SPDX-License-Identifier: Apache-2.0
#include "server/jobs/JobWatch.h"

#include "shared/base/proto/TimeProto.h"
#include "shared/jobs/proto/JobsProto.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>

#include <algorithm>

namespace pilothouse::jobs {

using pilothouse::toProto;

namespace {

constexpr int kDefaultLimit = 200;
constexpr absl::Duration kLimit = absl::Seconds(5);
/// Lines of one message; what is more comes with the next.
constexpr int kLogBatch = 500;
/// Lines that wait for a slow watcher; the oldest go.
constexpr std::size_t kMostWaitingLines = 2000;

} // namespace

JobsWatch::JobsWatch(JobFeed& feed, const v1::WatchJobsRequest& request, rpc::Waker waker)
    : m_feed(feed),
      m_filter(fromProto(request.filter())),
      m_limit(static_cast<std::size_t>(
          request.limit() <= 0 ? kDefaultLimit : std::min(request.limit(), JobFeed::kWindow))),
      m_waker(std::move(waker)),
      m_since(feed.m_reading),
      m_token(request.resume_token())
{}

bool JobsWatch::next(v1::WatchJobsResponse& response)
{
    const std::lock_guard lock(m_feed.m_mutex);
    if (m_feed.m_reading == m_since) {
        return false; // what the feed has may be old
    }
    if (!m_hasBegun) {
        m_hasBegun = true;
        const std::pair<std::string, std::string> token =
            absl::StrSplit(m_token, absl::MaxSplits(':', 1));
        std::int64_t change = 0;
        if (token.first == m_feed.m_epoch && absl::SimpleAtoi(token.second, &change) &&
            change >= m_feed.m_forgotten) {
            resume(change);
        } else {
            return snapshot(matching(), response);
        }
    }
    return m_change != m_feed.m_change && changes(matching(), response);
}

JobsWatch::Matching JobsWatch::matching() const
{
    Matching result;
    for (auto entry = m_feed.m_jobs.rbegin(); entry != m_feed.m_jobs.rend(); ++entry) {
        if (result.size() == m_limit) {
            break;
        }
        if (matches(m_filter, entry->second.job)) {
            result.emplace(entry->first, &entry->second);
        }
    }
    return result;
}

bool JobsWatch::snapshot(const Matching& jobs, v1::WatchJobsResponse& response)
{
    response.set_snapshot(true);
    for (const auto& [id, entry] : jobs) {
        *response.add_jobs() = toProto(entry->job);
        m_sent[id] = entry->change;
    }
    m_change = m_feed.m_change;
    response.set_resume_token(m_feed.m_epoch + ":" + std::to_string(m_change));
    *response.mutable_server_time() = toProto(m_feed.m_clock.now());
    return true;
}

/// The watcher has what matched then; whatever has changed since it will be told.
void JobsWatch::resume(std::int64_t change)
{
    for (const auto& [id, entry] : m_feed.m_jobs) {
        if (entry.change <= change && matches(m_filter, entry.job)) {
            m_sent[id] = entry.change;
        } else if (entry.change > change) {
            m_sent[id] = 0; // it may have it, in an older form
        }
    }
    for (const JobFeed::Gone& gone : m_feed.m_gone) {
        if (gone.change > change) {
            m_sent[gone.id] = 0;
        }
    }
    m_change = change - 1;
}

bool JobsWatch::changes(const Matching& jobs, v1::WatchJobsResponse& response)
{
    std::map<std::int64_t, std::int64_t> now;
    for (const auto& [id, entry] : jobs) {
        const auto sent = m_sent.find(id);
        if (sent == m_sent.end() || sent->second != entry->change) {
            *response.add_jobs() = toProto(entry->job);
        }
        now.emplace(id, entry->change);
    }
    for (const auto& [id, change] : m_sent) {
        if (!now.contains(id)) {
            response.add_removed_ids(std::to_string(id));
        }
    }
    m_sent = std::move(now);
    m_change = m_feed.m_change;
    response.set_resume_token(m_feed.m_epoch + ":" + std::to_string(m_change));
    *response.mutable_server_time() = toProto(m_feed.m_clock.now());
    return response.jobs_size() > 0 || response.removed_ids_size() > 0;
}

JobWatch::JobWatch(std::int64_t id, int logLines, std::int64_t logAfter, rpc::Waker waker)
    : m_id(id),
      m_waker(std::move(waker)),
      m_logLines(logLines),
      m_logAfter(logAfter),
      m_sentLog(logAfter)
{}

void JobWatch::read(const JobQueries& queries, const JobRecords& records, const Clock& clock)
{
    if (m_isOver) {
        return;
    }
    const absl::Time deadline = clock.now() + kLimit;
    // The job before its log: when it has ended, the log that is read after is whole.
    auto job = queries.get(m_id, deadline);
    if (!job.ok()) {
        if (absl::IsNotFound(job.status())) {
            m_isOver = true;
            m_waker.end(job.status());
        }
        return; // anything else passes
    }
    auto log = m_logLines > 0 ? records.logTail(m_id, m_logLines, deadline)
                              : absl::StatusOr<std::vector<LogLine>>(std::vector<LogLine>());
    if (m_logLines == 0) {
        auto page = records.log(m_id, m_logAfter, kLogBatch, deadline);
        log = page.ok() ? absl::StatusOr<std::vector<LogLine>>(std::move(page->lines))
                        : page.status();
    }
    if (!log.ok()) {
        return;
    }
    m_logLines = 0;
    if (!log->empty()) {
        m_logAfter = log->back().sequence;
    }
    m_isOver = hasEnded(job->state) && static_cast<int>(log->size()) < kLogBatch;
    {
        const std::lock_guard lock(m_mutex);
        m_hasNews = m_hasNews || !log->empty() || !(*job == m_job);
        m_hasNews = m_hasNews || m_isOver; // the end is always told
        m_isAllRead = m_isOver;
        m_job = *std::move(job);
        m_log.insert(m_log.end(), log->begin(), log->end());
        if (m_log.size() > kMostWaitingLines) {
            m_log.erase(
                m_log.begin(), m_log.end() - static_cast<std::ptrdiff_t>(kMostWaitingLines));
        }
    }
    m_waker.wake();
}

bool JobWatch::next(v1::WatchJobResponse& response)
{
    const std::lock_guard lock(m_mutex);
    if (!m_hasNews) {
        return false;
    }
    m_hasNews = false;
    *response.mutable_job() = toProto(m_job);
    for (const LogLine& line : m_log) {
        *response.add_log() = toProto(line);
        m_sentLog = line.sequence;
    }
    m_log.clear();
    response.set_resume_token(std::to_string(m_sentLog));
    if (m_isAllRead) {
        m_waker.end(absl::OkStatus());
    }
    return true;
}

} // namespace pilothouse::jobs
