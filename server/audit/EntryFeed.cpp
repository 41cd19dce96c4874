// SPDX-License-Identifier: Apache-2.0
#include "server/audit/EntryFeed.h"

#include <absl/time/clock.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace pilothouse::audit {

namespace {

constexpr absl::Duration kReadLimit = absl::Seconds(10);

} // namespace

void EntryFeed::advance(const ChainWriter::Step& step)
{
    std::int64_t known = 0;
    {
        const std::lock_guard lock(m_mutex);
        known = m_head;
    }
    std::vector<ChainedEntry> entries = step.chained;
    const bool isNext = !entries.empty() && entries.front().sequence == known + 1;
    if (known >= 0 && !isNext && step.head > known) {
        const Range missed = {
            std::max(known + 1, step.head - static_cast<std::int64_t>(kKept) + 1), step.head};
        auto read = m_database.transact(
            [&](postgres::Transaction& transaction) {
                return m_store.newest(transaction, {}, missed, static_cast<int>(kKept));
            },
            absl::Now() + kReadLimit,
            postgres::Database::Mode::ReadOnly);
        if (!read.ok()) {
            // Left as a gap, which watchers are told of.
            spdlog::debug(
                "audit: new entries were not read: {}", std::string(read.status().message()));
        }
        entries = std::move(read).value_or(std::vector<ChainedEntry>());
        std::ranges::reverse(entries);
    }
    {
        const std::lock_guard lock(m_mutex);
        if (known >= 0) {
            for (ChainedEntry& entry : entries) {
                append(std::move(entry));
            }
        }
        m_head = std::max(m_head, step.head);
    }
    changed();
}

void EntryFeed::append(ChainedEntry entry)
{
    if (!m_entries.empty() && entry.sequence != m_entries.back().sequence + 1) {
        m_entries.clear();
    }
    m_entries.push_back(std::move(entry));
    if (m_entries.size() > kKept) {
        m_entries.pop_front();
    }
}

void EntryFeed::setStatus(const ChainStatus& status)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_status.state == ChainState::Broken && status.state != ChainState::Broken &&
            status.walkTime <= m_status.checkTime) {
            return;
        }
        m_status = status;
    }
    changed();
}

ChainStatus EntryFeed::status() const
{
    const std::lock_guard lock(m_mutex);
    return m_status;
}

std::int64_t EntryFeed::head() const
{
    const std::lock_guard lock(m_mutex);
    return m_head;
}

EntryFeed::News EntryFeed::after(
    std::int64_t sequence, const Filter& filter, std::size_t limit) const
{
    const std::lock_guard lock(m_mutex);
    News news;
    news.chain = m_status;
    news.version = m_version;
    news.sequence = std::max<std::int64_t>(m_head, 0);
    if (sequence < 0 || sequence >= m_head) {
        return news;
    }
    const std::int64_t oldest = m_entries.empty() ? m_head + 1 : m_entries.front().sequence;
    news.hasGap = oldest > sequence + 1;
    for (const ChainedEntry& entry : m_entries) {
        if (entry.sequence <= sequence) {
            continue;
        }
        if (matches(filter, entry)) {
            news.entries.push_back(entry);
            if (news.entries.size() == limit) {
                news.sequence = entry.sequence;
                break;
            }
        }
    }
    return news;
}

std::uint64_t EntryFeed::version() const
{
    const std::lock_guard lock(m_mutex);
    return m_version;
}

void EntryFeed::addListener(std::function<bool()> listener)
{
    const std::lock_guard lock(m_mutex);
    m_listeners.push_back(std::move(listener));
}

void EntryFeed::changed()
{
    // Listeners may ask the feed at once, so they are called without the lock of its state.
    const std::lock_guard telling(m_telling);
    std::list<std::function<bool()>> listeners;
    {
        const std::lock_guard lock(m_mutex);
        ++m_version;
        listeners.swap(m_listeners);
    }
    listeners.remove_if([](const std::function<bool()>& listener) { return !listener(); });
    const std::lock_guard lock(m_mutex);
    m_listeners.splice(m_listeners.end(), listeners);
}

} // namespace pilothouse::audit
