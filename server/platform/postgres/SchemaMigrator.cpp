// SPDX-License-Identifier: Apache-2.0
#include "server/platform/postgres/SchemaMigrator.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <array>
#include <map>

namespace pilothouse::postgres {

namespace {

/// "pilot" in ASCII: one number that no other program is likely to lock.
constexpr const char* kLockSql = "SELECT pg_advisory_xact_lock(482936319860)";
constexpr Statement kLock = {"schema.lock", kLockSql};
constexpr Statement kApplied = {
    "schema.applied", "SELECT version, name, checksum FROM pilothouse.schema_migrations"};
constexpr Statement kRecord = {
    "schema.record",
    "INSERT INTO pilothouse.schema_migrations (version, name, checksum, server_version)"
    " VALUES ($1, $2, $3, $4)"};
constexpr Statement kHasTable = {
    "schema.has_table", "SELECT to_regclass('pilothouse.schema_migrations') IS NOT NULL AS has"};
constexpr const char* kBegin = "CREATE SCHEMA IF NOT EXISTS pilothouse;"
                               "CREATE TABLE pilothouse.schema_migrations ("
                               " version integer PRIMARY KEY,"
                               " name text NOT NULL,"
                               " checksum text NOT NULL,"
                               " server_version text NOT NULL,"
                               " applied_at timestamptz NOT NULL DEFAULT now())";

struct Applied
{
    int version = 0;
    std::string name;
    std::string checksum;
};

std::string checksumOf(const std::string& text)
{
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    std::string hex;
    for (const unsigned char byte : digest) {
        hex += fmt::format("{:02x}", byte);
    }
    return hex;
}

std::string fullName(int version, const std::string& name)
{
    return fmt::format("{:04}_{}", version, name);
}

absl::StatusOr<std::vector<Applied>> readApplied(Transaction& transaction)
{
    PH_ASSIGN_OR_RETURN(
        const auto hasTable,
        transaction.queryOne(kHasTable, {}, [](const Row& row) { return row.boolean("has"); }));
    if (!hasTable.value_or(false)) {
        PH_RETURN_IF_ERROR(withContext(
            transaction.executeScript("schema.begin", kBegin), "cannot create schema pilothouse"));
        return std::vector<Applied>();
    }
    return transaction.query(kApplied, {}, [](const Row& row) {
        return Applied{
            static_cast<int>(row.integer("version")), row.text("name"), row.text("checksum")};
    });
}

/// Whether what the database has is what this build knows.
absl::Status checkApplied(
    const std::vector<Applied>& applied, const std::vector<Migration>& migrations)
{
    std::map<int, const Migration*> known;
    for (const Migration& migration : migrations) {
        known[migration.version] = &migration;
    }
    for (const Applied& entry : applied) {
        const auto found = known.find(entry.version);
        if (found == known.end()) {
            return withHint(
                absl::FailedPreconditionError(fmt::format(
                    "the control database has migration {}, which this server ({}) does not know: "
                    "a "
                    "newer server migrated it",
                    fullName(entry.version, entry.name),
                    PILOTHOUSE_VERSION)),
                "Install the newer server again, or restore a backup from before the upgrade.");
        }
        if (checksumOf(found->second->sql) != entry.checksum) {
            return withHint(
                absl::FailedPreconditionError(fmt::format(
                    "migration {} was applied to the control database with another text than this "
                    "server ({}) has",
                    fullName(entry.version, entry.name),
                    PILOTHOUSE_VERSION)),
                "Install a released server of the version that made this database, or restore a "
                "backup.");
        }
    }
    return absl::OkStatus();
}

absl::StatusOr<MigrationResult> migrate(
    Transaction& transaction, const std::vector<Migration>& migrations)
{
    PH_RETURN_IF_ERROR(transaction.execute(kLock).status());
    PH_ASSIGN_OR_RETURN(const std::vector<Applied> applied, readApplied(transaction));
    PH_RETURN_IF_ERROR(checkApplied(applied, migrations));
    std::map<int, Applied> done;
    for (const Applied& entry : applied) {
        done[entry.version] = entry;
    }
    MigrationResult result;
    for (const Migration& migration : migrations) {
        result.version = migration.version;
        if (done.contains(migration.version)) {
            continue;
        }
        const std::string name = fullName(migration.version, migration.name);
        PH_RETURN_IF_ERROR(withContext(
            transaction.executeScript("schema.migrate", migration.sql), "migration " + name));
        PH_RETURN_IF_ERROR(transaction
                               .execute(
                                   kRecord,
                                   {migration.version,
                                    migration.name,
                                    checksumOf(migration.sql),
                                    PILOTHOUSE_VERSION})
                               .status());
        result.applied.push_back(name);
    }
    return result;
}

} // namespace

absl::StatusOr<MigrationResult> migrateSchema(
    Database& database, const std::vector<Migration>& migrations)
{
    return database.transact([&](Transaction& transaction) -> absl::StatusOr<MigrationResult> {
        return migrate(transaction, migrations);
    });
}

} // namespace pilothouse::postgres
