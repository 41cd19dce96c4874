// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/system/Health.h"

#include <absl/status/status.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace pilothouse::platform {

/// A named bulkhead: a fixed number of threads and a bounded queue for work that blocks.
/// Thread-safe.
class Executor
{
public:
    Executor(std::string name, int threads, int capacity);
    /// Drops what is still queued and waits for what is running.
    ~Executor();
    Executor(const Executor&) = delete;
    Executor& operator=(const Executor&) = delete;

    /// RESOURCE_EXHAUSTED with a retry delay when the queue is full; the task is then not run.
    absl::Status submit(std::function<void()> task);
    /// The same for many at once, which costs one lock: all of them, or none.
    absl::Status submitAll(std::vector<std::function<void()>> tasks);
    system::ExecutorStatus status() const;

    /// For a task that hangs: another thread takes its place. The caller keeps count.
    void addThread();
    /// From inside a task that had been given up and came back after all: its thread, or another
    /// that is too many now, ends after its task.
    void retireThread();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace pilothouse::platform
