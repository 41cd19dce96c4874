// SPDX-License-Identifier: Apache-2.0
#include "server/platform/executor/Executor.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <pthread.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <iterator>
#include <mutex>
#include <thread>
#include <vector>

namespace pilothouse::platform {

namespace {

using Clock = std::chrono::steady_clock;

/// The advice to a rejected caller stays within what a person or a retry loop can use.
constexpr double kMinimumRetrySeconds = 0.05;
constexpr double kMaximumRetrySeconds = 5.0;
/// Weight of the newest task in the running mean of task times: about the last ten count.
constexpr double kMeanWeight = 0.1;
/// The kernel's limit of a thread name, without the terminating zero.
constexpr std::size_t kThreadNameLength = 15;

} // namespace

struct Executor::State
{
    std::string name;
    std::size_t capacity = 0;
    mutable std::mutex mutex;
    std::condition_variable wake;
    std::deque<std::function<void()>> queue;
    std::vector<std::thread> threads;
    bool stopping = false;
    int running = 0;
    int surplus = 0;
    int active = 0;
    std::int64_t completed = 0;
    std::int64_t rejected = 0;
    double meanSeconds = 0;

    void work()
    {
        std::unique_lock lock(mutex);
        while (true) {
            wake.wait(lock, [this] { return stopping || !queue.empty(); });
            if (stopping) {
                return;
            }
            std::function<void()> task = std::move(queue.front());
            queue.pop_front();
            ++active;
            const bool isHelpWanted = !queue.empty() && active < running;
            lock.unlock();
            if (isHelpWanted) {
                wake.notify_one();
            }
            const auto started = Clock::now();
            run(task);
            // What the task holds is released before it counts as done and outside of the lock.
            task = nullptr;
            const std::chrono::duration<double> elapsed = Clock::now() - started;
            lock.lock();
            --active;
            ++completed;
            meanSeconds += kMeanWeight * (elapsed.count() - meanSeconds);
            if (surplus > 0) {
                --surplus;
                --running;
                return;
            }
        }
    }

    /// With the mutex held, or before anybody else knows of this.
    void startThread()
    {
        threads.emplace_back([this] { work(); });
        const std::string threadName =
            fmt::format("{}-{}", name, threads.size() - 1).substr(0, kThreadNameLength);
        pthread_setname_np(threads.back().native_handle(), threadName.c_str());
        ++running;
    }

    void run(const std::function<void()>& task) const
    {
        try {
            task();
        } catch (const std::exception& error) {
            spdlog::error("executor {}: a task ended with an exception: {}", name, error.what());
        }
    }

    /// With the mutex held. What idle threads are about to take does not wait.
    absl::Status mayTake(std::size_t count)
    {
        const auto idle = static_cast<std::size_t>(std::max(running - active, 0));
        if (stopping) {
            return absl::UnavailableError(fmt::format("executor {} is stopping", name));
        }
        if (queue.size() + count > capacity + idle) {
            rejected += static_cast<std::int64_t>(count);
            return withRetryDelay(
                absl::ResourceExhaustedError(
                    fmt::format("executor {} is full: {} tasks are waiting", name, queue.size())),
                retryDelay());
        }
        return absl::OkStatus();
    }

    absl::Duration retryDelay() const
    {
        const double seconds =
            meanSeconds * static_cast<double>(queue.size()) / std::max(running, 1);
        return absl::Seconds(std::clamp(seconds, kMinimumRetrySeconds, kMaximumRetrySeconds));
    }
};

Executor::Executor(std::string name, int threads, int capacity) : m_state(std::make_unique<State>())
{
    m_state->name = std::move(name);
    m_state->capacity = static_cast<std::size_t>(std::max(capacity, 1));
    const std::lock_guard lock(m_state->mutex);
    for (int index = 0; index < std::max(threads, 1); ++index) {
        m_state->startThread();
    }
}

void Executor::addThread()
{
    const std::lock_guard lock(m_state->mutex);
    if (!m_state->stopping) {
        m_state->startThread();
    }
}

void Executor::retireThread()
{
    const std::lock_guard lock(m_state->mutex);
    ++m_state->surplus;
}

Executor::~Executor()
{
    std::deque<std::function<void()>> dropped;
    {
        const std::lock_guard lock(m_state->mutex);
        m_state->stopping = true;
        dropped.swap(m_state->queue);
    }
    m_state->wake.notify_all();
    dropped.clear();
    for (auto& thread : m_state->threads) {
        thread.join();
    }
}

absl::Status Executor::submit(std::function<void()> task)
{
    {
        const std::lock_guard lock(m_state->mutex);
        if (absl::Status status = m_state->mayTake(1); !status.ok()) {
            return status;
        }
        m_state->queue.push_back(std::move(task));
    }
    m_state->wake.notify_one();
    return absl::OkStatus();
}

absl::Status Executor::submitAll(std::vector<std::function<void()>> tasks)
{
    {
        const std::lock_guard lock(m_state->mutex);
        if (absl::Status status = m_state->mayTake(tasks.size()); !status.ok()) {
            return status;
        }
        std::ranges::move(tasks, std::back_inserter(m_state->queue));
    }
    // Each thread that finds more than it takes wakes the next.
    m_state->wake.notify_one();
    return absl::OkStatus();
}

system::ExecutorStatus Executor::status() const
{
    const std::lock_guard lock(m_state->mutex);
    system::ExecutorStatus status;
    status.name = m_state->name;
    status.threads = m_state->running;
    status.active = m_state->active;
    status.queued = static_cast<int>(m_state->queue.size());
    status.capacity = static_cast<int>(m_state->capacity);
    status.completed = m_state->completed;
    status.rejected = m_state->rejected;
    return status;
}

} // namespace pilothouse::platform
