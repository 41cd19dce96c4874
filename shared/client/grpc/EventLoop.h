// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/time/time.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace pilothouse::client {

/// A thread that runs what is posted to it, in order, and timers. Held by shared_ptr because the
/// thread keeps it alive until it has ended. Thread-safe.
class EventLoop : public std::enable_shared_from_this<EventLoop>
{
public:
    using Task = std::function<void()>;

    static std::shared_ptr<EventLoop> start();

    /// False, and the task is dropped, once the loop is stopped. The number of tasks waiting is
    /// bounded by the callers: one per call or stream under way.
    bool post(Task task);
    /// Runs the task after the delay unless the loop is stopped first.
    bool postAfter(absl::Duration delay, Task task);
    bool isThisThread() const;

    /// Drops what waits, ends the thread and runs `last`: after the thread has ended, on the
    /// caller's; or, when called from a task, on the loop's own thread after that task.
    void stop(Task last);

private:
    using Time = std::chrono::steady_clock::time_point;

    EventLoop() = default;
    void run();

    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::vector<Task> m_tasks;
    std::multimap<Time, Task> m_timers;
    bool m_stopping = false;
    Task m_last;
    std::thread m_thread;
    std::thread::id m_threadId;
};

} // namespace pilothouse::client
