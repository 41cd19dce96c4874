// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/collectors/Collector.h"
#include "server/platform/redis/Redis.h"
#include "shared/base/Clock.h"

namespace pilothouse::metrics {

/// A Redis server as its INFO tells it, under redis_exporter's names.
class RedisCollector final : public Collector
{
public:
    /// Both must outlive the collector.
    RedisCollector(redis::Redis& redis, const Clock& clock);

    std::string job() const override { return "redis"; }
    absl::Status collect(ExpositionWriter& out) override;

private:
    redis::Redis& m_redis;
    const Clock& m_clock;
};

} // namespace pilothouse::metrics
