// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Database.h"
#include "server/rollouts/DriftRepair.h"
#include "server/rollouts/JournalImport.h"
#include "server/rollouts/Leadership.h"
#include "server/rollouts/ManagedApplication.h"
#include "server/rollouts/RollbackJournal.h"
#include "server/rollouts/RolloutBoard.h"
#include "server/rollouts/RolloutRecords.h"
#include "server/rollouts/SideMetrics.h"
#include "server/rollouts/SideSampler.h"
#include "server/rollouts/Switcher.h"
#include "server/system/HealthRegistry.h"
#include "shared/base/Clock.h"

#include <absl/status/statusor.h>
#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace pilothouse::rollouts {

/// The loop that makes what is what should be: four times a second it looks at every application,
/// takes the steps that a rollout takes by itself, does what was decided and not done, and puts
/// right what somebody else changed. On a server that does not lead it only looks. Reports the
/// health component "rollouts".
class RolloutController
{
public:
    /// All of it outlives this.
    struct Parts
    {
        const ManagedApplications& applications;
        postgres::Database& database;
        const RolloutRecords& records;
        RolloutBoard& board;
        RollbackJournal& journal;
        JournalImport& import;
        Leadership& leadership;
        Switcher& switcher;
        system::HealthRegistry& health;
        const metrics::QueryEngine& queries;
        const Clock& clock;
        prometheus::Registry& registry;
    };

    explicit RolloutController(const Parts& parts);
    ~RolloutController();
    RolloutController(const RolloutController&) = delete;
    RolloutController& operator=(const RolloutController&) = delete;

    /// Something was decided: looks soon.
    void wake();

private:
    /// What the loop keeps of an application.
    struct Watched
    {
        Watched(const DriftRepair::Parts& parts, const metrics::QueryEngine& queries)
            : application(&parts.application),
              sampler(application->metrics, application->comparison),
              analysis(queries),
              drift(parts)
        {}

        ManagedApplication* application;
        SideSampler sampler;
        AnalysisRunner analysis;
        DriftRepair drift;
        /// As they were called last.
        SideNames names;
        std::string lastProblem;
        absl::Time lastLook = absl::InfinitePast();
    };
    /// The control database's part of a look.
    struct Stored
    {
        std::map<std::string, Desired> desired;
        std::map<std::string, Rollout> newest;
    };

    void run();
    void look(bool isWoken);
    absl::StatusOr<Stored> read();
    void lookAt(Watched& watched, const Stored& stored);
    void provide(const Watched& watched, const Observation& observation);
    absl::Status advance(
        Watched& watched,
        const Desired& desired,
        const std::optional<Rollout>& open,
        const Observation& observation,
        const std::optional<AnalysisState>& analysis);
    absl::Status move(const Rollout& rollout, const Rollout& after, const std::string& kind);
    /// Has the driver start the candidate's servers.
    absl::Status prepare(Watched& watched, const Rollout& open, const SwitchRight& right);
    absl::Status keepServers(const Rollout& open, const std::string& message);
    /// Has it stop those of a candidate that did not become the new version.
    absl::Status dismiss(Watched& watched, const Desired& desired, const Rollout& ended);
    void report(const std::vector<std::string>& problems);

    const Parts m_parts;
    prometheus::Family<prometheus::Counter>& m_drifts;
    SideMetrics m_sides;
    std::vector<Watched> m_watched;
    /// Whether an old side was answering its last requests at the last look.
    bool m_isDraining = false;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_isWoken = false;
    bool m_isStopping = false;
    std::thread m_thread;
};

} // namespace pilothouse::rollouts
