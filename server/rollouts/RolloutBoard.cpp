// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/RolloutBoard.h"

namespace pilothouse::rollouts {

namespace {

constexpr absl::Duration kSilence = absl::Seconds(1);

} // namespace

RolloutBoard::RolloutBoard(const std::vector<std::string>& applications)
{
    for (const std::string& name : applications) {
        m_applications[name].name = name;
    }
}

std::vector<Application> RolloutBoard::all() const
{
    const std::lock_guard lock(m_mutex);
    std::vector<Application> all;
    for (const auto& [name, application] : m_applications) {
        all.push_back(application);
    }
    return all;
}

std::optional<Application> RolloutBoard::find(const std::string& name) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_applications.find(name);
    return found == m_applications.end() ? std::nullopt : std::optional(found->second);
}

void RolloutBoard::put(Application application)
{
    {
        const std::lock_guard lock(m_mutex);
        Application& known = m_applications[application.name];
        // Somebody wrote while this was looked at.
        if (known.rollout && application.rollout && known.rollout->id == application.rollout->id &&
            known.rollout->generation > application.rollout->generation) {
            application.rollout = known.rollout;
        }
        known = std::move(application);
    }
    changed();
}

void RolloutBoard::putObservation(
    const std::string& application,
    const std::string& driver,
    std::optional<Observation> observation,
    std::string problem)
{
    {
        const std::lock_guard lock(m_mutex);
        Application& known = m_applications[application];
        known.driver = driver;
        known.observation = std::move(observation);
        known.problem = std::move(problem);
    }
    changed();
}

void RolloutBoard::putRollout(const Rollout& rollout)
{
    {
        const std::lock_guard lock(m_mutex);
        const auto known = m_applications.find(rollout.application);
        if (known == m_applications.end()) {
            return;
        }
        std::optional<Rollout>& current = known->second.rollout;
        if (current && current->id == rollout.id && current->generation >= rollout.generation) {
            return;
        }
        current = rollout;
    }
    changed();
}

void RolloutBoard::setRealm(const std::string& application, const std::string& realm)
{
    const std::lock_guard lock(m_mutex);
    m_realms[application] = realm;
}

std::string RolloutBoard::realmOf(const std::string& application) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_realms.find(application);
    return found == m_realms.end() ? std::string() : found->second;
}

bool RolloutBoard::isDatabaseAway(absl::Duration now) const
{
    const std::int64_t askedAt = m_askedAt.load();
    return m_isDatabaseAway.load() ||
           (askedAt != 0 && now - absl::Microseconds(askedAt) > kSilence);
}

int RolloutBoard::addListener(std::function<void()> listener)
{
    const std::lock_guard lock(m_listenersMutex);
    m_listeners.emplace(m_nextListener, std::move(listener));
    return m_nextListener++;
}

void RolloutBoard::removeListener(int listener)
{
    const std::lock_guard lock(m_listenersMutex);
    m_listeners.erase(listener);
}

void RolloutBoard::changed()
{
    m_version.fetch_add(1);
    const std::lock_guard lock(m_listenersMutex);
    for (const auto& [id, listener] : m_listeners) {
        listener();
    }
}

} // namespace pilothouse::rollouts
