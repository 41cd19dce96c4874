// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/access/AccessStore.h"
#include "server/platform/rpc/Caller.h"
#include "server/platform/rpc/Guard.h"
#include "shared/base/Clock.h"

#include <absl/container/flat_hash_map.h>
#include <absl/status/statusor.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::access {

/// Sessions in memory, so that a call needs no database. At most 64 Ki sessions: over that, any
/// other one is dropped and found again in the database. Thread-safe.
class SessionCache
{
public:
    struct Limits
    {
        absl::Duration idle;
        double callsPerSecond = 0;
        double burst = 0;
    };

    SessionCache(const rpc::MethodTable& methods, const Clock& clock, Limits limits);

    /// As Authenticator::find; notes the use.
    absl::StatusOr<rpc::CallerPtr> find(std::string_view token);

    /// Adds or replaces; answers the caller. Streams of a caller that was replaced with other
    /// permissions end, and come back with the new ones.
    rpc::CallerPtr add(const StoredSession& stored);
    /// Remembers for a few seconds that a token opens nothing.
    void addUnknown(std::string_view token);
    /// Ends a session at once: its next call and its streams fail.
    void remove(const std::string& sessionId);
    /// Drops what has expired.
    void sweep();

    struct Use
    {
        std::string sessionId;
        absl::Time lastUsed;
        /// Whether it was used since they were last forgotten.
        bool isNew = false;
    };
    /// Every session in memory with its last use. `forget`: what is answered as new now is not new
    /// the next time, because the caller writes it down.
    std::vector<Use> uses(bool forget);
    std::size_t size() const;

private:
    struct Entry
    {
        rpc::CallerPtr caller;
        absl::Time expires;
        /// A personal token is not idle: a report may run once a month.
        bool isToken = false;
        std::atomic<std::int64_t> lastUsedMs{0};
        std::atomic<bool> isUsed{false};
    };
    /// The hash of a token, in place: no second look into memory for each comparison.
    using Key = std::array<char, 32>;
    /// It is random enough to be its own hash; the first byte has chosen the shard.
    struct KeyHash
    {
        std::size_t operator()(const Key& key) const
        {
            std::size_t value = 0;
            std::memcpy(&value, key.data() + 1, sizeof value);
            return value;
        }
    };
    struct Shard
    {
        mutable std::mutex mutex;
        absl::flat_hash_map<Key, std::shared_ptr<Entry>, KeyHash> byHash;
        absl::flat_hash_map<Key, absl::Time, KeyHash> unknown;
    };

    static Key keyOf(std::string_view hash);
    Shard& shardOf(const Key& key);
    rpc::CallerPtr callerOf(const StoredSession& stored);
    bool isOver(const Entry& entry, absl::Time now) const;
    std::shared_ptr<rpc::TokenBucket> bucketOf(std::int64_t operatorId);

    static constexpr std::size_t kShards = 16;

    const rpc::MethodTable& m_methods;
    const Clock& m_clock;
    const Limits m_limits;
    std::array<Shard, kShards> m_shards;
    std::mutex m_bucketMutex;
    absl::flat_hash_map<std::int64_t, std::weak_ptr<rpc::TokenBucket>> m_buckets;
};

} // namespace pilothouse::access
