// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Database.h"

#include <atomic>
#include <functional>
#include <thread>

namespace pilothouse::jobs {

/// Hears what other servers (and this one) tell about work and stops, on a connection of its own.
class JobListener
{
public:
    struct Calls
    {
        /// There may be work.
        std::function<void()> work;
        /// Something may have to stop.
        std::function<void()> stops;
    };

    /// The database outlives it; the calls come on its thread and return fast.
    JobListener(const postgres::Database& database, Calls calls);
    ~JobListener();
    JobListener(const JobListener&) = delete;
    JobListener& operator=(const JobListener&) = delete;

private:
    void run();
    void listen();

    const postgres::Database& m_database;
    const Calls m_calls;
    std::atomic<bool> m_isStopping{false};
    std::thread m_thread;
};

} // namespace pilothouse::jobs
