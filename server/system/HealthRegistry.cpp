// SPDX-License-Identifier: Apache-2.0
#include "server/system/HealthRegistry.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <vector>

namespace pilothouse::system {

struct HealthRegistry::State
{
    explicit State(const Clock& source) : clock(source) {}

    using Listener = std::function<void()>;

    const Clock& clock;
    std::mutex mutex;
    std::map<std::string, ComponentHealth> components;
    std::vector<std::weak_ptr<Listener>> listeners;
};

HealthRegistry::HealthRegistry(const Clock& clock) : m_state(std::make_shared<State>(clock)) {}

HealthRegistry::~HealthRegistry() = default;

void HealthRegistry::report(
    const std::string& component,
    HealthState state,
    absl::Duration responseTime,
    const std::string& message)
{
    std::vector<std::shared_ptr<State::Listener>> listeners;
    {
        const std::lock_guard lock(m_state->mutex);
        const absl::Time now = m_state->clock.now();
        auto [row, isNew] = m_state->components.try_emplace(component);
        ComponentHealth& health = row->second;
        if (isNew || health.state != state) {
            health.since = now;
        }
        health.name = component;
        health.state = state;
        health.responseTime = responseTime;
        health.lastCheck = now;
        health.message = message;
        std::erase_if(m_state->listeners, [](const auto& listener) { return listener.expired(); });
        for (const auto& listener : m_state->listeners) {
            if (auto live = listener.lock()) {
                listeners.push_back(std::move(live));
            }
        }
    }
    // Outside the lock: a listener may well read the health again.
    for (const auto& listener : listeners) {
        (*listener)();
    }
}

Health HealthRegistry::health() const
{
    const std::lock_guard lock(m_state->mutex);
    Health health;
    health.time = m_state->clock.now();
    health.components.reserve(m_state->components.size());
    for (const auto& [name, component] : m_state->components) {
        health.components.push_back(component);
    }
    health.overall = worstOf(health.components);
    return health;
}

std::shared_ptr<void> HealthRegistry::listen(std::function<void()> listener)
{
    auto held = std::make_shared<State::Listener>(std::move(listener));
    const std::lock_guard lock(m_state->mutex);
    m_state->listeners.push_back(held);
    return held;
}

} // namespace pilothouse::system
