// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Config.h"
#include "server/platform/process/DataDirectory.h"
#include "server/platform/redis/Reply.h"
#include "shared/system/Health.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace pilothouse::redis {

/// The shared cache tier: the Redis of redis.url, or a private one, or none where redis-server is
/// not installed or redis.enabled is false. None is a state ("absent"), not a failure. Every call
/// blocks: run it on an executor. Thread-safe.
class Redis
{
public:
    /// INVALID_ARGUMENT when the URL cannot be read. A Redis that does not answer is not a failure:
    /// it is reported by `check` and tried again. `user` as config::Database::user. The directory
    /// outlives it.
    static absl::StatusOr<std::unique_ptr<Redis>> open(
        const config::Redis& config,
        const std::string& user,
        const platform::DataDirectory& directory);
    ~Redis();
    Redis(const Redis&) = delete;
    Redis& operator=(const Redis&) = delete;

    /// Why there is none; empty when there is one.
    const std::string& absence() const;

    /// One command with its arguments. UNAVAILABLE when there is none or it does not answer.
    absl::StatusOr<Reply> command(
        const std::vector<std::string>& words, absl::Time deadline = absl::InfiniteFuture());
    /// The fields of INFO, "used_memory" → "1048576".
    absl::StatusOr<std::map<std::string, std::string>> info(
        absl::Time deadline = absl::InfiniteFuture());

    /// Asks for a sign of life within `limit`: absent, healthy with the response time, or why not.
    system::ComponentHealth check(absl::Duration limit = absl::Seconds(2));
    /// Zeroes when there is none.
    system::PoolStatus poolStatus() const;

private:
    struct State;
    explicit Redis(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

} // namespace pilothouse::redis
