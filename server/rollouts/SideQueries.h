// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Config.h"
#include "server/metrics/query/QueryEngine.h"
#include "shared/rollouts/Rollout.h"

#include <memory>
#include <string>

namespace pilothouse::rollouts {

/// What both sides answered, counted by expressions over the server's metrics: for what a driver
/// does not count itself. Sides are asked for by Side::name; under another name they begin anew.
/// Thread-safe.
class SideQueries
{
public:
    /// The engine must outlive this and its queries under way.
    SideQueries(const metrics::QueryEngine& engine, const config::RolloutApplication& application);
    ~SideQueries();
    SideQueries(const SideQueries&) = delete;
    SideQueries& operator=(const SideQueries&) = delete;

    /// Writes what is known of both sides' responses and errors; without all of them
    /// `countsResponses` is false. Never waits: it asks for what the next call will find.
    void fill(Observation& observation);
    /// Likewise how many of the responses were slow, and nothing else.
    void fillTimed(Observation& observation);

private:
    struct Shared;
    void takeNames(const Observation& observation);
    void ask();

    const metrics::QueryEngine& m_engine;
    const std::shared_ptr<Shared> m_shared;
};

} // namespace pilothouse::rollouts
