// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/EntryStore.h"
#include "server/platform/postgres/Database.h"
#include "shared/base/Clock.h"

#include <absl/status/statusor.h>

#include <vector>

namespace pilothouse::audit {

/// Finds entries for an operator: in steps that each cost little, for as long as somebody waits
/// gladly, and then says how far it came. Blocks. Thread-safe.
class EntryFinder
{
public:
    /// Everything outlives this.
    EntryFinder(postgres::Database& database, const Clock& clock)
        : m_database(database), m_clock(clock)
    {}

    struct Page
    {
        std::vector<ChainedEntry> entries;
        /// Entries from here on have been searched; the next page ends before it. 1: all.
        std::int64_t searchedTo = 1;
        bool isLast = true;
    };
    /// Newest first, before sequence `before`.
    absl::StatusOr<Page> page(
        const Filter& filter, std::int64_t before, int size, absl::Time deadline) const;
    /// NOT_FOUND says whether it is too old or has never been.
    absl::StatusOr<ChainedEntry> find(std::int64_t sequence, absl::Time deadline) const;
    absl::StatusOr<Activity> activity(const EntryStore::Hours& hours, absl::Time deadline) const;

private:
    postgres::Database& m_database;
    const Clock& m_clock;
    const EntryStore m_store{};
};

} // namespace pilothouse::audit
