// SPDX-License-Identifier: Apache-2.0
#include "server/jobs/LeaderDuties.h"

#include "shared/base/StatusHelpers.h"

#include <spdlog/spdlog.h>

#include <chrono>

namespace pilothouse::jobs {

namespace {

constexpr auto kPeriod = std::chrono::seconds(1);

void report(const char* duty, const absl::Status& status)
{
    // Losing the lead and a database that is away are told elsewhere.
    if (!status.ok() && !absl::IsAborted(status) && !absl::IsUnavailable(status)) {
        spdlog::warn("{}: {}", duty, describe(status));
    }
}

} // namespace

LeaderDuties::LeaderDuties(
    const leader::LeaderElection& election, postgres::Database& database, Jobs& jobs)
    : m_election(election),
      m_reaper(database),
      m_scheduler(database, jobs),
      m_thread([this] { run(); })
{}

LeaderDuties::~LeaderDuties()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
    }
    m_wake.notify_all();
    m_thread.join();
}

void LeaderDuties::run()
{
    std::unique_lock lock(m_mutex);
    while (!m_wake.wait_for(lock, kPeriod, [this] { return m_isStopping; })) {
        lock.unlock();
        step();
        lock.lock();
    }
}

void LeaderDuties::step()
{
    if (const auto fence = m_election.fence()) {
        report("jobs of servers that are gone", m_reaper.run(*fence).status());
    }
    if (const auto fence = m_election.fence()) {
        report("schedules", m_scheduler.run(*fence));
    }
}

} // namespace pilothouse::jobs
