// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/pool/PoolCore.h"
#include "server/platform/redis/RedisAddress.h"
#include "server/platform/redis/Reply.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <memory>
#include <string>
#include <vector>

struct redisContext;

namespace pilothouse::redis {

/// One connection to Redis, signed in and on its database. Used by one thread at a time.
class RedisConnection final : public platform::PooledConnection
{
public:
    static absl::StatusOr<std::unique_ptr<RedisConnection>> open(const RedisAddress& address);
    ~RedisConnection() override;

    bool looksAlive() const override;
    absl::Status validate() override;

    /// Sends one command (name, arguments) and waits for the answer, at most `limit`. After a
    /// failure of the connection it is not alive any more.
    absl::StatusOr<Reply> command(const std::vector<std::string>& words, absl::Duration limit);

private:
    RedisConnection(redisContext* context, std::string place);
    redisContext* m_context;
    const std::string m_place;
};

} // namespace pilothouse::redis
