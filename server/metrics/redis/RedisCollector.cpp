// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/redis/RedisCollector.h"

#include "server/metrics/redis/RedisInfo.h"
#include "shared/base/StatusHelpers.h"

namespace pilothouse::metrics {

namespace {

constexpr absl::Duration kLimit = absl::Seconds(2);

} // namespace

RedisCollector::RedisCollector(redis::Redis& redis, const Clock& clock)
    : m_redis(redis), m_clock(clock)
{}

absl::Status RedisCollector::collect(ExpositionWriter& out)
{
    PH_ASSIGN_OR_RETURN(const auto info, m_redis.info(m_clock.now() + kLimit));
    writeRedisInfo(info, out);
    return absl::OkStatus();
}

} // namespace pilothouse::metrics
