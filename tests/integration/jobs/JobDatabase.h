// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/integration/postgres/Cluster.h"
#include "tests/support/jobs/EngineHost.h"

#include <prometheus/registry.h>

#include <memory>
#include <string>

namespace pilothouse::test {

/// A real PostgreSQL with the control database's schema, for several servers; emptied by reset().
class JobDatabase
{
public:
    absl::Status start();
    absl::Status reset();
    std::string url() const { return m_cluster.postgres().url(); }
    Cluster& cluster() { return m_cluster; }
    postgres::Database& database() { return *m_database; }

    /// So many jobs of so many tasks each, all of them ready.
    absl::Status flood(const std::string& kind, int jobs, int tasks);
    /// Column n, or t, of the first row.
    std::int64_t number(const std::string& sql);
    std::string text(const std::string& sql);

private:
    Cluster m_cluster;
    prometheus::Registry m_registry;
    std::unique_ptr<postgres::Database> m_database;
};

} // namespace pilothouse::test
