// SPDX-License-Identifier: Apache-2.0
#include "server/jobs/LeaderDuties.h"

#include "shared/base/StatusHelpers.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <optional>

namespace pilothouse::jobs {

namespace {

constexpr auto kPeriod = std::chrono::seconds(1);
/// How often it is seen whether the lead has come to this server, which costs nothing: what is to
/// be done then has waited long enough.
constexpr auto kLook = std::chrono::milliseconds(50);

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
      m_results(database),
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
    std::optional<leader::Fence> known;
    auto next = std::chrono::steady_clock::now() + kPeriod;
    std::unique_lock lock(m_mutex);
    while (!m_wake.wait_for(lock, kLook, [this] { return m_isStopping; })) {
        const auto fence = m_election.fence();
        const auto now = std::chrono::steady_clock::now();
        if (now < next && fence == known) {
            continue;
        }
        known = fence;
        next = now + kPeriod;
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
        report("results of jobs", m_results.run(*fence));
    }
    if (const auto fence = m_election.fence()) {
        report("schedules", m_scheduler.run(*fence));
    }
}

} // namespace pilothouse::jobs
