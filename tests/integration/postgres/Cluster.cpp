// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/postgres/Cluster.h"

#include "tests/support/Programs.h"

#include <QDir>
namespace pilothouse::test {

Cluster::Cluster() : m_folder(makeWorkFolder()) {}

Cluster::~Cluster()
{
    stop();
    QDir(m_folder).removeRecursively();
}

absl::Status Cluster::start()
{
    auto directory = platform::DataDirectory::open(folder() + "/data");
    PH_RETURN_IF_ERROR(directory.status());
    m_directory = std::move(*directory);
    auto cluster = postgres::PrivateCluster::start(*m_directory, {});
    PH_RETURN_IF_ERROR(cluster.status());
    m_cluster = std::move(*cluster);
    return absl::OkStatus();
}

void Cluster::stop()
{
    m_cluster.reset();
    m_directory.reset();
}

std::unique_ptr<postgres::Database> Cluster::database(
    prometheus::Registry& registry, const config::Pool& pool) const
{
    postgres::Database::Options options;
    options.name = "control";
    options.url = m_cluster->url();
    options.pool = pool;
    auto database = postgres::Database::create(options, registry);
    return database.ok() ? std::move(*database) : nullptr;
}

} // namespace pilothouse::test
