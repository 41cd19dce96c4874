// SPDX-License-Identifier: Apache-2.0
#include "server/audit/ChainKeeper.h"

#include "shared/base/StatusHelpers.h"

#include <absl/time/clock.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace pilothouse::audit {

namespace {

constexpr absl::Duration kLook = absl::Seconds(2);
constexpr absl::Duration kFullPeriod = absl::Hours(24);
constexpr absl::Duration kRetentionPeriod = absl::Hours(1);
/// Between two reads: a verification in the background takes a third of one core at most.
constexpr absl::Duration kBreath = absl::Milliseconds(10);

} // namespace

ChainKeeper::ChainKeeper(postgres::Database& database, EntryFeed& feed, const Retention& retention)
    : m_database(database), m_feed(feed), m_retention(retention)
{}

ChainKeeper::~ChainKeeper()
{
    stop();
}

void ChainKeeper::start()
{
    m_thread = std::thread([this] { run(); });
}

void ChainKeeper::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
        m_changed.notify_all();
    }
    if (m_thread.joinable()) {
        m_thread.join();
    }
}

void ChainKeeper::run()
{
    absl::Time nextRetention = absl::InfinitePast();
    while (pause(absl::ZeroDuration())) {
        ChainWalk walk(m_database);
        verify(walk);
        const absl::Time nextFull = absl::Now() + kFullPeriod;
        while (absl::Now() < nextFull && pause(kLook)) {
            if (absl::Now() >= nextRetention) {
                nextRetention = absl::Now() + kRetentionPeriod;
                if (const auto dropped = m_retention.run(absl::Now()); !dropped.ok()) {
                    spdlog::warn(
                        "audit: old days were not dropped: {}", describe(dropped.status()));
                }
            }
            // A broken chain stays broken until somebody repaired it and asks again.
            if (m_feed.status().state != ChainState::Broken &&
                m_feed.head() != walk.headSequence()) {
                verify(walk);
            }
        }
    }
}

void ChainKeeper::verify(ChainWalk& walk)
{
    const auto status = walk.advance([this](const ChainProgress&) { return pause(kBreath); });
    if (!status.ok()) {
        spdlog::debug("audit: the chain was not verified: {}", describe(status.status()));
        return;
    }
    if (status->firstBreak) {
        const ChainBreak& found = *status->firstBreak;
        spdlog::error(
            "audit: the chain is broken on {}{}: {}",
            dayText(found.day),
            found.sequence == 0 ? "" : fmt::format(" at entry {}", found.sequence),
            found.problem);
    }
    m_feed.setStatus(*status);
}

bool ChainKeeper::pause(absl::Duration wait)
{
    std::unique_lock lock(m_mutex);
    m_changed.wait_until(
        lock, std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(wait), [this] {
            return m_isStopping;
        });
    return !m_isStopping;
}

} // namespace pilothouse::audit
