// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/services/RegistryFeed.h"
#include "server/services/RegistryMetrics.h"
#include "server/services/StoredInstance.h"
#include "shared/base/Clock.h"
#include "shared/services/Balancing.h"
#include "shared/services/Health.h"
#include "shared/services/Traffic.h"

#include <absl/status/statusor.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace pilothouse::services {

/// What a caller wants resolved.
struct ResolveWish
{
    std::string service;
    Strategy strategy = Strategy::PowerOfTwo;
    std::string colour;
    std::string version;
    std::string tenant;
    std::vector<std::string> excludedIds;
    std::size_t limit = 1;
};

struct Resolved
{
    std::string id;
    std::string address;
    std::string version;
    std::string colour;
    std::map<std::string, std::string> metadata;
};

struct CallOutcome
{
    std::string instanceId;
    absl::Duration latency;
    bool hasFailed = false;
};

/// All instances in memory: who they are (from the database), how they are (from checks and
/// heartbeats), what they do (from calls). What is seen from outside goes to the feed. Thread-safe;
/// never waits for anything.
class Registry
{
public:
    /// All of it outlives the registry.
    Registry(const Clock& clock, RegistryFeed& feed, RegistryMetrics& metrics);

    /// An instance as the database has it; an older reading than what is known is ignored.
    void put(const StoredInstance& stored);
    void remove(const InstanceKey& key, std::int64_t revision);
    /// Everything that the database had at this revision or later.
    void replaceAll(const std::vector<StoredInstance>& stored, std::int64_t revision);

    /// Whether the instance is draining. NOT_FOUND, or FAILED_PRECONDITION when somebody else has
    /// registered it since.
    absl::StatusOr<bool> beat(
        const InstanceKey& key,
        const std::string& registration,
        const Load& load,
        const std::string& problem);
    /// Heartbeats that other servers took.
    void merge(const std::vector<StoredBeat>& beats);
    /// Heartbeats that came here since the last time.
    std::vector<StoredBeat> takeBeats();

    /// What a check of this registration found.
    void checked(const InstanceKey& key, std::int64_t revision, const CheckResult& result);

    /// UNAVAILABLE when nobody can take the call, NOT_FOUND when there is no such service.
    absl::StatusOr<std::vector<Resolved>> resolve(const ResolveWish& wish);
    /// Of instances that are not there (any more) nothing is kept.
    void report(const std::string& service, const std::vector<CallOutcome>& outcomes);

    /// Notices heartbeats that did not come; to be called several times a second.
    void tick();
    /// Shows the newest measurements; to be called each second.
    void measure();

    /// Changes when instances come, go or register anew.
    std::int64_t generation() const;
    std::vector<StoredInstance> stored() const;
    /// Unhealthy since at least `span`, as far as this server has seen.
    std::vector<InstanceKey> unhealthyFor(absl::Duration span) const;
    /// Unknown when it is not there.
    InstanceState stateOf(const InstanceKey& key) const;
    /// 0 when it is not there.
    std::int64_t revisionOf(const InstanceKey& key) const;
    /// Healthy and not draining instances of a service besides this one.
    int othersAble(const InstanceKey& key) const;

private:
    struct Entry
    {
        Entry(const StoredInstance& instance, absl::Duration now)
            : stored(instance), health(instance.spec, now), seen(now)
        {}

        StoredInstance stored;
        Health health;
        Traffic traffic;
        double turn = 0;
        Load load;
        absl::Time heartbeatTime = absl::InfinitePast();
        absl::Duration beat;
        std::string said;
        std::vector<CheckResult> checks;
        absl::Time stateTime = absl::InfinitePast();
        /// On the monotonic clock: since when it is in its state.
        absl::Duration seen;
        TrafficView shownTraffic;
        bool isStale = false;
    };
    struct Service
    {
        std::map<std::string, Entry> instances;
        /// Those that may be resolved; made anew when null.
        std::vector<Entry*> able;
        bool isAbleKnown = false;
    };

    // All with the mutex held.
    Entry* find(const InstanceKey& key);
    const Entry* find(const InstanceKey& key) const;
    void putLocked(const StoredInstance& stored);
    void removeLocked(const InstanceKey& key);
    void refresh(Entry& entry, absl::Duration now);
    void show(Entry& entry);
    Instance shownOf(const Entry& entry) const;
    const std::vector<Entry*>& ableOf(Service& service);
    std::vector<Entry*> matching(Service& service, const ResolveWish& wish);
    Candidate candidateOf(Entry& entry, absl::Duration now) const;
    absl::Status whyNobody(const Service& service, const ResolveWish& wish) const;
    void measureService(Service& service, absl::Duration now);
    void count();

    const Clock& m_clock;
    RegistryFeed& m_feed;
    RegistryMetrics& m_metrics;
    mutable std::mutex m_mutex;
    std::map<std::string, Service> m_services;
    std::set<InstanceKey> m_unsaved;
    std::int64_t m_generation = 0;
    Dice m_dice;
};

} // namespace pilothouse::services
