// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Database.h"
#include "server/platform/postgres/PrivateCluster.h"
#include "server/platform/process/DataDirectory.h"

#include <QString>

#include <memory>
#include <string>

namespace pilothouse::test {

/// A private PostgreSQL in a folder of its own; stopped and removed with the object.
class Cluster
{
public:
    Cluster();
    ~Cluster();
    Cluster(const Cluster&) = delete;
    Cluster& operator=(const Cluster&) = delete;

    /// Starts it (again, after stop); the status says why not.
    absl::Status start();
    void stop();

    std::string folder() const { return m_folder.toStdString(); }
    postgres::PrivateCluster& postgres() const { return *m_cluster; }
    /// A new facade on the control database.
    std::unique_ptr<postgres::Database> database(
        prometheus::Registry& registry, const config::Pool& pool = {}) const;

private:
    QString m_folder;
    std::unique_ptr<platform::DataDirectory> m_directory;
    std::unique_ptr<postgres::PrivateCluster> m_cluster;
};

} // namespace pilothouse::test
