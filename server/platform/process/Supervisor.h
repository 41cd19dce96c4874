// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/process/ChildProcess.h"
#include "shared/system/Health.h"

#include <absl/time/time.h>

#include <functional>
#include <memory>
#include <string>
#include <sys/types.h>

namespace pilothouse::platform {

/// Keeps a program running: starts it, waits until it is ready, and starts it again with growing
/// pauses when it ends. Thread-safe.
class Supervisor
{
public:
    using Listener = std::function<void(const system::ComponentHealth&)>;
    struct Options
    {
        /// Of the component, "redis".
        std::string name;
        Command command;
        /// Asked every few milliseconds after a start, on the supervisor's thread.
        std::function<bool()> isReady;
        absl::Duration readyLimit = absl::Seconds(30);
        int stopSignal = 15;
        absl::Duration stopPatience = absl::Seconds(5);
        /// Called after each change of state, on the supervisor's thread; return fast. May be
        /// empty.
        Listener onChange;
    };

    /// Returns at once; the first start is under way.
    explicit Supervisor(Options options);
    /// Stops the program.
    ~Supervisor();
    Supervisor(const Supervisor&) = delete;
    Supervisor& operator=(const Supervisor&) = delete;

    /// Degraded while it starts or was just restarted, unhealthy when it does not start.
    system::ComponentHealth health() const;
    /// -1 while it does not run.
    pid_t pid() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace pilothouse::platform
