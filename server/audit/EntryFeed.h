// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/ChainWriter.h"
#include "server/audit/EntryStore.h"
#include "server/platform/postgres/Database.h"
#include "shared/audit/ChainStatus.h"

#include <absl/status/statusor.h>

#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <vector>

namespace pilothouse::audit {

/// The newest entries in memory, for all who watch: read once, whoever chained them. Thread-safe.
class EntryFeed
{
public:
    /// The database outlives this.
    explicit EntryFeed(postgres::Database& database) : m_database(database) {}

    /// What the chain writer found; may read what another server chained. Blocks.
    void advance(const ChainWriter::Step& step);
    /// A break that is known stays until a walk that began afterwards finds the chain intact: one
    /// that was under way may have read the place while it was still whole.
    void setStatus(const ChainStatus& status);
    ChainStatus status() const;

    /// Of the newest entry that is known here; -1 before the first advance.
    std::int64_t head() const;

    struct News
    {
        /// Oldest first.
        std::vector<ChainedEntry> entries;
        /// All up to here have been looked at.
        std::int64_t sequence = 0;
        /// Some before the first were left out.
        bool hasGap = false;
        ChainStatus chain;
        /// Counts the changes of the feed; the same one says that there is nothing new.
        std::uint64_t version = 0;
    };
    /// What matches after `sequence`, at most `limit` entries. -1: from now on.
    News after(std::int64_t sequence, const Filter& filter, std::size_t limit) const;
    std::uint64_t version() const;

    /// Calls the listener after every change until it answers false. It must not block.
    void addListener(std::function<bool()> listener);

private:
    void append(ChainedEntry entry);
    void changed();

    /// Entries in memory; who is further behind lists them.
    static constexpr std::size_t kKept = 1000;

    postgres::Database& m_database;
    const EntryStore m_store{};
    /// One change at a time is told.
    std::mutex m_telling;
    mutable std::mutex m_mutex;
    std::deque<ChainedEntry> m_entries;
    std::int64_t m_head = -1;
    ChainStatus m_status;
    std::uint64_t m_version = 1;
    std::list<std::function<bool()>> m_listeners;
};

} // namespace pilothouse::audit
