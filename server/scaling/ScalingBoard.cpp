// SPDX-License-Identifier: Apache-2.0
#include "server/scaling/ScalingBoard.h"

namespace pilothouse::scaling {

ScalingBoard::ScalingBoard(const std::vector<Policy>& policies)
{
    for (const Policy& policy : policies) {
        m_states[policy.name].policy = policy;
    }
}

std::vector<PolicyState> ScalingBoard::all() const
{
    const std::lock_guard lock(m_mutex);
    std::vector<PolicyState> all;
    for (const auto& [name, state] : m_states) {
        all.push_back(state);
    }
    return all;
}

std::optional<PolicyState> ScalingBoard::find(const std::string& policy) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_states.find(policy);
    return found == m_states.end() ? std::nullopt : std::optional(found->second);
}

void ScalingBoard::put(std::vector<PolicyState> states)
{
    bool isChanged = false;
    {
        const std::lock_guard lock(m_mutex);
        for (PolicyState& state : states) {
            const auto known = m_states.find(state.policy.name);
            if (known == m_states.end() || known->second == state) {
                continue;
            }
            known->second = std::move(state);
            isChanged = true;
        }
    }
    if (isChanged) {
        m_version.fetch_add(1);
        const std::lock_guard lock(m_listenerMutex);
        if (m_listener) {
            m_listener();
        }
    }
}

void ScalingBoard::setListener(std::function<void()> listener)
{
    const std::lock_guard lock(m_listenerMutex);
    m_listener = std::move(listener);
}

} // namespace pilothouse::scaling
