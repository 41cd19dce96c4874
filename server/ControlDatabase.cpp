// SPDX-License-Identifier: Apache-2.0
#include "server/ControlDatabase.h"

#include "server/platform/postgres/ConnectionString.h"
#include "server/platform/postgres/Postmaster.h"
#include "server/platform/postgres/SchemaMigrator.h"
#include "server/platform/postgres/ServerRole.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace pilothouse {

namespace {

/// Connections besides the pool's: collectors, `init` and whoever looks with psql.
constexpr int kOtherConnections = 20;

absl::Status migrate(postgres::Database& database)
{
    PH_ASSIGN_OR_RETURN(
        const auto migrated, postgres::migrateSchema(database, postgres::embeddedMigrations()));
    for (const std::string& name : migrated.applied) {
        spdlog::info("control database: applied {}", name);
    }
    return absl::OkStatus();
}

/// With a connection of its own, closed afterwards; then the role in `url` gets what it needs.
absl::Status migrateAsOwner(const std::string& ownerUrl, const std::string& url)
{
    postgres::Database::Options options;
    options.name = "control-owner";
    options.url = ownerUrl;
    options.pool.minimum = 0;
    options.pool.maximum = 1;
    prometheus::Registry unseen;
    PH_ASSIGN_OR_RETURN(const auto owner, postgres::Database::create(std::move(options), unseen));
    PH_RETURN_IF_ERROR(migrate(*owner));
    PH_ASSIGN_OR_RETURN(const auto string, postgres::ConnectionString::parse(url));
    return postgres::grantServerRole(*owner, string.get("user"));
}

} // namespace

absl::StatusOr<std::unique_ptr<ControlDatabase>> ControlDatabase::open(
    const config::Config& config,
    const platform::DataDirectory& directory,
    prometheus::Registry& registry,
    std::function<void()> onChange)
{
    std::unique_ptr<ControlDatabase> control(new ControlDatabase);
    std::string url = config.database.url;
    std::string ownerUrl = config.database.ownerUrl;
    if (url.empty()) {
        postgres::PrivateCluster::Options options;
        options.binaries = config.database.binaries;
        options.user = config.database.user;
        options.maxConnections = config.database.pool.maximum + kOtherConnections;
        options.onChange = [raw = control.get(),
                            onChange = std::move(onChange)](const system::ComponentHealth&) {
            if (postgres::Database* database = raw->m_live.load()) {
                database->invalidateConnections();
            }
            onChange();
        };
        PH_ASSIGN_OR_RETURN(
            control->m_cluster, postgres::PrivateCluster::start(directory, std::move(options)));
        url = control->m_cluster->serverUrl();
        ownerUrl = control->m_cluster->url();
    }
    PH_RETURN_IF_ERROR(control->connect(config, ownerUrl, std::move(url), registry));
    return control;
}

absl::StatusOr<std::unique_ptr<ControlDatabase>> ControlDatabase::openBesideServer(
    const config::Config& config, prometheus::Registry& registry)
{
    std::string url = config.database.url;
    std::string ownerUrl = config.database.ownerUrl;
    if (url.empty()) {
        const auto file = postgres::readPostmasterFile(config.dataDir / "postgres" / "data");
        if (!file || file->socketFolder.empty()) {
            return withHint(
                absl::UnavailableError(fmt::format(
                    "the server on {} has no running database", config.dataDir.string())),
                "Wait until it is ready, then try again.");
        }
        postgres::ConnectionString string;
        string.set("host", file->socketFolder.string());
        string.set("user", "pilothouse");
        string.set("dbname", "pilothouse");
        ownerUrl = string.text();
        string.set("user", postgres::kServerRole);
        url = string.text();
    }
    std::unique_ptr<ControlDatabase> control(new ControlDatabase);
    PH_RETURN_IF_ERROR(control->connect(config, ownerUrl, std::move(url), registry));
    return control;
}

absl::Status ControlDatabase::connect(
    const config::Config& config,
    const std::string& ownerUrl,
    std::string url,
    prometheus::Registry& registry)
{
    if (!ownerUrl.empty()) {
        PH_RETURN_IF_ERROR(migrateAsOwner(ownerUrl, url));
    }
    postgres::Database::Options options;
    options.name = "control";
    options.url = std::move(url);
    options.pool = config.database.pool;
    options.slowQuery = config.database.slowQuery;
    m_options = options;
    PH_ASSIGN_OR_RETURN(m_database, postgres::Database::create(std::move(options), registry));
    m_live.store(m_database.get());
    return ownerUrl.empty() ? migrate(*m_database) : absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<postgres::Database>> ControlDatabase::openLane(
    const std::string& name, int connections, prometheus::Registry& registry) const
{
    postgres::Database::Options options = m_options;
    options.name = name;
    options.pool.minimum = connections;
    options.pool.maximum = std::max(connections, 1);
    return postgres::Database::create(std::move(options), registry);
}

ControlDatabase::~ControlDatabase()
{
    m_live.store(nullptr);
    m_database.reset();
    if (m_cluster != nullptr) {
        m_cluster->stop();
    }
}

system::ComponentHealth ControlDatabase::check()
{
    system::ComponentHealth health = m_database->check();
    if (m_cluster != nullptr && health.state == system::HealthState::Unhealthy) {
        // The supervisor knows better why nobody answers.
        const system::ComponentHealth cluster = m_cluster->health();
        if (cluster.state != system::HealthState::Healthy && !cluster.message.empty()) {
            health.message = cluster.message;
        }
    }
    return health;
}

} // namespace pilothouse
