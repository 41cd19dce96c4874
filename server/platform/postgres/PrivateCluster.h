// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/process/DataDirectory.h"
#include "shared/system/Health.h"

#include <absl/status/statusor.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <sys/types.h>

namespace pilothouse::postgres {

/// The server's own PostgreSQL in DATA-DIR/postgres: on a unix socket only, run by an unprivileged
/// account, reachable by the server's own user alone. When the postmaster dies it is started again
/// with growing pauses; one that outlived a killed server is taken over. Thread-safe.
class PrivateCluster
{
public:
    struct Options
    {
        /// As in config::Database; empty = found.
        std::filesystem::path binaries;
        std::string user;
        /// Connections that PostgreSQL allows: the pool and who else looks at it.
        int maxConnections = 40;
        /// Called after each change of state, on the supervisor's thread; return fast. After a
        /// restart, Database::invalidateConnections belongs here.
        std::function<void(const system::ComponentHealth&)> onChange;
    };

    /// Makes the cluster at the first start, starts it (or adopts a running one) and waits until it
    /// accepts connections. The data directory outlives the cluster.
    static absl::StatusOr<std::unique_ptr<PrivateCluster>> start(
        const platform::DataDirectory& directory, Options options);
    /// Stops it.
    ~PrivateCluster();
    PrivateCluster(const PrivateCluster&) = delete;
    PrivateCluster& operator=(const PrivateCluster&) = delete;

    /// Connection string of a database in it; the control database is "pilothouse".
    /// As the owner, who may do everything.
    std::string url(const std::string& database = "pilothouse") const;
    /// As the role that the server works with; see ServerRole.h.
    std::string serverUrl(const std::string& database = "pilothouse") const;
    /// State of the postmaster, without asking it.
    system::ComponentHealth health() const;
    pid_t postmasterPid() const;
    /// Ends sessions and stops within ten seconds; nothing happens when it was stopped already.
    void stop();

private:
    struct State;
    explicit PrivateCluster(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

} // namespace pilothouse::postgres
