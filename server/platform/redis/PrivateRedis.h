// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/process/DataDirectory.h"
#include "server/platform/process/Supervisor.h"
#include "server/platform/redis/RedisAddress.h"

#include <absl/status/statusor.h>

#include <filesystem>
#include <memory>
#include <string>

namespace pilothouse::redis {

/// The server's own Redis in DATA-DIR/redis: a cache in memory without files, on a unix socket that
/// only the server's user can reach, run by the unprivileged account of the private PostgreSQL
/// under root. Started again when it dies; ends with the server, however that ends.
class PrivateRedis
{
public:
    /// Begins to start it; `supervisor().health()` tells how that goes. Fails only when its folder
    /// cannot be made. The data directory outlives it.
    static absl::StatusOr<std::unique_ptr<PrivateRedis>> start(
        const platform::DataDirectory& directory,
        const std::filesystem::path& program,
        const std::string& user,
        platform::Supervisor::Listener onChange);

    const RedisAddress& address() const { return m_address; }
    platform::Supervisor& supervisor() { return *m_supervisor; }

private:
    RedisAddress m_address;
    std::unique_ptr<platform::Supervisor> m_supervisor;
};

} // namespace pilothouse::redis
