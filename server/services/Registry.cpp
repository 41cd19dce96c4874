// SPDX-License-Identifier: Apache-2.0
#include "server/services/Registry.h"

#include "server/platform/crypto/Random.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pilothouse::services {

namespace {

constexpr std::size_t kKeptChecks = 10;
constexpr std::size_t kLongestProblem = 300;

std::string cut(const std::string& text)
{
    return text.size() <= kLongestProblem ? text : text.substr(0, kLongestProblem);
}

} // namespace

Registry::Registry(const Clock& clock, RegistryFeed& feed, RegistryMetrics& metrics)
    : m_clock(clock),
      m_feed(feed),
      m_metrics(metrics),
      m_dice(static_cast<std::uint64_t>(absl::ToUnixNanos(clock.now())))
{}

const Registry::Entry* Registry::find(const InstanceKey& key) const
{
    const auto service = m_services.find(key.service);
    if (service == m_services.end()) {
        return nullptr;
    }
    const auto instance = service->second.instances.find(key.id);
    return instance == service->second.instances.end() ? nullptr : &instance->second;
}

Registry::Entry* Registry::find(const InstanceKey& key)
{
    return const_cast<Entry*>(std::as_const(*this).find(key));
}

void Registry::put(const StoredInstance& stored)
{
    const std::lock_guard lock(m_mutex);
    putLocked(stored);
}

void Registry::putLocked(const StoredInstance& stored)
{
    const InstanceKey& key = stored.spec.key;
    const absl::Duration now = m_clock.monotonic();
    Entry* entry = find(key);
    if (entry != nullptr && entry->stored.revision >= stored.revision) {
        return;
    }
    ++m_generation;
    Service& service = m_services[key.service];
    service.isAbleKnown = false;
    if (entry != nullptr && entry->stored.registration == stored.registration) {
        entry->stored = stored; // the same life of the same program
    } else {
        service.instances.erase(key.id);
        m_unsaved.erase(key);
        entry = &service.instances.emplace(key.id, Entry(stored, now)).first->second;
        entry->stateTime = m_clock.now();
    }
    refresh(*entry, now);
    show(*entry);
}

void Registry::remove(const InstanceKey& key, std::int64_t revision)
{
    const std::lock_guard lock(m_mutex);
    const Entry* entry = find(key);
    if (entry != nullptr && entry->stored.revision <= revision) {
        removeLocked(key);
    }
}

void Registry::removeLocked(const InstanceKey& key)
{
    ++m_generation;
    const auto service = m_services.find(key.service);
    service->second.instances.erase(key.id);
    service->second.isAbleKnown = false;
    if (service->second.instances.empty()) {
        m_services.erase(service);
    }
    m_unsaved.erase(key);
    m_feed.remove(key);
}

void Registry::replaceAll(const std::vector<StoredInstance>& stored, std::int64_t revision)
{
    std::set<InstanceKey> there;
    const std::lock_guard lock(m_mutex);
    for (const StoredInstance& instance : stored) {
        there.insert(instance.spec.key);
        putLocked(instance);
    }
    std::vector<InstanceKey> gone;
    for (const auto& [name, service] : m_services) {
        for (const auto& [id, entry] : service.instances) {
            if (entry.stored.revision <= revision && !there.contains(entry.stored.spec.key)) {
                gone.push_back(entry.stored.spec.key);
            }
        }
    }
    for (const InstanceKey& key : gone) {
        removeLocked(key);
    }
}

absl::StatusOr<bool> Registry::beat(
    const InstanceKey& key,
    const std::string& registration,
    const Load& load,
    const std::string& problem)
{
    const std::string hash = platform::hashToken(registration);
    const std::lock_guard lock(m_mutex);
    Entry* entry = find(key);
    if (entry == nullptr) {
        return withHint(
            absl::NotFoundError(fmt::format("{} is not registered", key.text())),
            "Register it again.");
    }
    if (!platform::equalSecrets(hash, entry->stored.registration)) {
        return withReason(
            withHint(
                absl::FailedPreconditionError(
                    fmt::format("{} was registered anew by another program", key.text())),
                "Register again, or under another id."),
            "REGISTRATION_REPLACED");
    }
    const absl::Duration now = m_clock.monotonic();
    entry->beat = now;
    entry->heartbeatTime = m_clock.now();
    entry->load = load;
    entry->said = cut(problem);
    entry->isStale = true;
    entry->health.beat(now, entry->said);
    m_unsaved.insert(key);
    m_metrics.heartbeats.Increment();
    refresh(*entry, now);
    return entry->stored.isDraining;
}

void Registry::merge(const std::vector<StoredBeat>& beats)
{
    const std::lock_guard lock(m_mutex);
    const absl::Duration now = m_clock.monotonic();
    for (const StoredBeat& beat : beats) {
        Entry* entry = find(beat.key);
        if (entry == nullptr || entry->stored.revision != beat.revision) {
            continue;
        }
        const absl::Duration when = now - std::max(beat.age, absl::ZeroDuration());
        const absl::Time time = m_clock.now() - (now - when);
        if (time <= entry->heartbeatTime) {
            continue;
        }
        entry->heartbeatTime = time;
        entry->load = beat.load;
        entry->isStale = true;
        // One that is too old already only tells when the program was last heard.
        if (entry->stored.spec.ttl == absl::ZeroDuration() || now - when < entry->stored.spec.ttl) {
            entry->health.beat(when, cut(beat.problem));
            refresh(*entry, now);
        }
    }
}

