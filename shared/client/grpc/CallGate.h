// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace pilothouse::client {

/// Stands between a client's thread and a user's callback and keeps the promise of Call: after
/// close() no callback starts, and one that is running has ended, unless close() runs inside it.
/// Thread-safe.
class CallGate
{
public:
    /// Runs the callback unless the gate is closed; whether it ran. Only one thread at a time
    /// delivers.
    bool deliver(const std::function<void()>& callback);
    void close();
    bool isClosed() const;

private:
    mutable std::mutex m_mutex;
    std::condition_variable m_ended;
    bool m_closed = false;
    std::thread::id m_running;
};

} // namespace pilothouse::client
