// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/executor/Executor.h"
#include "server/system/HealthRegistry.h"
#include "shared/system/Health.h"

#include <absl/time/time.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace pilothouse::system {

/// Runs the checks of components one after the other, away from the callers' threads, and reports
/// what they find. A check that hangs delays only itself: it is not begun again while it runs.
class HealthChecks
{
public:
    /// Blocks for as long as it takes; only state, responseTime and message of the answer are used.
    using Check = std::function<ComponentHealth()>;

    /// A check that found something or runs for longer than this is late: its component is
    /// unhealthy.
    static constexpr absl::Duration kLate = absl::Seconds(5);

    HealthChecks(HealthRegistry& registry, const Clock& clock);
    ~HealthChecks();

    void add(const std::string& component, absl::Duration period, Check check);
    /// Begins what is due; to be called each second.
    void tick();
    /// Checks a component now, because something happened to it.
    void checkNow(const std::string& component);
    /// Waits for what is running; nothing begins afterwards.
    void stop();

private:
    struct Entry;
    /// With the mutex held.
    void begin(Entry& entry);
    void run(Entry& entry);

    HealthRegistry& m_registry;
    const Clock& m_clock;
    std::mutex m_mutex;
    std::vector<std::unique_ptr<Entry>> m_entries;
    /// Null after stop.
    std::unique_ptr<platform::Executor> m_executor;
};

/// How full the file system of `folder` is: degraded below 1 GiB or 5 %, unhealthy below 100 MiB.
ComponentHealth checkDisk(const std::string& folder);

} // namespace pilothouse::system
