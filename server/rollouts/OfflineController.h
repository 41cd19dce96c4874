// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/rollouts/Leadership.h"
#include "server/rollouts/ManagedApplication.h"
#include "server/rollouts/RollbackJournal.h"
#include "server/rollouts/RolloutBoard.h"
#include "shared/base/Clock.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace pilothouse::rollouts {

/// What can be done without the control database, on a thread that never asks it: the controller's
/// may hang on it. Tries rollbacks of the journal on until they are done, and keeps what is shown
/// of the traffic true. Never promotes anything.
class OfflineController
{
public:
    /// All of it outlives this.
    struct Parts
    {
        const ManagedApplications& applications;
        RolloutBoard& board;
        const RollbackJournal& journal;
        Leadership& leadership;
        const Clock& clock;
    };

    explicit OfflineController(const Parts& parts);
    ~OfflineController();
    OfflineController(const OfflineController&) = delete;
    OfflineController& operator=(const OfflineController&) = delete;

private:
    struct Watched
    {
        ManagedApplication* application;
        absl::Time lastLook = absl::InfinitePast();
    };

    void run();
    void look(Watched& watched);
    /// The newest rollback of the journal that the database has not taken over.
    std::optional<JournalEntry> waiting(const ManagedApplication& application) const;
    absl::Status goBack(ManagedApplication& application, const JournalEntry& entry);

    const Parts m_parts;
    std::vector<Watched> m_watched;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_isStopping = false;
    std::thread m_thread;
};

} // namespace pilothouse::rollouts
