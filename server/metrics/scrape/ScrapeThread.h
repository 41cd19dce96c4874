// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/time/time.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <list>
#include <thread>

namespace pilothouse::metrics {

/// The one thread of all scrapes: their sockets, their timers, their parsing. Nothing on it blocks.
class ScrapeThread
{
public:
    ScrapeThread();
    /// As stop().
    ~ScrapeThread();
    ScrapeThread(const ScrapeThread&) = delete;
    ScrapeThread& operator=(const ScrapeThread&) = delete;

    boost::asio::io_context& context() { return m_context; }

    /// Calls `work` on the thread every `period`, without drifting; a turn that comes too late is
    /// left out. Before start() only.
    void every(absl::Duration period, std::function<void()> work);
    void start();
    /// Runs `work` on the thread, later.
    void post(std::function<void()> work);
    /// Runs `last` on the thread as its last work, then ends it.
    void stop(const std::function<void()>& last = {});

private:
    struct Periodic
    {
        boost::asio::steady_timer timer;
        absl::Duration period;
        std::function<void()> work;
    };
    void arm(Periodic& periodic);

    boost::asio::io_context m_context{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> m_work;
    std::list<Periodic> m_periodics;
    std::thread m_thread;
};

} // namespace pilothouse::metrics
