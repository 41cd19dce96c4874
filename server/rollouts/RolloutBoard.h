// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/rollouts/Rollout.h"

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
    /// A rollout that was just written, before the next look; an older generation changes nothing.
    void putRollout(const Rollout& rollout);

    /// See SwitchRight; "" = not known yet.
    void setRealm(const std::string& application, const std::string& realm);
    std::string realmOf(const std::string& application) const;

    /// Whether the last use of the database failed.
    void setDatabaseAway(bool isAway) { m_isDatabaseAway.store(isAway); }
    bool isDatabaseAway() const { return m_isDatabaseAway.load(); }

    /// Grows with every change that a watcher would see.
    std::uint64_t version() const { return m_version.load(); }
    /// Called after every change, on any thread; set once, before anything changes.
    void onChange(std::function<void()> listener) { m_listener = std::move(listener); }

private:
    void changed();

    std::function<void()> m_listener;
    std::atomic<std::uint64_t> m_version{1};
    std::atomic<bool> m_isDatabaseAway{false};
    mutable std::mutex m_mutex;
    std::map<std::string, Application> m_applications;
    std::map<std::string, std::string> m_realms;
};

} // namespace pilothouse::rollouts
