// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/collectors/Collector.h"
#include "server/metrics/scrape/TargetBoard.h"
#include "server/metrics/scrape/TargetRecorder.h"
#include "server/platform/executor/Executor.h"
#include "shared/base/Clock.h"

#include <atomic>
#include <memory>
#include <string>

namespace pilothouse::metrics {

/// Runs one collector at each tick, on an executor, and records it like a target's scrape. A
/// collector that is still busy skips the tick. tick() and end() on one thread.
class CollectorLoop
{
public:
    /// References must outlive the loop. `instance` is the label.
    CollectorLoop(
        std::unique_ptr<Collector> collector,
        const std::string& instance,
        absl::Duration interval,
        Store& store,
        const Clock& clock,
        platform::Executor& executor,
        TargetBoard& board);
    ~CollectorLoop();
    CollectorLoop(const CollectorLoop&) = delete;
    CollectorLoop& operator=(const CollectorLoop&) = delete;

    void tick(absl::Time time);
    /// Nothing is collected any more when it returned, and the series have ended.
    void end();

private:
    struct State;
    std::shared_ptr<State> m_state; // shared with the task on the executor
    platform::Executor& m_executor;
};

} // namespace pilothouse::metrics
