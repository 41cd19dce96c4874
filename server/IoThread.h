// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/time/time.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <thread>

namespace pilothouse {

/// The thread of timers, sockets and child processes. Handlers on it never block.
class IoThread
{
public:
    IoThread();
    ~IoThread();
    IoThread(const IoThread&) = delete;
    IoThread& operator=(const IoThread&) = delete;

    boost::asio::io_context& context() { return m_context; }
    /// Runs what is ready and what that makes ready (closed connections telling their owners), then
    /// ends the thread.
    void stop();

private:
    void stopAfter(int rounds);

    boost::asio::io_context m_context{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> m_work;
    std::thread m_thread;
};

/// Calls `work` on the I/O thread every `period`, without drifting, until it is destroyed;
/// afterwards no call begins and one that is running has ended.
class Ticker
{
public:
    Ticker(boost::asio::io_context& io, absl::Duration period, std::function<void()> work);
    ~Ticker();
    Ticker(const Ticker&) = delete;
    Ticker& operator=(const Ticker&) = delete;

private:
    struct State;
    std::shared_ptr<State> m_state;
};

} // namespace pilothouse
