// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Database.h"

#include <absl/status/status.h>

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace pilothouse::postgres {

/// Says to every server on this database that the things under `name` changed; answers the new
/// number.
absl::StatusOr<std::int64_t> bumpRevision(Transaction& transaction, const char* name);

/// Until the transaction ends, another one that wants to change things under `name` waits here, and
/// then sees what this one did: for rules about several rows ("the last administrator").
absl::Status lockRevision(Transaction& transaction, const char* name);

/// Notices changes that other servers made. Thread-safe.
class RevisionPoll
{
public:
    explicit RevisionPoll(Database& database) : m_database(database) {}

    /// Called with the new number, inside poll(); when it fails it is called again next time.
    using OnChange = std::function<absl::Status(std::int64_t)>;

    /// Before the first poll.
    void add(std::string name, OnChange onChange);
    /// One query; blocks, at most until the deadline. Changes of this server are seen, too.
    absl::Status poll(absl::Time deadline);

private:
    struct Watch
    {
        std::string name;
        OnChange onChange;
        std::int64_t seen = 0;
    };

    Database& m_database;
    std::mutex m_mutex;
    std::vector<Watch> m_watches;
};

} // namespace pilothouse::postgres
