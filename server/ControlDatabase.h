// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Config.h"
#include "server/platform/postgres/Database.h"
#include "server/platform/postgres/PrivateCluster.h"
#include "server/platform/process/DataDirectory.h"

#include <absl/status/statusor.h>
#include <prometheus/registry.h>

#include <atomic>
#include <functional>
#include <memory>

namespace pilothouse {

/// The control database with its schema brought up to date: at `database.url`, or in a private
/// cluster that this object starts and stops. Thread-safe.
class ControlDatabase
{
public:
    /// Blocks until the database answers. `onLoss` is called when the private cluster changes its
    /// state.
    static absl::StatusOr<std::unique_ptr<ControlDatabase>> open(
        const config::Config& config,
        const platform::DataDirectory& directory,
        prometheus::Registry& registry,
        std::function<void()> onChange);
    /// The one of a server that is running on the data directory, for the same user: for `init`.
    static absl::StatusOr<std::unique_ptr<ControlDatabase>> openBesideServer(
        const config::Config& config, prometheus::Registry& registry);
    ~ControlDatabase();
    ControlDatabase(const ControlDatabase&) = delete;
    ControlDatabase& operator=(const ControlDatabase&) = delete;

    postgres::Database& database() { return *m_database; }
    /// Null with an own database.
    const postgres::PrivateCluster* cluster() const { return m_cluster.get(); }

    /// A pool of its own on the same database, for what must not wait behind everything else; with
    /// 0 it connects when it is needed. This object outlives it.
    absl::StatusOr<std::unique_ptr<postgres::Database>> openLane(
        const std::string& name, int connections, prometheus::Registry& registry) const;

    /// Asks the database for a sign of life. Blocks for at most two seconds.
    system::ComponentHealth check();

private:
    ControlDatabase() = default;
    /// Migrates as the owner, "" = the role of `url`, and works with `url`.
    absl::Status connect(
        const config::Config& config,
        const std::string& ownerUrl,
        std::string url,
        prometheus::Registry& registry);

    postgres::Database::Options m_options;
    // The database goes first: it has connections into the cluster.
    std::unique_ptr<postgres::PrivateCluster> m_cluster;
    std::unique_ptr<postgres::Database> m_database;
    /// What the cluster's supervisor may touch; null before the database is there and while it
    /// goes.
    std::atomic<postgres::Database*> m_live{nullptr};
};

} // namespace pilothouse
