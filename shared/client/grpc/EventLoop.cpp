// SPDX-License-Identifier: Apache-2.0
#include "shared/client/grpc/EventLoop.h"

#include <algorithm>

namespace pilothouse::client {

namespace {

// Keeps sums with the clock's range far from overflow.
constexpr absl::Duration kLongestDelay = absl::Hours(24 * 365);

} // namespace

std::shared_ptr<EventLoop> EventLoop::start()
{
    std::shared_ptr<EventLoop> loop(new EventLoop);
    const std::lock_guard lock(loop->m_mutex);
    loop->m_thread = std::thread([loop] { loop->run(); });
    loop->m_threadId = loop->m_thread.get_id();
    return loop;
}

bool EventLoop::post(Task task)
{
    const std::lock_guard lock(m_mutex);
    if (m_stopping) {
        return false;
    }
    m_tasks.push_back(std::move(task));
    m_wake.notify_one();
    return true;
}

bool EventLoop::postAfter(absl::Duration delay, Task task)
{
    const auto wait =
        absl::ToChronoNanoseconds(std::clamp(delay, absl::ZeroDuration(), kLongestDelay));
    const std::lock_guard lock(m_mutex);
    if (m_stopping) {
        return false;
    }
    m_timers.emplace(std::chrono::steady_clock::now() + wait, std::move(task));
    m_wake.notify_one();
    return true;
}

bool EventLoop::isThisThread() const
{
    return std::this_thread::get_id() == m_threadId;
}

void EventLoop::stop(Task last)
{
    std::vector<Task> tasks;
    std::multimap<Time, Task> timers;
    std::thread thread;
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
        tasks.swap(m_tasks);
        timers.swap(m_timers);
        thread.swap(m_thread);
        m_wake.notify_one();
    }
    if (isThisThread()) {
        m_last = std::move(last);
        thread.detach();
    } else {
        thread.join();
        last();
    }
}

void EventLoop::run()
{
    std::unique_lock lock(m_mutex);
    while (!m_stopping) {
        const Time now = std::chrono::steady_clock::now();
        while (!m_timers.empty() && m_timers.begin()->first <= now) {
            m_tasks.push_back(std::move(m_timers.extract(m_timers.begin()).mapped()));
        }
        if (m_tasks.empty()) {
            if (m_timers.empty()) {
                m_wake.wait(lock);
            } else {
                const Time next = m_timers.begin()->first;
                m_wake.wait_until(lock, next);
            }
            continue;
        }
        std::vector<Task> tasks = std::exchange(m_tasks, {});
        for (auto& task : tasks) {
            lock.unlock();
            task();
            // What the task holds may be the last owner of something that posts.
            task = nullptr;
            lock.lock();
            if (m_stopping) {
                break;
            }
        }
        lock.unlock();
        tasks.clear();
        lock.lock();
    }
    lock.unlock();
    if (m_last) {
        m_last();
        m_last = nullptr;
    }
}

} // namespace pilothouse::client
