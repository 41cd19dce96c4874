// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/postgres/PostgresCollector.h"

#include "shared/base/StatusHelpers.h"

#include <array>
#include <vector>

namespace pilothouse::metrics {

namespace {

constexpr absl::Duration kLimit = absl::Seconds(5);
constexpr absl::Duration kSizePeriod = absl::Seconds(30);
/// From here on checkpoints have a view of their own.
constexpr int kSeparateCheckpointer = 170000;

constexpr postgres::Statement kServer{
    "metrics.server",
    "SELECT current_setting('server_version_num')::int AS version,"
    " current_setting('server_version') AS version_text,"
    " current_setting('max_connections')::int AS max_connections,"
    " extract(epoch FROM pg_postmaster_start_time())::float8 AS started,"
    " pg_is_in_recovery() AS is_replica,"
    " CASE WHEN NOT pg_is_in_recovery()"
    "   OR pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0"
    "   ELSE greatest(0, extract(epoch FROM now() - pg_last_xact_replay_timestamp()))"
    " END::float8 AS lag"};

constexpr postgres::Statement kDatabases{
    "metrics.databases",
    "SELECT datid::text AS datid, datname,"
    " ARRAY[numbackends, xact_commit, xact_rollback, blks_read, blks_hit, tup_returned,"
    " tup_fetched, tup_inserted, tup_updated, tup_deleted, conflicts, temp_files, temp_bytes,"
    " deadlocks, blk_read_time, blk_write_time]::text[] AS figures"
    " FROM pg_stat_database WHERE datname IS NOT NULL ORDER BY datname"};

constexpr postgres::Statement kActivity{
    "metrics.activity",
    "SELECT d.datname, s.state, count(a.pid)::float8 AS connections,"
    " coalesce(max(extract(epoch FROM clock_timestamp() - a.xact_start)), 0)::float8 AS longest"
    " FROM pg_database d CROSS JOIN (VALUES ('active'), ('idle'), ('idle in transaction'),"
    " ('idle in transaction (aborted)')) AS s(state)"
    " LEFT JOIN pg_stat_activity a ON a.datname = d.datname AND a.state = s.state"
    " WHERE d.datallowconn GROUP BY d.datname, s.state ORDER BY d.datname, s.state"};

constexpr postgres::Statement kLocks{
    "metrics.locks",
    "SELECT d.datname, m.mode, count(l.locktype)::float8 AS locks"
    " FROM pg_database d CROSS JOIN (VALUES ('accesssharelock'), ('rowsharelock'),"
    " ('rowexclusivelock'), ('shareupdateexclusivelock'), ('sharelock'),"
    " ('sharerowexclusivelock'), ('exclusivelock'), ('accessexclusivelock')) AS m(mode)"
    " LEFT JOIN pg_locks l ON l.database = d.oid AND lower(l.mode) = m.mode"
    " WHERE d.datallowconn GROUP BY d.datname, m.mode ORDER BY d.datname, m.mode"};

constexpr postgres::Statement kWriter{
    "metrics.background_writer",
    "SELECT ARRAY[checkpoints_timed, checkpoints_req, checkpoint_write_time,"
    " checkpoint_sync_time, buffers_checkpoint, buffers_clean, maxwritten_clean,"
    " buffers_backend, buffers_backend_fsync, buffers_alloc]::text[] AS figures"
    " FROM pg_stat_bgwriter"};

constexpr postgres::Statement kCheckpointer{
    "metrics.checkpointer",
    "SELECT ARRAY[num_timed, num_requested, write_time, sync_time, buffers_written,"
    " b.buffers_clean, b.maxwritten_clean, 0, 0, b.buffers_alloc]::text[] AS figures"
    " FROM pg_stat_checkpointer, pg_stat_bgwriter b"};

constexpr postgres::Statement kSizes{
    "metrics.sizes",
    "SELECT datname, pg_database_size(oid)::float8 AS bytes FROM pg_database"
    " WHERE datallowconn AND has_database_privilege(oid, 'CONNECT') ORDER BY datname"};

struct Family
{
    const char* name = nullptr;
    const char* help = nullptr;
    bool isCounter = true;
};

/// In the order of kDatabases.
constexpr std::array<Family, 16> kDatabaseFamilies = {{
    {"pg_stat_database_numbackends", "Backends connected to this database.", false},
    {"pg_stat_database_xact_commit", "Transactions committed."},
    {"pg_stat_database_xact_rollback", "Transactions rolled back."},
    {"pg_stat_database_blks_read", "Disk blocks read."},
    {"pg_stat_database_blks_hit", "Disk blocks found in the buffer cache."},
    {"pg_stat_database_tup_returned", "Rows returned by queries."},
    {"pg_stat_database_tup_fetched", "Rows fetched by queries."},
    {"pg_stat_database_tup_inserted", "Rows inserted."},
    {"pg_stat_database_tup_updated", "Rows updated."},
    {"pg_stat_database_tup_deleted", "Rows deleted."},
    {"pg_stat_database_conflicts", "Queries cancelled because of conflicts with recovery."},
    {"pg_stat_database_temp_files", "Temporary files created."},
    {"pg_stat_database_temp_bytes", "Bytes written to temporary files."},
    {"pg_stat_database_deadlocks", "Deadlocks."},
    {"pg_stat_database_blk_read_time", "Milliseconds spent reading blocks."},
    {"pg_stat_database_blk_write_time", "Milliseconds spent writing blocks."},
}};

/// In the order of kWriter and kCheckpointer.
constexpr std::array<Family, 10> kWriterFamilies = {{
    {"pg_stat_bgwriter_checkpoints_timed_total", "Scheduled checkpoints."},
    {"pg_stat_bgwriter_checkpoints_req_total", "Requested checkpoints."},
    {"pg_stat_bgwriter_checkpoint_write_time_total", "Milliseconds of checkpoints' writing."},
    {"pg_stat_bgwriter_checkpoint_sync_time_total", "Milliseconds of checkpoints' syncing."},
    {"pg_stat_bgwriter_buffers_checkpoint_total", "Buffers written by checkpoints."},
    {"pg_stat_bgwriter_buffers_clean_total", "Buffers written by the background writer."},
    {"pg_stat_bgwriter_maxwritten_clean_total", "Times the background writer had to stop."},
    {"pg_stat_bgwriter_buffers_backend_total", "Buffers written by backends."},
    {"pg_stat_bgwriter_buffers_backend_fsync_total", "Syncs that backends had to do."},
    {"pg_stat_bgwriter_buffers_alloc_total", "Buffers allocated."},
}};

void begin(ExpositionWriter& out, const Family& family)
{
    if (family.isCounter) {
        out.counter(family.name, family.help);
    } else {
        out.gauge(family.name, family.help);
    }
}

double figure(const std::vector<std::string>& figures, std::size_t at)
{
    return at < figures.size() ? std::strtod(figures[at].c_str(), nullptr) : 0;
}

} // namespace

PostgresCollector::PostgresCollector(postgres::Database& database, const Clock& clock)
    : m_database(database), m_clock(clock)
{}

absl::Status PostgresCollector::collect(ExpositionWriter& out)
{
    const absl::Time deadline = m_clock.now() + kLimit;
    PH_RETURN_IF_ERROR(collectServer(out, deadline));
    PH_RETURN_IF_ERROR(collectDatabases(out, deadline));
    PH_RETURN_IF_ERROR(collectActivity(out, deadline));
    PH_RETURN_IF_ERROR(collectLocks(out, deadline));
    PH_RETURN_IF_ERROR(collectWriter(out, deadline));
    PH_RETURN_IF_ERROR(collectSizes(out, deadline));
    out.gauge("pg_up", "Whether the last look at the server succeeded.", 1);
    return absl::OkStatus();
}

absl::Status PostgresCollector::collectServer(ExpositionWriter& out, absl::Time deadline)
{
    const auto found = m_database.queryOne(
        kServer,
        {},
        [&](const postgres::Row& row) {
            m_version = static_cast<int>(row.integer("version"));
            const std::string text = row.text("version_text");
            out.gauge("pg_static", "Version of the server.");
            out.sample("pg_static", {{"short_version", text}}, 1);
            out.gauge(
                "pg_settings_max_connections",
                "Connections that are allowed.",
                static_cast<double>(row.integer("max_connections")));
            out.gauge(
                "pg_postmaster_start_time_seconds",
                "When the server was started.",
                row.number("started"));
            out.gauge(
                "pg_replication_is_replica",
                "Whether the server is a replica.",
                row.boolean("is_replica") ? 1 : 0);
            out.gauge(
                "pg_replication_lag_seconds", "Replication lag in seconds.", row.number("lag"));
            return 0;
        },
        deadline);
    return found.status();
}

absl::Status PostgresCollector::collectDatabases(ExpositionWriter& out, absl::Time deadline)
{
    struct Entry
    {
        std::string id;
        std::string name;
        std::vector<std::string> figures;
    };
    PH_ASSIGN_OR_RETURN(
        const auto entries,
        m_database.query(
            kDatabases,
            {},
            [](const postgres::Row& row) {
                return Entry{row.text("datid"), row.text("datname"), row.textList("figures")};
            },
            deadline));
    for (std::size_t at = 0; at < kDatabaseFamilies.size(); ++at) {
        begin(out, kDatabaseFamilies[at]);
        for (const Entry& entry : entries) {
            out.sample(
                kDatabaseFamilies[at].name,
                {{"datid", entry.id}, {"datname", entry.name}},
                figure(entry.figures, at));
        }
    }
    return absl::OkStatus();
}

absl::Status PostgresCollector::collectActivity(ExpositionWriter& out, absl::Time deadline)
{
    struct Entry
    {
        std::string database;
        std::string state;
        double connections;
        double longest;
    };
    PH_ASSIGN_OR_RETURN(
        const auto entries,
        m_database.query(
            kActivity,
            {},
            [](const postgres::Row& row) {
                return Entry{
                    row.text("datname"),
                    row.text("state"),
                    row.number("connections"),
                    row.number("longest")};
            },
            deadline));
    out.gauge("pg_stat_activity_count", "Connections in this state.");
    for (const Entry& entry : entries) {
        out.sample(
            "pg_stat_activity_count",
            {{"datname", entry.database}, {"state", entry.state}},
            entry.connections);
    }
    out.gauge(
        "pg_stat_activity_max_tx_duration", "Seconds that the longest transaction has lasted.");
    for (const Entry& entry : entries) {
        out.sample(
            "pg_stat_activity_max_tx_duration",
            {{"datname", entry.database}, {"state", entry.state}},
            entry.longest);
    }
    return absl::OkStatus();
}

absl::Status PostgresCollector::collectLocks(ExpositionWriter& out, absl::Time deadline)
{
    out.gauge("pg_locks_count", "Locks held or waited for.");
    const auto rows = m_database.query(
        kLocks,
        {},
        [&](const postgres::Row& row) {
            const std::string database = row.text("datname");
            const std::string mode = row.text("mode");
            out.sample(
                "pg_locks_count", {{"datname", database}, {"mode", mode}}, row.number("locks"));
            return 0;
        },
        deadline);
    return rows.status();
}

absl::Status PostgresCollector::collectWriter(ExpositionWriter& out, absl::Time deadline)
{
    PH_ASSIGN_OR_RETURN(
        const auto figures,
        m_database.queryOne(
            m_version >= kSeparateCheckpointer ? kCheckpointer : kWriter,
            {},
            [](const postgres::Row& row) { return row.textList("figures"); },
            deadline));
    for (std::size_t at = 0; figures && at < kWriterFamilies.size(); ++at) {
        begin(out, kWriterFamilies[at]);
        out.sample(kWriterFamilies[at].name, figure(*figures, at));
    }
    return absl::OkStatus();
}

absl::Status PostgresCollector::collectSizes(ExpositionWriter& out, absl::Time deadline)
{
    const absl::Time now = m_clock.now();
    if (absl::AbsDuration(now - m_sizesAt) > kSizePeriod) {
        std::map<std::string, double> sizes;
        const auto rows = m_database.query(
            kSizes,
            {},
            [&](const postgres::Row& row) {
                sizes.emplace(row.text("datname"), row.number("bytes"));
                return 0;
            },
            deadline);
        PH_RETURN_IF_ERROR(rows.status());
        m_sizes = std::move(sizes);
        m_sizesAt = now;
    }
    out.gauge("pg_database_size_bytes", "Disk space that the database uses.");
    for (const auto& [name, bytes] : m_sizes) {
        out.sample("pg_database_size_bytes", {{"datname", name}}, bytes);
    }
    return absl::OkStatus();
}

} // namespace pilothouse::metrics
