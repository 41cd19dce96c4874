// SPDX-License-Identifier: Apache-2.0
#include "server/access/SessionCache.h"

#include "server/platform/crypto/Random.h"
#include "shared/access/Permissions.h"
#include "shared/base/StatusHelpers.h"

#include <algorithm>

namespace pilothouse::access {

namespace {

constexpr std::size_t kSessionsPerShard = 4096;
constexpr std::size_t kUnknownPerShard = 256;
constexpr absl::Duration kUnknownFor = absl::Seconds(5);

absl::Status expired()
{
    return withHint(
        withReason(absl::UnauthenticatedError("the session has expired"), "SESSION_EXPIRED"),
        "Sign in again.");
}

absl::Status unknown()
{
    return withHint(
        withReason(
            absl::UnauthenticatedError("the session is unknown or has ended"), "SESSION_UNKNOWN"),
        "Sign in again.");
}

} // namespace

SessionCache::SessionCache(const rpc::MethodTable& methods, const Clock& clock, Limits limits)
    : m_methods(methods), m_clock(clock), m_limits(limits)
{}

SessionCache::Key SessionCache::keyOf(std::string_view hash)
{
    Key key{};
    std::copy_n(hash.begin(), std::min(hash.size(), key.size()), key.begin());
    return key;
}

SessionCache::Shard& SessionCache::shardOf(const Key& key)
{
    return m_shards.at(static_cast<unsigned char>(key.front()) % kShards);
}

bool SessionCache::isOver(const Entry& entry, absl::Time now) const
{
    if (now >= entry.expires) {
        return true;
    }
    if (entry.isToken) {
        return false;
    }
    const absl::Time lastUsed =
        absl::FromUnixMillis(entry.lastUsedMs.load(std::memory_order_relaxed));
    // Who only watches is not idle.
    return now - lastUsed > m_limits.idle && entry.caller->streams.load() == 0;
}

absl::StatusOr<rpc::CallerPtr> SessionCache::find(std::string_view token)
{
    const Key key = keyOf(platform::hashToken(token));
    const absl::Time now = m_clock.now();
    Shard& shard = shardOf(key);
    const std::lock_guard lock(shard.mutex);
    if (const auto found = shard.byHash.find(key); found != shard.byHash.end()) {
        Entry& entry = *found->second;
        if (isOver(entry, now)) {
            entry.caller->ended.store(true);
            shard.byHash.erase(found);
            return expired();
        }
        entry.lastUsedMs.store(absl::ToUnixMillis(now), std::memory_order_relaxed);
        entry.isUsed.store(true, std::memory_order_relaxed);
        return entry.caller;
    }
    if (const auto found = shard.unknown.find(key); found != shard.unknown.end()) {
        if (now < found->second) {
            return unknown();
        }
        shard.unknown.erase(found);
    }
    return rpc::CallerPtr();
}

rpc::CallerPtr SessionCache::callerOf(const StoredSession& stored)
{
    auto caller = std::make_shared<rpc::Caller>();
    std::vector<std::string> patterns = patternsOf(stored.who.roles);
    patterns.insert(patterns.end(), stored.rolePatterns.begin(), stored.rolePatterns.end());
    caller->permissions = m_methods.grantedBy(patterns);
    if (stored.isToken) {
        caller->permissions &= m_methods.grantedBy(stored.scopes);
    }
    caller->identity.who = stored.who;
    caller->identity.permissions = m_methods.namesOf(caller->permissions);
    caller->identity.authentication = stored.isToken ? kByPersonalToken : kBySession;
    caller->identity.expireTime = stored.session.expireTime;
    caller->operatorId = stored.operatorId;
    caller->sessionId = stored.session.id;
    caller->rateLimit = bucketOf(stored.operatorId);
    return caller;
}

rpc::CallerPtr SessionCache::add(const StoredSession& stored)
{
    auto entry = std::make_shared<Entry>();
    auto caller = callerOf(stored);
    entry->caller = caller;
    entry->expires = stored.session.expireTime;
    entry->isToken = stored.isToken;
    entry->lastUsedMs.store(absl::ToUnixMillis(stored.session.lastUsedTime));

    const Key key = keyOf(stored.tokenHash);
    Shard& shard = shardOf(key);
    const std::lock_guard lock(shard.mutex);
    shard.unknown.erase(key);
    if (const auto found = shard.byHash.find(key); found != shard.byHash.end()) {
        Entry& before = *found->second;
        const Operator& who = before.caller->identity.who;
        if (before.caller->permissions == caller->permissions && who.roles == stored.who.roles &&
            who.displayName == stored.who.displayName) {
            return before.caller;
        }
        entry->lastUsedMs.store(before.lastUsedMs.load());
        before.caller->replaced.store(true);
        found->second = std::move(entry);
        return caller;
    }
    if (shard.byHash.size() >= kSessionsPerShard) {
        shard.byHash.erase(shard.byHash.begin());
    }
    shard.byHash.emplace(key, std::move(entry));
    return caller;
}

void SessionCache::addUnknown(std::string_view token)
{
    const Key key = keyOf(platform::hashToken(token));
    Shard& shard = shardOf(key);
    const std::lock_guard lock(shard.mutex);
    if (shard.unknown.size() >= kUnknownPerShard) {
        shard.unknown.clear();
    }
    shard.unknown[key] = m_clock.now() + kUnknownFor;
}

void SessionCache::remove(const std::string& sessionId)
{
    for (Shard& shard : m_shards) {
        const std::lock_guard lock(shard.mutex);
        absl::erase_if(shard.byHash, [&](const auto& item) {
            const bool isIt = item.second->caller->sessionId == sessionId;
            if (isIt) {
                item.second->caller->ended.store(true);
            }
            return isIt;
        });
    }
}

void SessionCache::sweep()
{
    const absl::Time now = m_clock.now();
    for (Shard& shard : m_shards) {
        const std::lock_guard lock(shard.mutex);
        absl::erase_if(shard.byHash, [&](const auto& item) {
            const bool over = isOver(*item.second, now);
            if (over) {
                item.second->caller->ended.store(true);
            }
            return over;
        });
        absl::erase_if(shard.unknown, [&](const auto& item) { return now >= item.second; });
    }
    const std::lock_guard lock(m_bucketMutex);
    absl::erase_if(m_buckets, [](const auto& item) { return item.second.expired(); });
}

std::vector<SessionCache::Use> SessionCache::uses(bool forget)
{
    std::vector<Use> uses;
    const absl::Time now = m_clock.now();
    for (Shard& shard : m_shards) {
        const std::lock_guard lock(shard.mutex);
        for (const auto& [hash, entry] : shard.byHash) {
            if (entry->caller->streams.load() > 0) {
                entry->lastUsedMs.store(absl::ToUnixMillis(now));
                entry->isUsed.store(true);
            }
            uses.push_back(
                {entry->caller->sessionId,
                 absl::FromUnixMillis(entry->lastUsedMs.load()),
                 forget ? entry->isUsed.exchange(false) : entry->isUsed.load()});
        }
    }
    return uses;
}

std::size_t SessionCache::size() const
{
    std::size_t total = 0;
    for (const Shard& shard : m_shards) {
        const std::lock_guard lock(shard.mutex);
        total += shard.byHash.size();
    }
    return total;
}

std::shared_ptr<rpc::TokenBucket> SessionCache::bucketOf(std::int64_t operatorId)
{
    if (m_limits.callsPerSecond <= 0) {
        return nullptr;
    }
    const std::lock_guard lock(m_bucketMutex);
    auto bucket = m_buckets[operatorId].lock();
    if (bucket == nullptr) {
        bucket = std::make_shared<rpc::TokenBucket>(m_limits.callsPerSecond, m_limits.burst);
        m_buckets[operatorId] = bucket;
    }
    return bucket;
}

} // namespace pilothouse::access
