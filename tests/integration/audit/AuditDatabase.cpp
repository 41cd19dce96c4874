// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/audit/AuditDatabase.h"

#include "server/platform/postgres/SchemaMigrator.h"
#include "server/platform/postgres/ServerRole.h"
#include "shared/base/StatusHelpers.h"

#include <absl/time/clock.h>
#include <fmt/format.h>
#include <pqxx/pqxx>

namespace pilothouse::test {

namespace {

absl::StatusOr<std::unique_ptr<postgres::Database>> connect(
    const std::string& url, const std::string& name, prometheus::Registry& registry)
{
    postgres::Database::Options options;
    options.name = name;
    options.url = url;
    options.pool.minimum = 1;
    return postgres::Database::create(std::move(options), registry);
}

} // namespace

absl::Status AuditDatabase::open(const std::string& name)
{
    try {
        pqxx::connection connection(m_cluster.postgres().url());
        pqxx::nontransaction(connection).exec("CREATE DATABASE " + name);
    } catch (const std::exception& error) {
        return absl::InternalError(error.what());
    }
    m_ownerUrl = m_cluster.postgres().url(name);
    PH_ASSIGN_OR_RETURN(m_owner, connect(m_ownerUrl, "owner", m_registry));
    PH_RETURN_IF_ERROR(postgres::migrateSchema(*m_owner, postgres::embeddedMigrations()).status());
    PH_RETURN_IF_ERROR(postgres::grantServerRole(*m_owner, postgres::kServerRole));
    PH_ASSIGN_OR_RETURN(
        m_server, connect(m_cluster.postgres().serverUrl(name), "control", m_registry));
    return absl::OkStatus();
}

absl::Status AuditDatabase::tamper(const std::string& sql)
{
    try {
        pqxx::connection connection(m_ownerUrl);
        pqxx::work work(connection);
        work.exec("SET LOCAL session_replication_role = replica");
        work.exec(sql);
        work.commit();
        return absl::OkStatus();
    } catch (const std::exception& error) {
        return absl::InternalError(error.what());
    }
}

QString AuditDatabase::value(const std::string& sql)
{
    try {
        pqxx::connection connection(m_ownerUrl);
        const pqxx::result result = pqxx::nontransaction(connection).exec(sql);
        return result.empty() ? QString() : QString::fromUtf8(result[0][0].c_str());
    } catch (const std::exception& error) {
        return QString::fromUtf8(error.what());
    }
}

absl::Status AuditDatabase::addPending(absl::Time time, int count)
{
    return tamper(fmt::format(
        "INSERT INTO pilothouse.audit_pending (recorded_at, actor, roles, action, target, before, "
        "after, plan_digest, reason, source, request_id, trace_id, outcome, message) "
        "SELECT '{}'::timestamptz + number * interval '1 second', 'dana', '{{operator}}', "
        "'tenants.suspend', 'tenants/t' || number, '', '{{\"number\":' || number || '}}', '', "
        "'because', '10.0.0.7', 'r' || number, '', 'ok', '' FROM generate_series(1, {}) number",
        absl::FormatTime("%Y-%m-%d %H:%M:%S+00", time, absl::UTCTimeZone()),
        count));
}

absl::StatusOr<int> AuditDatabase::chainAll()
{
    audit::ChainWriter writer(*m_server);
    int chained = 0;
    while (true) {
        PH_ASSIGN_OR_RETURN(const auto step, writer.step(absl::Now() + absl::Seconds(60)));
        chained += static_cast<int>(step.chained.size());
        if (!step.isFull) {
            return chained;
        }
    }
}

} // namespace pilothouse::test
