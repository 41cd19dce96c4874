// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/collectors/Collector.h"
#include "server/platform/postgres/Database.h"
#include "shared/base/Clock.h"

#include <map>
#include <string>

namespace pilothouse::metrics {

/// A PostgreSQL server as its statistics views tell it, under postgres_exporter's names: databases,
/// connections by state, locks, background writer, replication.
class PostgresCollector final : public Collector
{
public:
    /// Both must outlive the collector.
    PostgresCollector(postgres::Database& database, const Clock& clock);

    std::string job() const override { return "postgresql"; }
    absl::Status collect(ExpositionWriter& out) override;

private:
    absl::Status collectServer(ExpositionWriter& out, absl::Time deadline);
    absl::Status collectDatabases(ExpositionWriter& out, absl::Time deadline);
    absl::Status collectActivity(ExpositionWriter& out, absl::Time deadline);
    absl::Status collectLocks(ExpositionWriter& out, absl::Time deadline);
    absl::Status collectWriter(ExpositionWriter& out, absl::Time deadline);
    absl::Status collectSizes(ExpositionWriter& out, absl::Time deadline);

    postgres::Database& m_database;
    const Clock& m_clock;
    int m_version = 0;
    /// Sizes are measured now and then: PostgreSQL walks through all files for them.
    std::map<std::string, double> m_sizes;
    absl::Time m_sizesAt = absl::InfinitePast();
};

} // namespace pilothouse::metrics