std::vector<StoredBeat> Registry::takeBeats()
{
    std::vector<StoredBeat> beats;
    const std::lock_guard lock(m_mutex);
    const absl::Duration now = m_clock.monotonic();
    for (const InstanceKey& key : m_unsaved) {
        if (const Entry* entry = find(key)) {
            beats.push_back(
                {key, entry->stored.revision, now - entry->beat, entry->said, entry->load});
        }
    }
    m_unsaved.clear();
    return beats;
}

void Registry::checked(const InstanceKey& key, std::int64_t revision, const CheckResult& result)
{
    const std::lock_guard lock(m_mutex);
    Entry* entry = find(key);
    if (entry == nullptr || entry->stored.revision != revision) {
        return; // another registration by now
    }
    (result.hasPassed ? m_metrics.checksPassed : m_metrics.checksFailed).Increment();
    m_metrics.checkSeconds.Observe(absl::ToDoubleSeconds(result.took));
    const absl::Duration now = m_clock.monotonic();
    if (entry->checks.size() == kKeptChecks) {
        entry->checks.erase(entry->checks.begin());
    }
    entry->checks.push_back(result);
    entry->checks.back().message = cut(result.message);
    if (result.hasPassed) {
        entry->traffic.checked(now, result.took);
    }
    entry->health.checked(result.hasPassed, entry->checks.back().message);
    entry->isStale = true;
    refresh(*entry, now);
}

/// Asks the rules, and shows at once what they changed.
void Registry::refresh(Entry& entry, absl::Duration now)
{
    const InstanceState before = entry.health.state();
    if (!entry.health.update(now)) {
        return;
    }
    if (entry.health.state() != before) {
        entry.stateTime = m_clock.now();
        entry.seen = now;
        m_services[entry.stored.spec.key.service].isAbleKnown = false;
    }
    show(entry);
}

void Registry::tick()
{
    const std::lock_guard lock(m_mutex);
    const absl::Duration now = m_clock.monotonic();
    for (auto& [name, service] : m_services) {
        for (auto& [id, entry] : service.instances) {
            if (entry.health.expiry() <= now) {
                m_metrics.expirations.Increment();
                refresh(entry, now);
            }
        }
    }
}

Instance Registry::shownOf(const Entry& entry) const
{
    Instance shown;
    shown.spec = entry.stored.spec;
    shown.state = entry.health.state();
    shown.problem = entry.health.problem();
    shown.stateTime = entry.stateTime;
    shown.isDraining = entry.stored.isDraining;
    shown.registeredBy = entry.stored.registeredBy;
    shown.registerTime = entry.stored.registerTime;
    shown.heartbeatTime = entry.heartbeatTime;
    shown.load = entry.load;
    shown.checks = entry.checks;
    shown.traffic = entry.shownTraffic;
    return shown;
}

void Registry::show(Entry& entry)
{
    entry.isStale = false;
    m_feed.put(shownOf(entry));
}

void Registry::count()
{
    std::array<int, 3> states{};
    for (const auto& [name, service] : m_services) {
        for (const auto& [id, entry] : service.instances) {
            ++states[static_cast<std::size_t>(entry.health.state())];
        }
    }
    for (std::size_t state = 0; state < states.size(); ++state) {
        m_metrics.instances[state]->Set(states[state]);
    }
    m_metrics.services.Set(static_cast<double>(m_services.size()));
}

std::int64_t Registry::generation() const
{
    const std::lock_guard lock(m_mutex);
    return m_generation;
}

std::vector<StoredInstance> Registry::stored() const
{
    std::vector<StoredInstance> result;
    const std::lock_guard lock(m_mutex);
    for (const auto& [name, service] : m_services) {
        for (const auto& [id, entry] : service.instances) {
            result.push_back(entry.stored);
        }
    }
    return result;
}

std::vector<InstanceKey> Registry::unhealthyFor(absl::Duration span) const
{
    std::vector<InstanceKey> result;
    const std::lock_guard lock(m_mutex);
    const absl::Duration now = m_clock.monotonic();
    for (const auto& [name, service] : m_services) {
        for (const auto& [id, entry] : service.instances) {
            if (entry.health.state() == InstanceState::Unhealthy && now - entry.seen >= span) {
                result.push_back(entry.stored.spec.key);
            }
        }
    }
    return result;
}

InstanceState Registry::stateOf(const InstanceKey& key) const
{
    const std::lock_guard lock(m_mutex);
    const Entry* entry = find(key);
    return entry == nullptr ? InstanceState::Unknown : entry->health.state();
}

std::int64_t Registry::revisionOf(const InstanceKey& key) const
{
    const std::lock_guard lock(m_mutex);
    const Entry* entry = find(key);
    return entry == nullptr ? 0 : entry->stored.revision;
}

int Registry::othersAble(const InstanceKey& key) const
{
    const std::lock_guard lock(m_mutex);
    const auto service = m_services.find(key.service);
    if (service == m_services.end()) {
        return 0;
    }
    return static_cast<int>(std::ranges::count_if(service->second.instances, [&](const auto& one) {
        return one.first != key.id && one.second.health.state() == InstanceState::Healthy &&
               !one.second.stored.isDraining;
    }));
}

} // namespace pilothouse::services
