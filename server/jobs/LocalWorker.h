// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/jobs/TaskQueue.h"

#include <cstdint>
#include <vector>

namespace pilothouse::jobs {

/// The engine of this server as whoever makes a job sees it. What it has room for is claimed by the
/// statement that makes it and starts at once, without the way through the queue. Thread-safe.
class LocalWorker
{
public:
    virtual ~LocalWorker() = default;

    /// Room that is kept until start() or giveUp().
    struct Place
    {
        std::int64_t worker = 0;
        int tasks = 0;
    };
    /// Room for so many tasks or fewer; for none when something else may be waiting for it.
    virtual Place reserve(int tasks) = 0;
    /// These were made, claimed by the worker of the place.
    virtual void start(const Place& place, std::vector<ClaimedTask> tasks) = 0;
    enum class Made {
        No,
        /// The answer was lost: something may be claimed that nobody here knows of.
        Unknown
    };
    virtual void giveUp(const Place& place, Made made) = 0;

    /// There may be something to claim.
    virtual void wakeForWork() = 0;
    /// Something may have to stop.
    virtual void wakeForStops() = 0;
};

} // namespace pilothouse::jobs
