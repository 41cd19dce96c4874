// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/leader/Fence.h"
#include "server/platform/postgres/Database.h"
#include "shared/base/Clock.h"

#include <absl/time/time.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace pilothouse::leader {

/// Who leads, as this server last saw it.
struct Leader
{
    /// Empty: nobody.
    std::string host;
    std::string serverId;
    std::int64_t fence = 0;
    bool isThisServer = false;
};

/// Elects one of the servers on a database by a lease on one row, measured by the database's clock.
/// A leader that cannot renew stops by itself at two thirds of the lease, by its own clock and
/// before anybody else can begin; and every write that it makes carries the fence number, which is
/// checked in the same transaction. Thread-safe.
class LeaderElection
{
public:
    struct Options
    {
        /// Of the data directory. A process of the same directory that was here before is dead,
        /// because the directory is locked, so its lease need not be waited for.
        std::string serverId;
        std::string host;
        absl::Duration lease = absl::Seconds(5);
    };

    /// Begins to try at once, on a thread of its own. The database and the clock outlive it.
    LeaderElection(postgres::Database& database, const Clock& clock, Options options);
    /// Gives the lease back, so that another server leads at once.
    ~LeaderElection();
    LeaderElection(const LeaderElection&) = delete;
    LeaderElection& operator=(const LeaderElection&) = delete;

    /// Set while this server may act as the leader. Ask again before each step.
    std::optional<Fence> fence() const;
    Leader leader() const;

private:
    struct Seen
    {
        Leader leader;
        /// On the monotonic clock.
        absl::Duration actUntil = -absl::InfiniteDuration();
    };

    void run();
    /// Takes, renews or only looks; the wait until the next time.
    absl::Duration step();
    void resign();
    void see(const Leader& leader, absl::Duration actUntil);

    postgres::Database& m_database;
    const Clock& m_clock;
    const Options m_options;
    /// Of this process, so that it is not taken for one before it.
    const std::string m_instance;
    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_isStopping = false;
    Seen m_seen;
    std::thread m_thread;
};

} // namespace pilothouse::leader
