// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/AuditLog.h"
#include "server/audit/ChainWriter.h"
#include "tests/integration/postgres/Cluster.h"

#include <prometheus/registry.h>

#include <memory>
#include <string>

namespace pilothouse::test {

/// A control database with its schema, seen as the server sees it and as its owner does.
class AuditDatabase
{
public:
    explicit AuditDatabase(Cluster& cluster) : m_cluster(cluster) {}

    /// A new database in the cluster, migrated, with the server's role; the status says why not.
    absl::Status open(const std::string& name);

    /// With the role that a server has.
    postgres::Database& server() { return *m_server; }
    /// With the role that may do everything.
    postgres::Database& owner() { return *m_owner; }
    const std::string& ownerUrl() const { return m_ownerUrl; }

    /// Runs SQL as the owner, triggers of the audit out of the way: what an intruder with all
    /// rights does.
    absl::Status tamper(const std::string& sql);
    /// The statement's first value as the owner sees it, or why there is none.
    QString value(const std::string& sql);
    /// Waiting entries, recorded at `time`; `count` of them a second apart.
    absl::Status addPending(absl::Time time, int count);
    /// Chains until nothing waits; answers how many.
    absl::StatusOr<int> chainAll();

private:
    Cluster& m_cluster;
    prometheus::Registry m_registry;
    std::string m_ownerUrl;
    std::unique_ptr<postgres::Database> m_owner;
    std::unique_ptr<postgres::Database> m_server;
};

} // namespace pilothouse::test
