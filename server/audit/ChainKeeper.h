// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/ChainWalk.h"
#include "server/audit/EntryFeed.h"
#include "server/audit/Retention.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace pilothouse::audit {

/// Looks after the chain in the background: verifies all of it at the start and once a day, what is
/// new within seconds, and drops days whose time is over. Never in a hurry: it leaves the database
/// to the others. Thread-safe.
class ChainKeeper
{
public:
    /// Everything outlives this.
    ChainKeeper(postgres::Database& database, EntryFeed& feed, const Retention& retention);
    ~ChainKeeper();
    ChainKeeper(const ChainKeeper&) = delete;
    ChainKeeper& operator=(const ChainKeeper&) = delete;

    void start();
    void stop();

private:
    void run();
    void verify(ChainWalk& walk);
    bool pause(absl::Duration wait);

    postgres::Database& m_database;
    EntryFeed& m_feed;
    const Retention& m_retention;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_isStopping = false;
    std::thread m_thread;
};

} // namespace pilothouse::audit
