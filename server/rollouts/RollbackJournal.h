// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/audit/Entry.h"
#include "shared/rollouts/Rollout.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

namespace pilothouse::rollouts {

/// A rollback that was ordered while the database was away.
struct JournalEntry
{
    std::string id;
    absl::Time time;
    std::string application;
    std::string rolloutId;
    Colour stable = Colour::Blue;
    audit::Actor actor;
    std::string reason;
};

/// What was done without the database, on this server's disk, until the database has it. Each entry
/// is on the disk before anything is done by it. Thread-safe.
class RollbackJournal
{
public:
    /// Entries at once: far more than there can be rollbacks between two looks at the database.
    static constexpr std::size_t kMostEntries = 1000;

    /// Reads what an earlier process left.
    static absl::StatusOr<std::unique_ptr<RollbackJournal>> open(std::filesystem::path file);

    /// RESOURCE_EXHAUSTED when it is full.
    absl::Status append(const JournalEntry& entry);
    std::vector<JournalEntry> entries() const;
    bool hasEntryFor(const std::string& application) const;
    /// The database has it.
    absl::Status remove(const std::string& id);

private:
    explicit RollbackJournal(std::filesystem::path file) : m_file(std::move(file)) {}
    absl::Status write(const std::vector<JournalEntry>& entries) const;

    const std::filesystem::path m_file;
    mutable std::mutex m_mutex;
    std::vector<JournalEntry> m_entries;
};

} // namespace pilothouse::rollouts
