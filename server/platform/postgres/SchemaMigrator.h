// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Database.h"

#include <absl/status/statusor.h>

#include <string>
#include <vector>

namespace pilothouse::postgres {

/// One step of the control database's own schema, from schema/NNNN_name.sql.
struct Migration
{
    int version = 0;
    std::string name;
    std::string sql;
};

/// The migrations that this build knows, in order.
std::vector<Migration> embeddedMigrations();

struct MigrationResult
{
    /// Names of what was applied now, "0001_settings".
    std::vector<std::string> applied;
    /// The version that the database has now.
    int version = 0;
};

/// Brings the schema `pilothouse` to the newest of `migrations`, in one transaction under an
/// advisory lock: of several servers that start at once one migrates and the others wait.
/// FAILED_PRECONDITION, with nothing changed, when the database was migrated by a newer server or
/// an applied migration has another text now.
absl::StatusOr<MigrationResult> migrateSchema(
    Database& database, const std::vector<Migration>& migrations);

} // namespace pilothouse::postgres
