// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/rollouts/Rollout.h"

#include <absl/time/time.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace pilothouse::rollouts {

/// Every application as it was seen last, in memory: for those who watch, and for rolling back when
/// the database is away. Thread-safe.
class RolloutBoard
{
public:
    explicit RolloutBoard(const std::vector<std::string>& applications);

    std::vector<Application> all() const;
    std::optional<Application> find(const std::string& name) const;

    void put(Application application);
    /// What is, as seen without the database: of the rollout nothing new is known.
    void putObservation(
        const std::string& application,
        const std::string& driver,
        std::optional<Observation> observation,
        std::string problem);
    /// A rollout that was just written, before the next look; an older generation changes nothing.
    void putRollout(const Rollout& rollout);

    /// See SwitchRight; "" = not known yet.
    void setRealm(const std::string& application, const std::string& realm);
    std::string realmOf(const std::string& application) const;

    /// The loop asks the database, at this time of the monotonic clock, and has its answer.
    void beginDatabase(absl::Duration now) { m_askedAt.store(absl::ToInt64Microseconds(now)); }
    void endDatabase(bool isAway)
    {
        m_askedAt.store(0);
        m_isDatabaseAway.store(isAway);
    }
    /// Whether the last answer was a failure, or one is waited for already for a second: a database
    /// that hangs fails nothing.
    bool isDatabaseAway(absl::Duration now) const;

    /// Grows with every change that a watcher would see.
    std::uint64_t version() const { return m_version.load(); }
    /// Called after every change, on any thread, from now until it is removed. It must not change
    /// the board.
    int addListener(std::function<void()> listener);
    /// When this returns, it is not called any more.
    void removeListener(int listener);

private:
    void changed();

    std::mutex m_listenersMutex;
    std::map<int, std::function<void()>> m_listeners;
    int m_nextListener = 0;
    std::atomic<std::uint64_t> m_version{1};
    std::atomic<bool> m_isDatabaseAway{false};
    /// Microseconds of the monotonic clock; 0 = nothing is asked.
    std::atomic<std::int64_t> m_askedAt{0};
    mutable std::mutex m_mutex;
    std::map<std::string, Application> m_applications;
    std::map<std::string, std::string> m_realms;
};

} // namespace pilothouse::rollouts
