// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Database.h"
#include "server/platform/postgres/Revisions.h"
#include "server/scaling/ScalingBoard.h"
#include "server/scaling/ScalingStore.h"
#include "server/system/HealthRegistry.h"
#include "shared/base/Clock.h"

#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace pilothouse::scaling {

/// Brings what the leader writes to the board of every server, to its gauges, from which the past
/// is known, and to its health. On a thread of its own.
class BoardKeeper
{
public:
    struct Parts
    {
        const std::vector<Policy>& policies;
        absl::Duration interval;
        postgres::Database& database;
        ScalingBoard& board;
        system::HealthRegistry& health;
        const Clock& clock;
        prometheus::Registry& registry;
    };

    explicit BoardKeeper(const Parts& parts);
    ~BoardKeeper();
    BoardKeeper(const BoardKeeper&) = delete;
    BoardKeeper& operator=(const BoardKeeper&) = delete;

    /// Reads soon.
    void wake();

private:
    void run();
    absl::Status load();
    void report();

    const Parts m_parts;
    const ScalingStore m_store{};
    postgres::RevisionPoll m_revisions;
    prometheus::Family<prometheus::Gauge>& m_ready;
    prometheus::Family<prometheus::Gauge>& m_current;
    prometheus::Family<prometheus::Gauge>& m_recommended;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_isStopping = false;
    bool m_isWoken = false;
    std::thread m_thread;
};

} // namespace pilothouse::scaling
