// SPDX-License-Identifier: Apache-2.0
#include "server/platform/redis/Redis.h"

#include "server/platform/pool/Pool.h"
#include "server/platform/process/Programs.h"
#include "server/platform/redis/PrivateRedis.h"
#include "server/platform/redis/RedisAddress.h"
#include "server/platform/redis/RedisConnection.h"
#include "shared/base/StatusHelpers.h"

#include <absl/time/clock.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <sstream>

namespace pilothouse::redis {

namespace {

/// Without an earlier deadline a command is given up after this: a cache that is slower helps
/// nobody.
const absl::Duration kCommandLimit = absl::Seconds(5);

absl::Duration monotonic()
{
    return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

} // namespace

struct Redis::State
{
    std::string absence;
    std::unique_ptr<PrivateRedis> own;
    std::optional<platform::Pool<RedisConnection>> pool;

    void usePool(const config::Pool& options, const RedisAddress& address)
    {
        pool.emplace("redis", options, [address] { return RedisConnection::open(address); });
    }
};

Redis::Redis(std::unique_ptr<State> state) : m_state(std::move(state)) {}

Redis::~Redis() = default;

absl::StatusOr<std::unique_ptr<Redis>> Redis::open(
    const config::Redis& config, const std::string& user, const platform::DataDirectory& directory)
{
    std::unique_ptr<Redis> redis(new Redis(std::make_unique<State>()));
    State& state = *redis->m_state;
    if (!config.enabled) {
        state.absence = "switched off by redis.enabled";
        return redis;
    }
    if (!config.url.empty()) {
        PH_ASSIGN_OR_RETURN(const RedisAddress address, RedisAddress::parse(config.url));
        state.usePool(config.pool, address);
        return redis;
    }
    const auto program = platform::findProgram("redis-server");
    if (!program) {
        state.absence = "redis-server is not installed and redis.url is not set";
        return redis;
    }
    auto own = PrivateRedis::start(directory, *program, user, {});
    if (!own.ok()) {
        spdlog::warn("no private redis: {}", describe(own.status()));
        state.absence = describe(own.status());
        return redis;
    }
    state.own = std::move(*own);
    state.usePool(config.pool, state.own->address());
    return redis;
}

const std::string& Redis::absence() const
{
    return m_state->absence;
}

absl::StatusOr<Reply> Redis::command(const std::vector<std::string>& words, absl::Time deadline)
{
    if (!m_state->pool) {
        return absl::UnavailableError("no redis: " + m_state->absence);
    }
    PH_ASSIGN_OR_RETURN(auto lease, m_state->pool->acquire(deadline));
    absl::StatusOr<Reply> reply =
        lease->command(words, std::min(kCommandLimit, deadline - absl::Now()));
    if (!lease->looksAlive()) {
        lease.markBroken();
    }
    return reply;
}

absl::StatusOr<std::map<std::string, std::string>> Redis::info(absl::Time deadline)
{
    PH_ASSIGN_OR_RETURN(const Reply reply, command({"INFO"}, deadline));
    std::map<std::string, std::string> fields;
    std::istringstream lines(reply.text);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t colon = line.find(':');
        if (colon != std::string::npos && line.front() != '#') {
            const std::size_t end = line.find('\r');
            fields[line.substr(0, colon)] =
                line.substr(colon + 1, end == std::string::npos ? end : end - colon - 1);
        }
    }
    return fields;
}

system::ComponentHealth Redis::check(absl::Duration limit)
{
    system::ComponentHealth health;
    health.name = "redis";
    health.lastCheck = absl::Now();
    if (!m_state->pool) {
        health.message = m_state->absence;
        return health;
    }
    const absl::Duration started = monotonic();
    const auto reply = command({"PING"}, absl::Now() + limit);
    health.responseTime = monotonic() - started;
    health.state = system::HealthState::Healthy;
    if (!reply.ok()) {
        // The two other tiers go on without it.
        health.state = system::HealthState::Degraded;
        health.message = describe(reply.status());
    }
    return health;
}

system::PoolStatus Redis::poolStatus() const
{
    system::PoolStatus status;
    status.name = "redis";
    return m_state->pool ? m_state->pool->status() : status;
}

} // namespace pilothouse::redis
