// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Database.h"
#include "server/services/Registry.h"
#include "server/services/RegistryStore.h"

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <mutex>
#include <string>

namespace pilothouse::services {

/// Tells other servers of the heartbeats that came here and learns of theirs, many in one
/// statement. Thread-safe; blocks on the database.
class BeatExchange
{
public:
    BeatExchange(postgres::Database& database, Registry& registry, std::string serverId)
        : m_database(database), m_registry(registry), m_serverId(std::move(serverId))
    {}

    /// The first time it reads all that were ever told, also by this server in an earlier life.
    absl::Status run(absl::Time deadline);

private:
    postgres::Database& m_database;
    Registry& m_registry;
    const std::string m_serverId;
    const RegistryStore m_store{};
    std::mutex m_mutex;
    bool m_isFirst = true;
};

} // namespace pilothouse::services
