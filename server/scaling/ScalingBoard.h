// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/scaling/State.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace pilothouse::scaling {

/// Every policy as the database knows it, in memory: for those who list and watch, on every server.
/// Thread-safe.
class ScalingBoard
{
public:
    explicit ScalingBoard(const std::vector<Policy>& policies);

    std::vector<PolicyState> all() const;
    std::optional<PolicyState> find(const std::string& policy) const;

    /// States of policies that are not configured are left out.
    void put(std::vector<PolicyState> states);

    /// Grows with every change that a watcher would see.
    std::uint64_t version() const { return m_version.load(); }
    /// Called after every change, on any thread; it must not change the board. Once, before the
    /// first change; empty when this returned: nobody is called any more.
    void setListener(std::function<void()> listener);

private:
    mutable std::mutex m_mutex;
    std::map<std::string, PolicyState> m_states;
    std::atomic<std::uint64_t> m_version{1};
    std::mutex m_listenerMutex;
    std::function<void()> m_listener;
};

} // namespace pilothouse::scaling
